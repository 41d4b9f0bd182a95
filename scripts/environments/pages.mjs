import { deepStrictEqual } from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname } from 'node:path';

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8' };

/** Serves the folder of the lab as it is, for `use`, which gets its URL. */
export async function withFiles(lab, use) {
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
  try {
    return await use(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Opens a page that shows what a mock server publishes. Returns the paths that the page loaded. */
export function showsPrice(lab, url) {
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
