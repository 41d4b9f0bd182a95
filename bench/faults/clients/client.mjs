/**
 * What a fault may ask of a client. An adapter writes each of these with the client's own API and nothing around it:
 * no repeating, no timeouts of ours, errors listened to where an application has to.
 *
 * @typedef {object} Client
 * @property {() => Promise<unknown>} open starts to connect, and resolves once connected
 * @property {() => unknown} close the client's own way to end; a promise where it gives one
 * @property {(text: string, options?: { timeout?: number }) => Promise<unknown>} [request] sends text, resolves with the
 *   answer; `timeout` where a call takes one
 * @property {(text: string) => void} [fire] the same, without a handler for the result
 * @property {(topic: string, onValue: (value: number) => void) => unknown} [subscribe]
 * @property {(topics: readonly string[]) => unknown} [subscribeMany] where there is an own call for many
 * @property {(topic: string, onValue: (value: number) => Promise<void>) => unknown} [consume] takes value by value, in the
 *   way that the client offers to readers that are slow: an iterator where it has one, else a listener
 * @property {() => number} [dropped] how many values the client says it has dropped
 *
 * @typedef {'requests' | 'subscriptions' | 'authentication' | 'messages'} Ability
 *
 * @typedef {object} Setting
 * @property {string} host where the server listens: 127.0.0.1 and a port
 * @property {boolean} isGuarded whether the server wants it to authenticate
 * @property {boolean} isDefault whether options that are off by default are left so
 * @property {number} [fleet] how many of it are created in one process
 * @property {Ability | undefined} use what it is opened for, where it has connections for one purpose each
 *
 * @typedef {object} Adapter
 * @property {string} name the package's name on npm
 * @property {string} server the module in ../servers
 * @property {string} notes the options that are set, and what stands for a request and a subscription
 * @property {Partial<Record<Ability, string>>} lacks what it cannot do, and why a fault that needs it does not apply
 * @property {(setting: Setting) => Client} create
 */

/** A reader for clients with listeners: the application's own queue, emptied one by one. */
export function oneByOne(handle) {
  let last = Promise.resolve();
  return (value) => {
    last = last.then(() => handle(value));
  };
}
