import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';

/** A web site with pages that use the built package. */
export interface Site {
  readonly url: string;
  stop(): Promise<void>;
}

interface Resource {
  readonly type: 'text/html' | 'text/javascript';
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const ROOT = join(import.meta.dirname, '..');

/** Export conditions that a bundler sets beside its own: `production` tries the build with short texts and names. */
const CONDITIONS = process.env.TEST_CONDITIONS?.split(',') ?? [];

/** Programs of pages and workers: each is one script, as a bundler makes it of an application and the package. */
const PROGRAMS = [
  'page',
  'strict',
  'dedicated-worker',
  'suite-worker',
  'shared-worker',
  'service-worker',
  'worker-page',
  'feed-worker',
  'react-page',
];

export async function startSite(): Promise<Site> {
  const resources = new Map<string, Resource>([
    ['/', html('<script type="module" src="/page.js"></script>')],
    ['/away', html('')],
    ['/script-tag', html('<script src="/hpx-transport-ws.min.js"></script>')],
    ['/worker', html('<script src="/worker-page.js"></script>', { 'Content-Security-Policy': "script-src 'self'" })],
    ['/strict', html('<script src="/strict.js"></script>', { 'Content-Security-Policy': "script-src 'self'" })],
    ['/react', html('<body><script src="/react-page.js"></script>')],
    ['/hpx-transport-ws.min.js', script(await readFile(join(ROOT, 'dist/hpx-transport-ws.min.js'), 'utf8'))],
  ]);
  for (const [name, text] of await bundlePrograms()) resources.set(`/${name}.js`, script(text));
  const server = createServer(({ url = '/' }, response) => {
    const resource = resources.get(new URL(url, 'http://site').pathname);
    if (!resource) return response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': `${resource.type}; charset=utf-8`, ...resource.headers });
    return response.end(resource.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Through package.json's `exports`, as in an application: what is tested is what was built. */
async function bundlePrograms(): Promise<Map<string, string>> {
  const { outputFiles, metafile } = await build({
    entryPoints: PROGRAMS.map(sourceOf),
    absWorkingDir: ROOT,
    outdir: ROOT,
    // Without the paths of tsconfig.json, which lead to the sources.
    tsconfigRaw: {},
    jsx: 'automatic',
    alias: { vitest: join(ROOT, 'test-node/contract/suite-runner.ts') },
    bundle: true,
    format: 'iife',
    platform: 'browser',
    conditions: CONDITIONS,
    target: 'es2022',
    write: false,
    metafile: true,
    logLevel: 'warning',
  });
  const sources = Object.keys(metafile.inputs).filter((path) => path.startsWith('src/'));
  if (sources.length > 0) throw new Error(`Not the built package, but its sources: ${sources.join(', ')}`);
  return new Map(PROGRAMS.map((name, n) => [name, outputFiles[n]?.text ?? '']));
}

/** A program of React components is a .tsx file. */
function sourceOf(name: string): string {
  const path = join(import.meta.dirname, 'pages', name);
  return existsSync(`${path}.tsx`) ? `${path}.tsx` : `${path}.ts`;
}

function html(head: string, headers?: Resource['headers']): Resource {
  const body = `<!doctype html><title>hpx-transport-ws</title><link rel="icon" href="data:,">${head}`;
  return { type: 'text/html', body, ...(headers && { headers }) };
}

function script(body: string): Resource {
  return { type: 'text/javascript', body };
}
