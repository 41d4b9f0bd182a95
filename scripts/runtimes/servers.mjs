import { join } from 'node:path';
import { build } from 'esbuild';

const CONTRACT = join(import.meta.dirname, '../../test-node/contract');

/** The servers: the package's mock server for session.cjs, and a peer for the contract suite. */
export async function startServers(work) {
  const server = await startMockServer(work);
  const peers = await startPeers(work);
  return {
    url: server.url,
    peerUrl: peers.url,
    deadUrl: peers.deadUrl,
    stop: async () => {
      await server.close();
      await peers.stop();
    },
  };
}

async function startMockServer(work) {
  const { MockWebSocketServer } = await import(join(work, 'node_modules/hpx-transport-ws/dist/node/testing.js'));
  const server = await MockWebSocketServer.start({ authentication: {} });
  server.onMessage((connection, text) => {
    if (text !== 'drop me') return false;
    connection.terminate();
    return true;
  });
  server.respondTo('"op":"publish"', (text) => {
    const { req_id, topic, data } = JSON.parse(text);
    return [
      { topic, data },
      { req_id, data: 'published' },
    ];
  });
  return server;
}

async function startPeers(work) {
  const file = join(work, 'peer.mjs');
  await bundle('peer.ts', file, { platform: 'node', packages: 'external' });
  const { startPeer } = await import(file);
  const peer = await startPeer();
  const dead = await startPeer();
  await dead.stop();
  return { url: peer.url, deadUrl: dead.url, stop: peer.stop };
}

/** Writes the contract suite of the adapters as one module that any runtime can import. */
export function writeSuite(work) {
  const alias = { vitest: join(CONTRACT, 'suite-runner.ts') };
  return bundle('portable-suite.ts', join(work, 'suite.mjs'), { alias, target: 'es2022' });
}

function bundle(source, outfile, options) {
  const entryPoints = [join(CONTRACT, source)];
  return build({ entryPoints, outfile, bundle: true, format: 'esm', logLevel: 'warning', ...options });
}
