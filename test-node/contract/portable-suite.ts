import type { OpenSocket } from 'hpx-transport-ws';
import { type AdapterHost, describeAdapter } from './contract-suite.js';
import { runSuite, type SuiteReport } from './suite-runner.js';

/** Where the peer (peer.ts) of another process is, and what the platform offers. */
export interface PortableHost extends Pick<AdapterHost, 'offers' | 'goingAway'> {
  readonly url: string;
  readonly deadUrl: string;
}

/**
 * The contract suite for one adapter, where vitest does not run. One module for all platforms is bundled from this file,
 * with suite-runner.ts in the place of vitest:
 *
 *     npx esbuild test-node/contract/portable-suite.ts --bundle --format=esm --outfile=suite.mjs
 *       --alias:vitest=./test-node/contract/suite-runner.ts
 *
 * The adapter is not in it: `import { openBrowserSocket } from 'hpx-transport-ws/adapters/browser'` and hand it over.
 */
export function runAdapterSuite(name: string, openSocket: OpenSocket, host: PortableHost): Promise<SuiteReport> {
  const { url, deadUrl } = host;
  describeAdapter(name, openSocket, {
    ...host,
    url: () => url,
    deadUrl: () => deadUrl,
    arrived: (id) => fetch(`${url.replace(/^ws/, 'http')}/arrived?id=${id}`),
  });
  return runSuite();
}
