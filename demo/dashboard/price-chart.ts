import {
  CandlestickSeries,
  ColorType,
  CrosshairMode,
  createChart,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  type UTCTimestamp,
} from 'lightweight-charts';
import { money } from '../money.js';
import type { Bar, Bars } from './bars.js';
import { clockText } from './format.js';
import { type ChartGap, GapBands } from './gap-bands.js';

const UP = '#3fb68b';
const DOWN = '#f06c78';
/** Pixels of one candle with its margin, when the chart opens. */
const SPACING = 7;
/** Empty places to the right of the newest candle. */
const MARGIN = 4;

/** The canvas: candles, volumes below them, and gaps. */
export class PriceChart {
  readonly #bars: Bars;
  readonly #chart: IChartApi;
  readonly #candles: ISeriesApi<'Candlestick'>;
  readonly #volumes: ISeriesApi<'Histogram'>;
  readonly #gaps: GapBands;
  readonly #node: HTMLElement;
  /** The seconds that are shown with a candle. */
  #filled = new Set<number>();

  /** @param now - the time of the data, in Unix milliseconds */
  constructor(node: HTMLElement, bars: Bars, now: () => number) {
    this.#node = node;
    this.#bars = bars;
    this.#chart = createChart(node, {
      autoSize: true,
      layout: {
        background: { type: ColorType.Solid, color: 'transparent' },
        textColor: '#93a1b3',
        fontSize: 11,
        fontFamily: 'system-ui, sans-serif',
      },
      grid: { vertLines: { color: '#1a222c' }, horzLines: { color: '#1a222c' } },
      crosshair: { mode: CrosshairMode.Normal },
      rightPriceScale: { borderColor: '#222c38', scaleMargins: { top: 0.12, bottom: 0.24 } },
      timeScale: {
        borderColor: '#222c38',
        timeVisible: true,
        secondsVisible: true,
        shiftVisibleRangeOnNewBar: false,
        tickMarkFormatter: (time: UTCTimestamp) => clockText(time * 1_000),
      },
      localization: { timeFormatter: (time: UTCTimestamp) => clockText(time * 1_000) },
      // A finger that moves up or down scrolls the page.
      handleScroll: { vertTouchDrag: false },
    });
    this.#candles = this.#chart.addSeries(CandlestickSeries, {
      upColor: UP,
      downColor: DOWN,
      wickUpColor: UP,
      wickDownColor: DOWN,
      borderVisible: false,
    });
    this.#volumes = this.#chart.addSeries(HistogramSeries, {
      priceScaleId: 'volume',
      priceFormat: { type: 'volume' },
      lastValueVisible: false,
      priceLineVisible: false,
    });
    this.#volumes.priceScale().applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } });
    this.#gaps = new GapBands(() => this.#bars.first, now);
    this.#candles.attachPrimitive(this.#gaps);
  }

  /** Shows all bars, with the newest at the right. */
  reset(decimals: number): void {
    const priceFormat = {
      type: 'custom',
      minMove: 10 ** -decimals,
      formatter: (price: number) => money(price, decimals),
    };
    this.#candles.applyOptions({ priceFormat: priceFormat as { type: 'custom'; minMove: number } });
    this.refill();
    const { length } = this.#bars;
    const places = Math.max(30, Math.floor(this.#node.clientWidth / SPACING));
    if (length > 0) this.#chart.timeScale().setVisibleLogicalRange({ from: length - places, to: length + MARGIN });
  }

  /** Shows all bars again, without a move. */
  refill(): void {
    this.#filled = new Set(this.#bars.all.flatMap(({ time, candle }) => (candle ? [time] : [])));
    this.#candles.setData(this.#bars.all.map(candleOf));
    this.#volumes.setData(this.#bars.all.map(volumeOf));
  }

  /** Shows a bar that has changed. */
  update(bar: Bar): void {
    const isNewest = bar.time === this.#bars.all.at(-1)?.time;
    // The chart fills no place that was empty, but for the newest.
    if (isNewest || this.#filled.has(bar.time)) this.#draw(bar, !isNewest);
    else this.refill();
  }

  /** Adds new places at the right, and moves along if the newest place was visible. */
  extend(added: readonly Bar[]): void {
    if (added.length === 0) return;
    const scale = this.#chart.timeScale();
    const range = scale.getVisibleLogicalRange();
    for (const bar of added) this.#draw(bar, false);
    if (!range || range.to < this.#bars.length - added.length) return;
    const shift = this.#bars.length + MARGIN - range.to;
    scale.setVisibleLogicalRange({ from: range.from + shift, to: range.to + shift });
  }

  setGaps(gaps: readonly ChartGap[]): void {
    this.#gaps.set(gaps);
  }

  #draw(bar: Bar, isOld: boolean): void {
    if (bar.candle) this.#filled.add(bar.time);
    this.#candles.update(candleOf(bar), isOld);
    this.#volumes.update(volumeOf(bar), isOld);
  }
}

function candleOf({ time, candle }: Bar) {
  const at = time as UTCTimestamp;
  if (!candle) return { time: at };
  const { open, high, low, close } = candle;
  return { time: at, open, high, low, close };
}

function volumeOf({ time, candle }: Bar) {
  const at = time as UTCTimestamp;
  if (!candle) return { time: at };
  return { time: at, value: candle.volume, color: candle.close < candle.open ? '#5b2f38' : '#24503f' };
}
