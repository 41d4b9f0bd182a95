// Serves index.html, the built package, and a server with prices: npm run build && node demo/no-bundler/serve.mjs
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { MockWebSocketServer } from 'hpx-transport-ws/testing';

const ROOT = join(import.meta.dirname, '../..');
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.map': 'application/json' };

/** Starts both servers. `drop()` breaks the connection of the page. */
export async function startPage(port = 0) {
  const feed = await MockWebSocketServer.start();
  let price = 64_000;
  const market = setInterval(() => feed.publish('trades.BTC', { price: ++price }), 100);
  const http = createServer(async ({ url = '/' }, response) => {
    const path = normalize(new URL(url, 'http://page').pathname);
    const file = path === '/' ? join(import.meta.dirname, 'index.html') : join(ROOT, path);
    // Nothing but the page and the package.
    const text = path === '/' || path.startsWith('/dist/') ? await readFile(file).catch(() => undefined) : undefined;
    if (!text) return response.writeHead(404).end();
    return response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'text/plain' }).end(text);
  });
  http.listen(port, '127.0.0.1');
  await once(http, 'listening');
  return {
    url: `http://127.0.0.1:${http.address().port}/?server=${encodeURIComponent(feed.url)}`,
    drop: () => feed.dropAll(),
    async close() {
      clearInterval(market);
      http.close();
      http.closeAllConnections();
      await feed.close();
    },
  };
}

if (process.argv[1] === import.meta.filename) {
  const page = await startPage(8_080);
  console.log(`Open ${page.url}\nThe connection breaks every 5 s. Press Ctrl-C to end.`);
  const drops = setInterval(page.drop, 5_000);
  process.once('SIGINT', () => {
    clearInterval(drops);
    void page.close();
  });
}
