// What the child process does: works for long, and tells the heap on the way. Arguments: workload, count.
import { reconnects, requests, updates, type Workload } from './workloads.js';

// Errors are made by the thousand, and nobody reads where.
Error.stackTraceLimit = 0;
const [name = '', count = ''] = process.argv.slice(2);
const work = ({ reconnects, requests, updates } as Readonly<Record<string, Workload>>)[name];
if (!work) throw new Error(`There is no workload '${name}'.`);
process.stdout.write(JSON.stringify(await work(Number(count))));
