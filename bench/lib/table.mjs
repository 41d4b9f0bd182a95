/**
 * A measured row as text.
 * @param {import('./types.d.ts').MeasuredRow} row
 */
export function formatRow({ name, tag, title, measures }) {
  return [`${name} (${tag}): ${title}`, ...measures.map(formatMeasure)].join('\n');
}

function formatMeasure({ label, unit, highest, results }) {
  const measured = results.filter(({ value }) => value);
  if (measured.length === 0) return `  ${label}: not measured`;
  const hasRatio = measured.some(({ ratio }) => ratio);
  const lines = measured.map(({ name, value, ratio, target, kept }) => [
    name,
    number(value.median),
    range(value, number),
    ratio ? ratio.median.toFixed(2) : '',
    ratio ? range(ratio, (end) => end.toFixed(2)) : '',
    kept === undefined ? '' : verdict(kept, target, highest),
  ]);
  const { interval } = measured[0].ratio ?? measured[0].value;
  const spread = interval ? '95 %' : 'min–max';
  const head = [label, `median ${unit}`, spread, hasRatio ? 'ratio' : '', hasRatio ? spread : '', ''];
  const gaps = results.filter(({ missing }) => missing).map(({ name, missing }) => `\n  ${name}: ${missing}`);
  return alignColumns([head, ...lines]) + gaps.join('');
}

function verdict(kept, target, highest) {
  const end = highest === undefined ? '' : `, 95 % ≤ ${highest}`;
  return `${kept ? 'kept' : 'MISSED'} (≤ ${number(target)}${end})`;
}

function alignColumns(lines) {
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const pad = (cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]));
  return lines.map((line) => `  ${line.map(pad).join('  ').trimEnd()}`).join('\n');
}

const range = ({ min, max, interval: [low, high] = [min, max] }, format) => `${format(low)}–${format(high)}`;

function number(value) {
  if (Number.isInteger(value)) return value.toLocaleString('en-US');
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(value >= 10 ? 1 : 2);
}
