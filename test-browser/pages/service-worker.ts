import { answerWith } from './worker-messages.js';

/** An event that keeps the service worker alive for as long as a promise takes. */
interface Extendable {
  waitUntil(promise: Promise<unknown>): void;
}

addEventListener('message', (event: MessageEvent<string>) => {
  const [port] = event.ports;
  if (port) (event as unknown as Extendable).waitUntil(answerWith(port, event.data));
});
