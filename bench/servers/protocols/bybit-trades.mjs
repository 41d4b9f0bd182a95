/** Bybit's public trade stream, in its own shape: ccxt reads each member of a trade. */
export default function bybitTrades() {
  return {
    update: (topic, data) => {
      const symbol = topic.slice(topic.indexOf('.') + 1);
      const { time = 0, side = 'buy', size = 1, price = '1', id = 'end' } = data;
      const trade = {
        T: time,
        s: symbol,
        S: side === 'buy' ? 'Buy' : 'Sell',
        v: `${size}`,
        p: price,
        i: id,
        BT: false,
      };
      return JSON.stringify({ topic: `publicTrade.${symbol}`, type: 'snapshot', ts: time, data: [trade] });
    },
    answer: (text) => {
      const { op, req_id } = JSON.parse(text);
      return JSON.stringify({ success: true, ret_msg: op === 'ping' ? 'pong' : '', conn_id: '1', req_id, op });
    },
  };
}
