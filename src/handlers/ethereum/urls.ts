/**
 * Where a node listens. Providers of nodes give you a URL of your own, with a key in its path: it is a secret.
 *
 * @example
 * ```ts
 * import { urls } from 'hpx-transport-ws/handlers/ethereum';
 *
 * urls.local; // 'ws://127.0.0.1:8546', the default of geth
 * ```
 */
export const urls = { local: 'ws://127.0.0.1:8546' } as const;
