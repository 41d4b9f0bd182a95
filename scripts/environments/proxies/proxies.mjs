import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { GenericJsonHandler, WebSocketClient } from 'hpx-transport-ws';
import { createPinia, defineStore, setActivePinia } from 'pinia';
import { proxy, snapshot } from 'valtio/vanilla';
import { reactive, ref, shallowReactive } from 'vue';

const [url, store] = process.argv.slice(2);

/** Each store: puts an object into its state, and returns the state. */
const STORES = {
  vue: (entries) => reactive({ ...entries }),
  'vue-ref': (entries) => Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, ref(value).value])),
  'vue-shallow': (entries) => shallowReactive({ ...entries }),
  pinia: (entries) => {
    setActivePinia(createPinia());
    const feed = defineStore('feed', { state: () => ({ client: null, channel: null, updates: [] }) })();
    feed.$patch({ ...entries });
    Object.assign(feed, entries);
    return feed;
  },
  valtio: (entries) => proxy({ ...entries }),
};

const client = new WebSocketClient({ url }, new GenericJsonHandler());
const state = STORES[store]({ client, updates: [] });
await state.client.connect();
strictEqual(state.client.state, 'ready');
strictEqual((await state.client.request({ op: 'echo', price: 1 })).price, 1);
const seen = [];
state.client.on('message', () => seen.push('message'));

state.channel = await state.client.subscribe('trades', { params: state.params });
state.channel.on('message', (_trade, update) => state.updates.push(update));
await state.client.request({ op: 'publish' });
strictEqual(state.updates.length, 1);
deepStrictEqual(state.updates[0].data, { price: 1 });
strictEqual(state.updates[0].message.field('topic'), 'trades');
strictEqual(state.channel.topic, 'trades');
const loop = state.channel[Symbol.asyncIterator]();
await state.client.request({ op: 'publish' });
deepStrictEqual((await loop.next()).value, { price: 1 });
if (store === 'valtio') strictEqual(snapshot(state).client.state, 'ready');

// Reactive data as a payload and as params.
const order = STORES[store]({ client, order: { op: 'echo', sizes: [1, 2] } }).order;
deepStrictEqual((await state.client.request(order)).sizes, [1, 2]);
await state.client.subscribe('book', { params: order });

await state.channel.unsubscribe();
strictEqual(state.client.stats().subscriptions, 1);
await state.client.close();
deepStrictEqual(seen, []);
