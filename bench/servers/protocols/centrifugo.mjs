/** As much of Centrifugo's JSON protocol as its client needs. Several commands may come in one frame. */
export default function centrifugo() {
  return {
    update: (channel, data) => JSON.stringify({ push: { channel, pub: { data } } }),
    answer: (text) => text.split('\n').map((line) => JSON.stringify(reply(JSON.parse(line)))),
  };
}

function reply({ id, connect, rpc }) {
  if (connect) return { id, connect: { client: 'bench', version: '6.0.0' } };
  return rpc ? { id, rpc: { data: rpc.data } } : { id, subscribe: {} };
}
