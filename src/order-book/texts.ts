/** Every text of the order book that a user can see. */

export const notADecimal = (what: string) => `The ${what} of a level is not a decimal number.`;

export const NEGATIVE_SIZE = 'The size of a level is negative.';
export const NO_CHANGE = 'A change needs the lists bids and asks.';

export const unreadable = (topic: string) => `The adapter could not read an update of ${topic}`;

export const noSnapshot = (topic: string) => `The snapshot of ${topic} could not be got`;

export const notResynced = (topic: string) => `The order book of ${topic} is stale, and the resync failed`;

export const bookClosed = (topic: string) => `The order book of ${topic} is closed.`;

export const A_CLIENT = 'a WebSocketClient';
export const A_CHANNEL = 'a Channel, as subscribe() gives it';
export const AN_ADAPTER = 'an object with a method read(update)';
export const NO_CONFLATION = "another overflow than 'latest': a book needs every update";
