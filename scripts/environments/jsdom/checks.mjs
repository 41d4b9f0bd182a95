const JEST = ['node_modules/jest/bin/jest.js', '--config', 'jsdom/jest.config.json'];

export const jsdom = [
  {
    title: 'jsdom: with jest, the package loads, and a client uses the WebSocket of jsdom and bytes of another realm',
    run: (lab) => lab.withServer((server) => lab.node(JEST, { env: { SERVER_URL: server.url } })),
  },
];
