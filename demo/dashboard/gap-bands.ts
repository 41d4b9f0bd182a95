import type {
  IChartApi,
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesPrimitive,
  Logical,
  SeriesAttachedParameter,
  Time,
} from 'lightweight-charts';
import { spanText } from './format.js';

type Target = Parameters<IPrimitivePaneRenderer['draw']>[0];

/** A time in which the page may have missed trades. */
export interface ChartGap {
  /** Unix milliseconds. */
  readonly since: number;
  /** Missing while the gap is open. */
  readonly until?: number;
  /** Whether the missed part was fetched later. */
  readonly isFilled: boolean;
}

const OPEN = { fill: 'rgba(240, 108, 120, 0.10)', edge: 'rgba(240, 108, 120, 0.65)', text: '#f3929b' };
const FILLED = { fill: 'rgba(226, 172, 84, 0.09)', edge: 'rgba(226, 172, 84, 0.55)', text: '#e2ac54' };
/** Pixels between two texts. */
const MARGIN = 8;

/** Draws gaps as bands over the height of the chart. */
export class GapBands implements ISeriesPrimitive<Time>, IPrimitivePaneView, IPrimitivePaneRenderer {
  /** The second of the first place of the chart. */
  readonly #first: () => number;
  /** The time of the data, in Unix milliseconds: where an open gap ends for now. */
  readonly #now: () => number;
  #chart: IChartApi | undefined;
  #requestUpdate: () => void = () => {};
  #gaps: readonly ChartGap[] = [];

  constructor(first: () => number, now: () => number) {
    this.#first = first;
    this.#now = now;
  }

  set(gaps: readonly ChartGap[]): void {
    this.#gaps = gaps;
    this.#requestUpdate();
  }

  attached({ chart, requestUpdate }: SeriesAttachedParameter<Time>): void {
    this.#chart = chart as IChartApi;
    this.#requestUpdate = requestUpdate;
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return [this];
  }

  zOrder(): 'bottom' {
    return 'bottom';
  }

  renderer(): IPrimitivePaneRenderer {
    return this;
  }

  draw(target: Target): void {
    target.useMediaCoordinateSpace(({ context, mediaSize: { width, height } }) => {
      let textEnd = 0;
      const now = this.#now();
      for (const gap of this.#gaps) {
        const until = gap.until ?? now;
        const from = this.#coordinateOf(gap.since);
        const to = this.#coordinateOf(until);
        if (from === undefined || to === undefined || to < 0 || from > width) continue;
        drawBand(context, gap, from, Math.max(to, from + 3), height);
        // A text that would cover the text before it is left out.
        if (from >= textEnd) textEnd = drawText(context, gap, until, from, width) + MARGIN;
      }
    });
  }

  /** The chart only knows whole places, so what lies between is computed. */
  #coordinateOf(time: number): number | undefined {
    const scale = this.#chart?.timeScale();
    const left = scale?.logicalToCoordinate(0 as Logical);
    const next = scale?.logicalToCoordinate(1 as Logical);
    if (left == null || next == null) return undefined;
    return left + (next - left) * (time / 1_000 - this.#first() - 0.5);
  }
}

function drawBand(context: CanvasRenderingContext2D, gap: ChartGap, from: number, to: number, height: number): void {
  const colours = gap.isFilled ? FILLED : OPEN;
  context.fillStyle = colours.fill;
  context.fillRect(from, 0, to - from, height);
  context.fillStyle = colours.edge;
  for (const x of [from, to - 1]) context.fillRect(Math.round(x), 0, 1, height);
  context.fillRect(from, 0, to - from, 2);
}

/** Returns where the text ends. */
function drawText(
  context: CanvasRenderingContext2D,
  gap: ChartGap,
  until: number,
  from: number,
  width: number,
): number {
  const text = `gap ${spanText(until - gap.since)}`;
  context.fillStyle = gap.isFilled ? FILLED.text : OPEN.text;
  context.font = '11px system-ui, sans-serif';
  context.textBaseline = 'top';
  const length = context.measureText(text).width;
  const start = Math.min(from + 5, width - length);
  context.fillText(text, start, 8);
  return start + length;
}
