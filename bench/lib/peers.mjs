/** The clients that ours is compared with, each with the protocol that it speaks. */
export const peers = [
  { name: 'reconnecting-websocket', protocol: 'plain' },
  { name: 'partysocket', protocol: 'plain' },
  { name: 'bybit-api', protocol: 'bybit' },
  { name: 'rpc-websockets', protocol: 'rpc' },
  { name: 'graphql-ws', protocol: 'graphql' },
  { name: 'socket.io-client', protocol: 'socketio' },
  { name: 'viem', protocol: 'ethereum' },
  { name: 'centrifuge', protocol: 'centrifugo' },
];
