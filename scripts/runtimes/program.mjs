import * as library from 'hpx-transport-ws';
import session from './session.cjs';

const [url, deadUrl] = process.argv.slice(2);
const resolved = import.meta.resolve('hpx-transport-ws');
console.log(JSON.stringify({ resolved, ...(await session(library, url, deadUrl)) }));
