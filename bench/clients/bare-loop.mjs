import { setImmediate } from 'node:timers/promises';
import EventEmitter from 'eventemitter3';

/** What a `subscribe()` for each topic cannot do without: a promise, an emitter, a record, a place in a Map. There is no network. */
export function open() {
  const records = new Map();
  const subscribe = (topic) =>
    new Promise((resolve) => records.set(topic, { topic, state: 'pending', emitter: new EventEmitter(), resolve }));
  return {
    subscribe: async (topics, listener) => {
      const promises = topics.map(subscribe);
      await setImmediate();
      for (const record of records.values()) {
        record.state = 'confirmed';
        record.resolve(record.emitter);
      }
      for (const emitter of await Promise.all(promises)) emitter.on('message', listener);
    },
    close: () => records.clear(),
  };
}
