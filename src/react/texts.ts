/** Every text of the React hooks that a user can see. */

export const A_SOURCE = 'a WebSocketClient, a WorkerClient, or a function that makes one';

export const A_NEW_CLIENT =
  'a WebSocketClient or a WorkerClient: make it with new WebSocketClient(config, handler), without await, and the hook connects it';

export const A_DEPTH = 'an integer from 1';
