/**
 * Where the venue listens. Public and private topics share one connection.
 *
 * @example
 * ```ts
 * import { urls } from 'hpx-transport-ws/handlers/deribit';
 *
 * urls.public; // 'wss://www.deribit.com/ws/api/v2'
 * urls.testnet.private; // 'wss://test.deribit.com/ws/api/v2'
 * ```
 */
export const urls = {
  public: 'wss://www.deribit.com/ws/api/v2',
  private: 'wss://www.deribit.com/ws/api/v2',
  testnet: { public: 'wss://test.deribit.com/ws/api/v2', private: 'wss://test.deribit.com/ws/api/v2' },
} as const;
