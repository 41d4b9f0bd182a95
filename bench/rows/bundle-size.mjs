const CLIENTS = {
  'reconnecting-websocket': "export { default } from 'reconnecting-websocket'",
  partysocket: "export { WebSocket } from 'partysocket'",
  'rpc-websockets': "export { Client } from 'rpc-websockets'",
  'graphql-ws': "export { createClient } from 'graphql-ws'",
  'socket.io-client': "export { io } from 'socket.io-client'",
  viem: "export { createPublicClient, webSocket } from 'viem'",
  centrifuge: "export { Centrifuge } from 'centrifuge'",
};

const OURS = "export { GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws'";
const SHORT = 'hpx-transport-ws with GenericJsonHandler, production';

/** @type {(scale: import('../lib/scale.mjs').Scale) => import('../lib/types.d.ts').RowDefinition} */
export default () => {
  const contestant = (name, kind, contents, conditions) => ({
    name,
    kind,
    program: 'bundle-size',
    options: { contents, conditions },
  });
  return {
    title: 'size in a browser, with dependencies and with all that may load later',
    // The size is the same in each run.
    runs: 1,
    measures: [
      { key: 'gzipped', label: 'minified and gzipped', unit: 'B', limit: { [SHORT]: 24_000 } },
      { key: 'minified', label: 'minified', unit: 'B' },
      { key: 'files', label: 'files', unit: '' },
    ],
    contestants: [
      contestant(SHORT, 'ours', OURS, ['production']),
      contestant('hpx-transport-ws with GenericJsonHandler, full texts', 'ours', OURS),
      ...Object.entries(CLIENTS).map(([name, contents]) => contestant(name, 'peer', contents)),
    ],
  };
};
