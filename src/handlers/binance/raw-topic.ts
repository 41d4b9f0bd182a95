import type { Topic } from '../../identifiers.js';
import type { Message } from '../../protocol/message.js';

/** The stream of each event type, without the symbol. */
const STREAMS: Readonly<Record<string, readonly string[]>> = {
  aggTrade: ['@aggTrade'],
  trade: ['@trade'],
  '24hrMiniTicker': ['@miniTicker'],
  '24hrTicker': ['@ticker'],
  '1hTicker': ['@ticker_1h'],
  '4hTicker': ['@ticker_4h'],
  '1dTicker': ['@ticker_1d'],
  avgPrice: ['@avgPrice'],
  // The event does not tell its speed.
  depthUpdate: ['@depth', '@depth@100ms'],
};

/**
 * The stream of an update that does not name it, as far as its members tell: the `/ws` endpoint before it was asked for
 * names. Partial depth has neither symbol nor event type, and therefore no topic.
 */
export function rawTopic(message: Message): Topic | readonly Topic[] | undefined {
  if (message.text.startsWith('[')) {
    const stream = STREAMS[String(message.path('0.e'))]?.[0];
    return stream && `!${stream.slice(1)}@arr`;
  }
  const symbol = message.field('s');
  if (symbol === undefined) return undefined;
  const prefix = String(symbol).toLowerCase();
  const streams = streamsOf(message)?.map((stream) => prefix + stream);
  return streams?.length === 1 ? streams[0] : streams;
}

function streamsOf(message: Message): readonly string[] | undefined {
  const event = message.field('e');
  if (event === undefined) return message.field('u') === undefined ? undefined : ['@bookTicker'];
  if (event !== 'kline') return STREAMS[event];
  const interval = message.path('k.i');
  return [`@kline_${interval}`, `@kline_${interval}@+08:00`];
}
