/**
 * Where the venue listens. `public` names the stream in each update and suits `BinanceStreamHandler`; `private` is the
 * WebSocket API, for `BinanceApiHandler`.
 *
 * @example
 * ```ts
 * urls.public; // 'wss://stream.binance.com:9443/stream'
 * urls.testnet.private; // 'wss://ws-api.testnet.binance.vision/ws-api/v3'
 * ```
 */
export const urls = {
  public: 'wss://stream.binance.com:9443/stream',
  /** The same streams without their names; see the option `endpoint` of `BinanceStreamHandler`. */
  raw: 'wss://stream.binance.com:9443/ws',
  /** Market data only, for places where the other host is blocked. */
  marketData: 'wss://data-stream.binance.vision/stream',
  private: 'wss://ws-api.binance.com:443/ws-api/v3',
  testnet: {
    public: 'wss://stream.testnet.binance.vision/stream',
    raw: 'wss://stream.testnet.binance.vision/ws',
    private: 'wss://ws-api.testnet.binance.vision/ws-api/v3',
  },
} as const;
