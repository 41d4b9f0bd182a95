// The server of rpc-websockets as a program, so that it can crash: node rpc-websockets-server.mjs <port>
import { setImmediate } from 'node:timers/promises';
import { Server } from 'rpc-websockets';

const port = Number(process.argv[2]);
const server = new Server({ host: '127.0.0.1', port });

server.setAuth(({ user, password }) => user === 'ada' && password === 'lovelace');
server.register('subtract', (params) => {
  const [minuend, subtrahend] = Array.isArray(params) ? params : [params.minuend, params.subtrahend];
  return minuend - subtrahend;
});
server.register('echoAfter', async ([turns, value]) => {
  for (let turn = 0; turn < turns; turn++) await setImmediate();
  return value;
});
server.register('divide', ([dividend, divisor]) => {
  if (divisor === 0) throw new RangeError('division by zero');
  return dividend / divisor;
});
server.register('buy', () => {
  throw server.createError(4001, 'Out of stock', { left: 0 });
});
server.register('never', () => new Promise(() => {}));
server.register('secret', () => 42).protected();

server.event('ticks');
server.event('trades');
server.event('orders').protected();
server.register('publish', ([event, ...values]) => server.emit(event, ...values));
server.register('subscribers', ([event]) => server.of('/').clients().events[event].sockets.length);

server.on('listening', () => console.log(`listening on ws://127.0.0.1:${port}/`));
