/** Two Maps by hand: what an update costs at least. Nothing is sorted, so `best()` looks at all levels. */
export async function openBook({ data: { b, a } }) {
  const bids = new Map(b);
  const asks = new Map(a);
  const update = ({ data }) => {
    apply(bids, data.b);
    apply(asks, data.a);
  };
  return { update, best: () => [Math.max(...[...bids.keys()].map(Number)), Math.min(...[...asks.keys()].map(Number))] };
}

function apply(side, levels) {
  for (const [price, size] of levels) {
    if (Number(size) === 0) side.delete(price);
    else side.set(price, size);
  }
}
