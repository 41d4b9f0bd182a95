import { runSession } from './session.js';

/** Answers the URL of a server with what a session found there, or with `{ error }`. */
export function answerWith(port: Pick<MessagePort, 'postMessage'>, url: string): Promise<void> {
  return runSession(url).then(
    (found) => port.postMessage(found),
    (error) => port.postMessage({ error: String(error) }),
  );
}
