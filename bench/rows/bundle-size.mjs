const CLIENTS = {
  'reconnecting-websocket': "export { default } from 'reconnecting-websocket'",
  partysocket: "export { WebSocket } from 'partysocket'",
  'rpc-websockets': "export { Client } from 'rpc-websockets'",
  'graphql-ws': "export { createClient } from 'graphql-ws'",
  'socket.io-client': "export { io } from 'socket.io-client'",
  viem: "export { createPublicClient, webSocket } from 'viem'",
  centrifuge: "export { Centrifuge } from 'centrifuge'",
};

/** @type {(scale: import('../lib/scale.mjs').Scale) => import('../lib/types.d.ts').RowDefinition} */
export default () => {
  const contestant = (name, kind, contents) => ({ name, kind, program: 'bundle-size', options: { contents } });
  return {
    title: 'size in a browser, dependencies included',
    // The size is the same in each run.
    runs: 1,
    measures: [
      { key: 'gzipped', label: 'minified and gzipped', unit: 'B', limit: 9_500, absolute: true },
      { key: 'minified', label: 'minified', unit: 'B', absolute: true },
    ],
    contestants: [
      contestant(
        'hpx-transport-ws, client with GenericJsonHandler',
        'ours',
        "export { GenericJsonHandler, WebSocketClient } from 'DIST/browser/index.js'",
      ),
      ...Object.entries(CLIENTS).map(([name, contents]) => contestant(name, 'peer', contents)),
    ],
  };
};
