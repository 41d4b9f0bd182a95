/**
 * Where the venue listens. Each channel is at one of the three: market data at `public`, the account and orders at
 * `private`, candlesticks and algo orders at `business`. `testnet` is the demo trading of the venue.
 *
 * Not confirmed by a recording: demo trading may also want the header `x-simulated-trading: 1`; in Node that is
 * `nodeOptions: { headers: { 'x-simulated-trading': '1' } }`.
 *
 * @example
 * ```ts
 * urls.public; // 'wss://ws.okx.com:8443/ws/v5/public'
 * urls.testnet.private; // 'wss://wspap.okx.com:8443/ws/v5/private'
 * ```
 */
export const urls = {
  public: 'wss://ws.okx.com:8443/ws/v5/public',
  private: 'wss://ws.okx.com:8443/ws/v5/private',
  business: 'wss://ws.okx.com:8443/ws/v5/business',
  testnet: {
    public: 'wss://wspap.okx.com:8443/ws/v5/public',
    private: 'wss://wspap.okx.com:8443/ws/v5/private',
    business: 'wss://wspap.okx.com:8443/ws/v5/business',
  },
  /** For accounts of the United States. */
  us: {
    public: 'wss://wsus.okx.com:8443/ws/v5/public',
    private: 'wss://wsus.okx.com:8443/ws/v5/private',
    business: 'wss://wsus.okx.com:8443/ws/v5/business',
  },
  /** For accounts of the European Economic Area. */
  eea: {
    public: 'wss://wseea.okx.com:8443/ws/v5/public',
    private: 'wss://wseea.okx.com:8443/ws/v5/private',
    business: 'wss://wseea.okx.com:8443/ws/v5/business',
  },
} as const;
