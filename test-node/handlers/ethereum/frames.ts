/** Frames of a node, and what the client should read in each. Values are invented. */
export interface NodeFrame {
  readonly name: string;
  readonly frame: unknown;
  readonly kind: 'response' | 'update' | 'system' | 'unknown';
  readonly id?: number;
  readonly topic?: string;
  readonly code?: number;
  readonly result?: unknown;
}

export const HEADS = '0xcd0c3e8af590364c09d0fa6a1210faf6';
export const LOGS = '0x4a8a4c0517381924f9838102c5a4dcb7';
export const filter = {
  address: '0x8320fe7702b96808f7bbc0d4a888ed1468216cfd',
  topics: ['0xd78a0cb8bb633d06981248b816e7bd33c2a35a6089241d099fa519e361cab902'],
};
export const header = {
  number: '0x1348c9',
  hash: '0x7736fab79e05dc611604d22470dadad26f56fe494421b5b333de816ce1f25701',
  parentHash: '0x9ec7ae1e1d3d6bfad7a9c25dd0a8c2d4b1f3d0a6a5f0a3f0f9a7e1c6b5d4a301',
  timestamp: '0x6ab0d2c0',
  gasLimit: '0x1c9c380',
  gasUsed: '0x9c0f2a',
  baseFeePerGas: '0x3b9aca00',
};
export const removedLog = {
  ...filter,
  data: '0x01',
  blockNumber: '0x1348c9',
  transactionHash: '0xaa00000000000000000000000000000000000000000000000000000000000001',
  logIndex: '0x0',
  removed: true,
};

const answer = (id: number | null, members: object) => ({ jsonrpc: '2.0', id, ...members });
const error = (id: number | null, code: number, message: string, data?: string) =>
  answer(id, { error: { code, message, ...(data && { data }) } });
const update = (subscription: string, result: unknown) => ({
  jsonrpc: '2.0',
  method: 'eth_subscription',
  params: { subscription, result },
});

export const frames: readonly NodeFrame[] = [
  {
    name: 'the confirmation of newHeads',
    frame: answer(1, { result: HEADS }),
    kind: 'response',
    id: 1,
    result: HEADS,
  },
  { name: 'the confirmation of logs', frame: answer(2, { result: LOGS }), kind: 'response', id: 2, result: LOGS },
  {
    name: 'a refused subscription',
    frame: error(3, -32_601, 'no "nope" subscription in eth namespace'),
    kind: 'response',
    id: 3,
    code: -32_601,
  },
  { name: 'a new head', frame: update(HEADS, header), kind: 'update', topic: HEADS, result: header },
  {
    name: 'a log that is taken back',
    frame: update(LOGS, removedLog),
    kind: 'update',
    topic: LOGS,
    result: removedLog,
  },
  {
    name: 'an update before its confirmation',
    frame: update('0x9cef478923ff08bf67fde6c64013158d', '0xaa02'),
    kind: 'update',
    topic: '0x9cef478923ff08bf67fde6c64013158d',
    result: '0xaa02',
  },
  { name: 'the end of a subscription', frame: answer(4, { result: true }), kind: 'response', id: 4, result: true },
  {
    name: 'a subscription that is not there',
    frame: error(5, -32_000, 'subscription not found'),
    kind: 'response',
    id: 5,
    code: -32_000,
  },
  { name: 'an answer', frame: answer(6, { result: '0x1348c9' }), kind: 'response', id: 6, result: '0x1348c9' },
  { name: 'an answer with null', frame: answer(7, { result: null }), kind: 'response', id: 7, result: null },
  {
    name: 'a revert',
    frame: error(8, 3, 'execution reverted', '0x08c379a0'),
    kind: 'response',
    id: 8,
    code: 3,
  },
  {
    name: 'an error without an id',
    frame: error(null, -32_700, 'parse error'),
    kind: 'system',
    code: -32_700,
  },
];
