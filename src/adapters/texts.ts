/** Why ws reads frames one by one: notes of the Node adapter for the trace. */

const alone = (why: string) => `ws reads the frames one by one: ${why}.`;

export const OTHER_WS = alone('this WebSocket does not have the inner parts of the ws package');
export const EXTENSION = alone('the server agreed to an extension');
export const DEFERRED_EVENTS = alone('allowSynchronousEvents is false');
export const OTHER_LISTENERS = alone('something else listens to its messages');
export const ODD_WS = alone('it does not behave as expected');
export const unknownWs = (version: string) => alone(`its version ${version} is not known to this package`);
