import { deepStrictEqual } from 'node:assert/strict';
import http from 'node:http';
import { pathToFileURL } from 'node:url';
import { showsPrice, withFiles } from '../pages.mjs';

async function withVite(lab, use) {
  const vite = await import(lab.path('node_modules/vite/dist/node/index.js'));
  const root = lab.path('modules/vite');
  const server = await vite.createServer({
    root,
    configFile: false,
    logLevel: 'error',
    cacheDir: lab.path('modules/vite-cache'),
    resolve: { alias: { '/main.js': lab.path('modules/main.js') } },
    optimizeDeps: { exclude: ['hpx-transport-ws'], noDiscovery: true },
    server: { host: '127.0.0.1', port: 0, fs: { strict: false }, hmr: false, ws: false },
  });
  try {
    await server.listen();
    return await use(`http://127.0.0.1:${server.httpServer.address().port}/`);
  } finally {
    await server.close();
  }
}

export const modules = [
  {
    title: 'modules: Vite dev: a page works with the package excluded from optimising',
    run: (lab) => withVite(lab, (url) => showsPrice(lab, url)),
  },
  {
    title: 'modules: import map: a page loads the package as native ES modules, and no other package',
    run: (lab) =>
      withFiles(lab, async (url) => {
        const loaded = await showsPrice(lab, `${url}/modules/map/index.html`);
        deepStrictEqual(
          loaded.filter((path) => !/^\/modules\/|^\/node_modules\/hpx-transport-ws\/dist\/.*\.js$/.test(path)),
          [],
        );
      }),
  },
  {
    title: 'modules: Vite SSR with noExternal: the bundle of the server sends frames of any length',
    run: async (lab) => {
      await lab.node(['modules/ssr/build.mjs']);
      const { render } = await import(pathToFileURL(lab.path('modules/ssr/dist/entry.mjs')));
      const seen = await lab.withServer((server) => render(server.url));
      deepStrictEqual(seen, { outcome: 100, errors: [], reconnects: 0 });
    },
  },
  {
    title: 'modules: Vite SSR with a stub of bufferutil: a frame that ws cannot send is an error, and no outage',
    run: async (lab) => {
      await lab.node(['modules/ssr/build.mjs', 'stub']);
      const { render } = await import(pathToFileURL(lab.path('modules/ssr/dist-stub/entry.mjs')));
      const { outcome, errors, reconnects } = await lab.withServer((server) => render(server.url));
      // Newer versions of Node mask frames themselves, and then ws does not ask bufferutil.
      const expected = 'websocketMask' in http ? [100, 0, 0] : ['PROTOCOL_ERROR', 1, 0];
      deepStrictEqual([outcome, errors.length, reconnects], expected);
    },
  },
];
