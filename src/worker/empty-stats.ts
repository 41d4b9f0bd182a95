import type { ClientStats } from '../client-stats.js';

/** What is known of a client before its worker has told anything. */
export const EMPTY_STATS: ClientStats = {
  state: 'disconnected',
  epoch: 0,
  pendingRequests: 0,
  waitingCalls: 0,
  subscriptions: 0,
  received: 0,
  parsed: 0,
  unknown: 0,
  sent: 0,
  dropped: 0,
  reconnects: 0,
  lastMessageAt: undefined,
  roundTrip: undefined,
  attempt: 0,
  nextAttemptAt: undefined,
  connectedAt: undefined,
  bytesReceived: undefined,
  bytesSent: undefined,
  warnings: {},
};
