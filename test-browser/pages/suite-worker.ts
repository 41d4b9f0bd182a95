import { openBrowserSocket } from 'hpx-transport-ws/adapters/browser';
import { type PortableHost, runAdapterSuite } from '../../test-node/contract/portable-suite.js';

addEventListener('message', async ({ data }: MessageEvent<PortableHost>) => {
  postMessage(await runAdapterSuite('worker', openBrowserSocket, data));
});
