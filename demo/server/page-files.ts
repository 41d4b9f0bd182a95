import { join } from 'node:path';

/** The folder `demo`: run-source.mjs puts it in when it bundles this file. */
declare const DEMO_FOLDER: string;

export interface PageFile {
  readonly type: string;
  readonly body: string | Uint8Array;
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
};

/** What the dashboard is made from: the sources of the package, or what `npm run build` made of them. */
export type PackageForm = 'sources' | 'built';

/** The files of the dashboard, by their path. Vite makes them when the first one is asked for. */
export class PageFiles {
  readonly #form: PackageForm;
  #built: Promise<ReadonlyMap<string, PageFile>> | undefined;

  constructor(form: PackageForm) {
    this.#form = form;
  }

  /** @throws what vite reports */
  async get(path: string): Promise<PageFile | undefined> {
    this.#built ??= buildPage(this.#form);
    return (await this.#built).get(path === '/' ? '/index.html' : path);
  }
}

async function buildPage(form: PackageForm): Promise<ReadonlyMap<string, PageFile>> {
  // It takes a while to load, and most runs of the demo do without.
  const { build } = await import('vite');
  const result = await build({
    configFile: false,
    envDir: false,
    publicDir: false,
    root: join(DEMO_FOLDER, 'dashboard'),
    logLevel: 'error',
    // Without the condition `production`, whose texts are short: a visitor reads them.
    resolve: form === 'built' ? { conditions: ['browser', 'module'] } : { alias: sources() },
    worker: { format: 'es' },
    build: { write: false, target: 'es2022', assetsInlineLimit: 0, modulePreload: false, reportCompressedSize: false },
  });
  const outputs = [result].flat().flatMap((part) => ('output' in part ? part.output : []));
  return new Map(
    outputs.map((output) => [
      `/${output.fileName}`,
      {
        type: TYPES[output.fileName.slice(output.fileName.lastIndexOf('.') + 1)] ?? 'application/octet-stream',
        body: output.type === 'chunk' ? output.code : output.source,
      },
    ]),
  );
}

/** The paths of tsconfig.json, with the adapter of browsers. */
function sources() {
  const source = (path: string) => join(DEMO_FOLDER, '../src', path);
  return [
    { find: /^#adapter$/, replacement: source('adapters/default-browser.ts') },
    { find: /^hpx-transport-ws$/, replacement: source('index.ts') },
    { find: /^hpx-transport-ws\/(.+)$/, replacement: source('$1.ts') },
  ];
}
