/** The addresses of Bybit v5. Each product has a public address of its own. */
export const urls = {
  public: {
    spot: 'wss://stream.bybit.com/v5/public/spot',
    linear: 'wss://stream.bybit.com/v5/public/linear',
    inverse: 'wss://stream.bybit.com/v5/public/inverse',
    option: 'wss://stream.bybit.com/v5/public/option',
    spread: 'wss://stream.bybit.com/v5/public/spread',
    status: 'wss://stream.bybit.com/v5/public/misc/status',
  },
  private: 'wss://stream.bybit.com/v5/private',
  trade: 'wss://stream.bybit.com/v5/trade',
  testnet: {
    public: {
      spot: 'wss://stream-testnet.bybit.com/v5/public/spot',
      linear: 'wss://stream-testnet.bybit.com/v5/public/linear',
      option: 'wss://stream-testnet.bybit.com/v5/public/option',
    },
    private: 'wss://stream-testnet.bybit.com/v5/private',
    trade: 'wss://stream-testnet.bybit.com/v5/trade',
  },
  demo: {
    private: 'wss://stream-demo.bybit.com/v5/private',
  },
} as const;
