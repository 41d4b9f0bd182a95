/** What the address of the page may set, times in milliseconds: `?heartbeat=300&delay=50&fault=800`. */
export interface Settings {
  /**
   * The time between two pings, and the longest time without a sign of life after a ping.
   * @default 1_500: a visitor does not wait long for a mute link to be noticed
   */
  readonly heartbeat: number;
  /**
   * The upper bound of the first reconnect delay. Later delays grow up to 8 times of it.
   * @default 600: a visitor sees several attempts in an outage of seconds
   */
  readonly delay: number;
  /**
   * The time from an order to its answer.
   * @default 3_000: a price is old by then
   */
  readonly patience: number;
  /**
   * How long a fault lasts.
   * @default undefined: each fault has a length of its own
   */
  readonly fault: number | undefined;
  /**
   * The size at which a recording ends by itself, in millions of bytes.
   * @default 50: some minutes of the feed
   */
  readonly megabytes: number;
}

/** Reads the settings from the query of an address. A value that is no number from 1 to 600,000 is passed over. */
export function readSettings(query: string): Settings {
  const params = new URLSearchParams(query);
  const read = (name: string) => {
    const value = Number(params.get(name));
    return value >= 1 && value <= 600_000 ? value : undefined;
  };
  return {
    heartbeat: read('heartbeat') ?? 1_500,
    delay: read('delay') ?? 600,
    patience: read('patience') ?? 3_000,
    fault: read('fault'),
    megabytes: read('megabytes') ?? 50,
  };
}
