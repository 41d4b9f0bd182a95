/**
 * Bars as SVG with a background, so that the chart is readable on a light page and on a dark page.
 * @typedef {{ name: string, kind: string, median: number, min: number, max: number, interval?: [number, number] }} Bar
 * @typedef {{ title: string, bars: Bar[], bytes?: boolean }} Panel - `bytes`: sizes, not multiples of a floor
 */

const WIDTH = 820;
const MARGIN = 24;
const NAMES = 340;
const VALUES = 60;
const LINE = 24;
const BAR = 14;
const TITLE = 34;
const GAP = 16;

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; }
  .note { font-size: 11px; fill: #59636e; }
  .ground { fill: #ffffff; stroke: #d1d9e0; }
  .ours { fill: #1a7f37; }
  .reference { fill: #59636e; }
  .baseline { fill: #afb8c1; }
  .peer { fill: #6cb6ff; }
  .spread { stroke: #1f2328; stroke-width: 1.5; }
  .one { stroke: #59636e; stroke-dasharray: 3 3; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .note { fill: #9198a1; }
    .ground { fill: #0d1117; stroke: #3d444d; }
    .ours { fill: #3fb950; }
    .reference { fill: #9198a1; }
    .baseline { fill: #656c76; }
    .peer { fill: #316dca; }
    .spread { stroke: #f0f6fc; }
    .one { stroke: #9198a1; }
  }`;

/**
 * @param {readonly Panel[]} panels
 * @param {string} note
 */
export function drawChart(panels, note) {
  const parts = [];
  let top = MARGIN;
  for (const panel of panels) {
    parts.push(drawPanel(panel, top));
    top += TITLE + panel.bars.length * LINE + GAP;
  }
  const height = top + MARGIN;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">
<title>${escapeText(panels.map(({ title }) => title).join('; '))}</title>
<style>${STYLE}
</style>
<rect class="ground" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="8"/>
${parts.join('\n')}
<text class="note" x="${MARGIN}" y="${top + 4}">${escapeText(note)}</text>
</svg>
`;
}

/** @param {Panel} panel */
function drawPanel({ title, bars, bytes = false }, top) {
  const left = MARGIN + NAMES;
  const room = WIDTH - left - VALUES - MARGIN;
  // One very slow run must not make all bars short.
  const most = Math.max(bytes ? 0 : 1, ...bars.map(({ median }) => median)) * 1.15;
  const label = (median) => (bytes ? `${(median / 1_000).toFixed(1)} kB` : `${median.toFixed(2)} ×`);
  const scale = (value) => Math.round((Math.min(value, most) / most) * room * 10) / 10;
  const lines = bars.map(({ name, kind, median, min, max, interval: [low, high] = [min, max] }, index) => {
    const y = top + TITLE + index * LINE;
    const middle = y + BAR / 2;
    return [
      `<text x="${left - 10}" y="${middle + 4}" text-anchor="end">${escapeText(name)}</text>`,
      `<rect class="${kind}" x="${left}" y="${y}" width="${scale(median)}" height="${BAR}" rx="2"/>`,
      `<line class="spread" x1="${left + scale(low)}" x2="${left + scale(high)}" y1="${middle}" y2="${middle}"/>`,
      `<text x="${WIDTH - MARGIN}" y="${middle + 4}" text-anchor="end">${label(median)}</text>`,
    ].join('\n');
  });
  const bottom = top + TITLE + bars.length * LINE - LINE + BAR + 4;
  const one = left + scale(1);
  const mark = `<line class="one" x1="${one}" x2="${one}" y1="${top + TITLE - 6}" y2="${bottom}"/>`;
  return [
    `<text class="title" x="${MARGIN}" y="${top + 14}">${escapeText(title)}</text>`,
    ...(bytes ? [] : [mark]),
    ...lines,
  ].join('\n');
}

function escapeText(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
