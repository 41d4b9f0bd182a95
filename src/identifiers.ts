/** The id of one request, as a string or a number: the type that the protocol uses. A client uses each id once. */
export type RequestId = string | number;

/** The name of one stream of updates, for example `trades.BTC`. */
export type Topic = string;
