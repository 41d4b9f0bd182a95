import { deepStrictEqual } from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8' };

/** Serves the folder of the lab as it is, without a bundler. */
async function serveFiles(lab) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://server');
    try {
      const body = readFileSync(lab.path(pathname));
      response.writeHead(200, { 'Content-Type': TYPES[extname(pathname)] ?? 'text/plain' }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, close };
}

/** Opens a page that shows what a mock server publishes. Returns the paths that the page loaded. */
function showsPrice(lab, url) {
  return lab.withServer((server) =>
    lab.withPage(async (page) => {
      const complaints = [];
      const loaded = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
      await page.goto(`${url}?url=${encodeURIComponent(server.url)}`);
      await page
        .getByText('price 1')
        .waitFor({ timeout: 20_000 })
        .catch((error) => {
          throw new Error([...complaints, error.message].join('\n'));
        });
      deepStrictEqual(complaints, []);
      return loaded;
    }),
  );
}

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
    run: async (lab) => {
      const site = await serveFiles(lab);
      try {
        const loaded = await showsPrice(lab, `${site.url}/modules/map/index.html`);
        const foreign = loaded.filter(
          (path) => !/^\/modules\/|^\/node_modules\/hpx-transport-ws\/dist\/.*\.js$/.test(path),
        );
        deepStrictEqual(foreign, []);
      } finally {
        site.close();
      }
    },
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
];
