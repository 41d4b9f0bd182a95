import { WebSocketClient } from 'hpx-transport-ws';
import { DeribitHandler, deribitBook } from 'hpx-transport-ws/handlers/deribit';
import { OrderBook } from 'hpx-transport-ws/order-book';
import { describe, expect, it } from 'vitest';
import { startDeribitServer } from '../../../demo/venues/deribit-server.js';
import { atEnd, QUICK } from '../../support/live.js';

describe('the book of Deribit', () => {
  it('follows the changes of the venue, and is whole again after a drop [DE10]', async () => {
    const venue = await startDeribitServer();
    atEnd(() => venue.close());
    const client = await WebSocketClient.connect({ url: venue.url, ...QUICK }, new DeribitHandler());
    atEnd(() => client.close());
    const book = new OrderBook(await client.subscribe('book.BTC-PERPETUAL.100ms'), deribitBook);
    await book.whenSynced();
    const changed = () => new Promise((resolve) => book.once('change', resolve));
    const before = book.top(5);
    const change = changed();
    venue.tick();
    await change;
    expect(before.bids).toHaveLength(5);
    for (const side of [book.top(5).bids, book.top(5).asks]) {
      for (const [price, size] of side) expect([typeof price, Number(size) > 0]).toEqual(['string', true]);
    }
    expect(Number(book.bestBid?.[0])).toBeLessThan(Number(book.bestAsk?.[0]));
    const stale = new Promise((resolve) => book.once('stale', resolve));
    const synced = new Promise<void>((resolve) => book.once('synced', resolve));
    venue.server.dropAll();
    expect(await stale).toBe('interrupted');
    await synced;
    expect(book.isSynced).toBe(true);
  });

  it('reads new, changed and deleted levels [DE10]', () => {
    const data = {
      type: 'change',
      timestamp: 1,
      instrument_name: 'BTC-PERPETUAL',
      change_id: 7,
      prev_change_id: 6,
      bids: [
        ['new', 100.5, 10],
        // Whatever amount a deleted level has.
        ['delete', 99, 7],
      ],
      asks: [['change', 101, 5]],
    } as const;
    expect(deribitBook.read({ data } as never)).toEqual({
      snapshot: false,
      bids: [
        [100.5, 10],
        [99, 0],
      ],
      asks: [[101, 5]],
      sequence: 7,
      previous: 6,
    });
  });
});
