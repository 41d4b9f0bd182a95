import type { Channel, Gap } from 'hpx-transport-ws';
import { money } from '../money.js';
import type { MarketInfo, Trade } from '../protocol.js';
import { type Bar, Bars } from './bars.js';
import { Cell, element } from './dom.js';
import type { Client, Feed } from './feed.js';
import { changeText, spanText } from './format.js';
import type { ChartGap } from './gap-bands.js';
import type { Log } from './log.js';
import type { Markets } from './markets.js';
import type { Painter } from './painter.js';
import { PriceChart } from './price-chart.js';

/** Seconds of history. */
const HISTORY = 400;
/** Milliseconds between two looks whether another second has begun. */
const CLOCK = 250;

/** The price chart of one market. What a lost connection hid is marked, and then fetched. */
export class ChartPanel {
  readonly #feed: Feed;
  readonly #markets: Markets;
  readonly #painter: Painter;
  readonly #log: Log;
  readonly #bars = new Bars();
  readonly #chart: PriceChart;
  readonly #canvas = element('div', { class: 'chart-canvas', role: 'img' });
  readonly #title: Cell;
  readonly #last = new Cell(element('span', { class: 'chart-last number' }));
  readonly #change = new Cell(element('span', { class: 'chart-change number' }));
  readonly #note = new Cell(element('span', { class: 'note' }));
  readonly #changed = new Set<number>();
  #market: MarketInfo | undefined;
  #channel: Channel<Trade> | undefined;
  #gaps: ChartGap[] = [];
  /** Grows with each market and each client: what comes for an older one is dropped. */
  #turn = 0;

  constructor(root: HTMLElement, feed: Feed, markets: Markets, painter: Painter, log: Log) {
    this.#feed = feed;
    this.#markets = markets;
    this.#painter = painter;
    this.#log = log;
    const heading = root.querySelector('h2') as HTMLElement;
    this.#title = new Cell(element('span', {}));
    heading.replaceChildren(this.#title.node, this.#last.node, this.#change.node, this.#note.node);
    this.#title.set('Price');
    root.append(this.#canvas);
    this.#chart = new PriceChart(this.#canvas, this.#bars, () => feed.now);
    setInterval(() => this.#tick(), CLOCK);
    markets.onSelect(() => this.#open(this.#feed.client));
    feed.use(() => {
      this.#clear();
      this.#note.set('waits for the exchange');
    });
  }

  #open(client: Client): void {
    const { selected } = this.#markets;
    if (!selected) return;
    this.#market = selected;
    this.#title.set(selected.symbol);
    this.#canvas.setAttribute('aria-label', `Price of ${selected.symbol}, one candle for each second`);
    this.#follow(client, selected).catch((error) => this.#log.failed('The chart', error));
  }

  /** Shows nothing. Returns the number of what comes now. */
  #clear(): number {
    void this.#channel?.unsubscribe();
    this.#channel = undefined;
    this.#bars.clear();
    this.#changed.clear();
    this.#chart.refill();
    this.#showGaps([]);
    this.#last.set('');
    this.#change.set('');
    return ++this.#turn;
  }

  async #follow(client: Client, market: MarketInfo): Promise<void> {
    const turn = this.#clear();
    this.#note.set('loading');
    const isOver = () => turn !== this.#turn;
    const [channel, candles] = await Promise.all([
      client.subscribe(`trades.${market.symbol}`),
      candlesSince(client, market, Math.floor(this.#feed.now / 1_000) - HISTORY),
    ]);
    if (isOver()) return void channel.unsubscribe();
    this.#channel = channel;
    this.#bars.merge(candles);
    this.#chart.reset(market.decimals);
    this.#note.set('1 s candles');
    channel.on('message', (trade) => this.#add(trade));
    channel.on('interrupted', () => this.#showGaps([...this.#gaps, { since: this.#feed.now, isFilled: false }]));
    channel.on('gap', (gap) => {
      this.#fill(client, market, gap, isOver).catch((error) => this.#log.failed('The missed trades', error));
    });
  }

  #add(trade: Trade): void {
    this.#chart.extend(this.#bars.extendTo(Math.floor(trade.time / 1_000), true));
    const bar = this.#bars.add(trade);
    if (!bar) return;
    this.#changed.add(bar.time);
    this.#painter.paint(this.#paint);
  }

  readonly #paint = (): void => {
    const changed = [...this.#changed].map((time) => this.#bars.all[time - this.#bars.first]);
    this.#changed.clear();
    for (const bar of changed) if (bar) this.#chart.update(bar);
    this.#paintPrice(changed.at(-1));
  };

  #paintPrice(bar: Bar | undefined): void {
    const market = this.#market;
    const price = bar?.candle?.close;
    if (!market || price === undefined) return;
    this.#last.set(money(price, market.decimals));
    const change = this.#markets.quote(market.symbol)?.change ?? market.change;
    this.#change.set(changeText(change));
    this.#change.setTone(change < 0 ? 'down' : 'up');
  }

  /** The connection is back. The request only reads, so it may be sent again if the connection is lost once more. */
  async #fill(client: Client, market: MarketInfo, gap: Gap, isOver: () => boolean): Promise<void> {
    const { since, until, cause } = gap;
    const others = this.#gaps.filter((known) => known.until !== undefined);
    const told = { since, until, isFilled: false };
    this.#showGaps([...others, told]);
    const candles = await candlesSince(client, market, Math.floor(since / 1_000));
    if (isOver()) return;
    this.#bars.merge(candles);
    this.#chart.refill();
    this.#showGaps(this.#gaps.map((known) => (known === told ? { ...told, isFilled: true } : known)));
    this.#log.add('gap', `${market.symbol} missed ${spanText(until - since)} (${cause}); filled from the history`);
  }

  #showGaps(gaps: ChartGap[]): void {
    this.#gaps = gaps;
    this.#chart.setGaps(gaps);
  }

  /** Time goes on also without trades. */
  #tick(): void {
    const isLive = this.#channel?.live === true;
    this.#chart.extend(this.#bars.extendTo(Math.floor(this.#feed.now / 1_000), isLive));
    if (this.#gaps.some(({ until }) => until === undefined)) this.#chart.setGaps(this.#gaps);
  }
}

function candlesSince(client: Client, { symbol }: MarketInfo, since: number) {
  return client.request(
    { method: 'candles.since', params: { symbol, since } },
    { retry: 'idempotent', timeout: Infinity },
  );
}
