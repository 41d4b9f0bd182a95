/** As much of Bybit's V5 streams and its trade socket as its client needs. */
export default function bybit() {
  return {
    update: (topic, data) => JSON.stringify({ topic, type: 'snapshot', ts: 1_700_000_000_000, data }),
    answer: (text) => {
      const { op, req_id, reqId, args } = JSON.parse(text);
      if (op === 'ping') return JSON.stringify({ success: true, ret_msg: 'pong', conn_id: '1', req_id: '', op });
      if (op === 'auth') return JSON.stringify({ reqId: req_id, retCode: 0, retMsg: 'OK', op, connId: '1' });
      if (op === 'subscribe') return JSON.stringify({ success: true, ret_msg: '', conn_id: '1', req_id, op });
      return JSON.stringify({ reqId, retCode: 0, retMsg: 'OK', op, data: args[0], header: {}, connId: '1' });
    },
  };
}
