const NAMES = {
  vue: 'Vue reactive()',
  'vue-ref': 'Vue ref()',
  'vue-shallow': 'Vue shallowReactive()',
  pinia: 'Pinia',
  valtio: 'Valtio proxy()',
};

export const proxies = Object.entries(NAMES).map(([store, name]) => ({
  title: `proxies: ${name}: a client, a channel and updates work from the store`,
  run: (lab) => lab.withServer((server) => lab.node(['proxies/proxies.mjs', server.url, store])),
}));
