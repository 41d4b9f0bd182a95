// The program of the child process: runs a long workload and prints the heap size on the way. Arguments: workload, count.
import { reconnects, requests, updates, type Workload } from './workloads.js';

// Thousands of errors are made, and no stack is read.
Error.stackTraceLimit = 0;
const [name = '', count = ''] = process.argv.slice(2);
const work = ({ reconnects, requests, updates } as Readonly<Record<string, Workload>>)[name];
if (!work) throw new Error(`There is no workload '${name}'.`);
process.stdout.write(JSON.stringify(await work(Number(count))));
