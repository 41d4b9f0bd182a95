// Runs the contract suite on one adapter: contract.mjs <node|browser> <url> <url without a server>
import { runAdapterSuite } from './suite.mjs';

const [name, url, deadUrl] = process.argv.slice(2);
const ofNode = { offers: { control: true, limit: true }, goingAway: 1001 };
const ofBrowser = { offers: { control: false, limit: false }, goingAway: 4001 };
const openSocket =
  name === 'node'
    ? (await import('hpx-transport-ws/adapters/node')).openNodeSocket
    : (await import('hpx-transport-ws/adapters/browser')).openBrowserSocket;
const report = await runAdapterSuite(name, openSocket, { url, deadUrl, ...(name === 'node' ? ofNode : ofBrowser) });
console.log(JSON.stringify(report));
// A failed test may leave a socket open, which would keep the process alive.
process.exit();
