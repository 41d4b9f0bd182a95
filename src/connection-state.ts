/** The eight states of a client's connection. */
export type ConnectionState =
  | 'disconnected'
  | 'connecting'
  | 'connected'
  | 'authenticating'
  | 'ready'
  | 'reconnecting'
  | 'closing'
  | 'closed';

/** What happens to a new call in a state: it goes to the socket, waits for a connection, or is rejected. */
export type CallPolicy = 'write' | 'wait' | 'reject';

/** Where the connection is in its life. The state machine is its only writer. */
export interface ConnectionStatus {
  readonly state: ConnectionState;
  readonly calls: CallPolicy;
}
