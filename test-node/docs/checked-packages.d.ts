// What blocks of documents import that is not here.
declare module 'bybit-api';
declare module 'https-proxy-agent';
declare module 'reconnecting-websocket';
declare module '*/feed.worker.ts' {
  export const handler: import('hpx-transport-ws').GenericJsonHandler;
}
