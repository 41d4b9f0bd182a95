import type { MockServerOptions } from 'hpx-transport-ws/testing';
import { atEnd, serve } from '../support/live.js';
import { FaultProxy } from './fault-proxy.js';

/** A real server and a faulty line to it, which end with the test; clients are given the proxy as their server. */
export async function serveBehindProxy(options?: MockServerOptions) {
  const server = await serve(options);
  const proxy = await FaultProxy.start(server.port);
  atEnd(() => proxy.close());
  return { server, proxy };
}
