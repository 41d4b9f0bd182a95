import { WebsocketClient } from 'bybit-api';
import { oneByOne } from './client.mjs';

const silent = { trace: () => {}, info: () => {}, error: () => {} };
const PUBLIC = 'v5LinearPublic';
const TRADE = 'v5PrivateTrade';

/** @type {import('./client.mjs').Adapter} */
export default {
  name: 'bybit-api',
  server: 'bybit-server',
  notes: 'defaults; promiseSubscribeRequests (off by default); a request is order.create on the trade socket',
  lacks: {},
  create(setting) {
    const client = new WebsocketClient(
      {
        wsUrl: `ws://${setting.host}/v5`,
        key: 'key',
        secret: 'secret',
        promiseSubscribeRequests: true,
      },
      silent,
    );
    client.on('exception', () => {});
    const isTrading = setting.use === 'requests' || setting.use === 'authentication';
    const request = (text) => {
      const order = { category: 'linear', symbol: 'BTCUSDT', side: 'Buy', orderType: 'Market', qty: '1' };
      return client.sendWSAPIRequest(TRADE, 'order.create', { ...order, orderLinkId: text });
    };
    const subscribe = (topic, onValue) => {
      client.on('update', (update) => {
        if (update.topic === topic) onValue(update.data);
      });
      return Promise.all(client.subscribeV5(topic, 'linear'));
    };
    return {
      open: () => (isTrading ? client.connectWSAPI() : client.connect(PUBLIC)),
      close: () => client.closeAll(),
      request,
      fire: request,
      subscribe,
      subscribeMany: (topics) => Promise.all(client.subscribeV5([...topics], 'linear')),
      consume: (topic, onValue) => subscribe(topic, oneByOne(onValue)),
    };
  },
};
