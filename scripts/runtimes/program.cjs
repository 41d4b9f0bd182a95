const library = require('hpx-transport-ws');
const session = require('./session.cjs');

const [url, deadUrl] = process.argv.slice(2);
const resolved = require.resolve('hpx-transport-ws');
session(library, url, deadUrl).then((seen) => console.log(JSON.stringify({ resolved, ...seen })));
