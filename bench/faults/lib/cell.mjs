// One client and one fault, in a process of their own: starts the server, the proxy and the client's process, and judges.
import { adapterOf, faultOf } from './catalogue.mjs';
import { ClientProcess } from './client-process.mjs';
import { FaultProxy } from './fault-proxy.mjs';
import { failed } from './verdict.mjs';

const [name, id, durationsText] = process.argv.slice(2);
const durations = JSON.parse(durationsText);
const adapter = await adapterOf(name);
const fault = await faultOf(id);
const [Server] = Object.values(await import(`../servers/${adapter.server}.mjs`));

const server = new Server(fault.topics?.(durations) ?? []);
server.isGuarded = fault.needs.includes('authentication');
const proxy = new FaultProxy(await server.listen());
await proxy.listen();
const client = new ClientProcess(fault.fleet ? 'fleet-host' : 'client-host', name, {
  host: `127.0.0.1:${proxy.port}`,
  isGuarded: server.isGuarded,
  isDefault: fault.isDefault ?? false,
  use: fault.needs[0],
  fleet: fault.fleet?.(durations),
});
await client.greeted(60_000);
process.send?.('started');
const isKilled = () => client.exit !== undefined && client.exit.code !== 0;
const death = client.until(isKilled, 2 ** 31 - 1);
const verdict = await Promise.race([fault.run({ client, server, proxy, durations, adapter }), death]);
const judged =
  typeof verdict === 'object' && !isKilled()
    ? verdict
    : failed(`killed the process: ${client.exit?.error || 'no reason'}`);
client.kill();
process.send?.(judged, () => process.exit(0));
