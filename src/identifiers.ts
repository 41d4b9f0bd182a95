/** Names one request on the wire, in the type that the protocol wants. Never reused in a client's life. */
export type RequestId = string | number;

/** The canonical name of one stream of updates, for example `trades.BTC`. */
export type Topic = string;
