/**
 * A measured row as text.
 * @param {import('./types.d.ts').MeasuredRow} row
 */
export function formatRow({ name, tag, title, measures }) {
  return [`${name} (${tag}): ${title}`, ...measures.map(formatMeasure)].join('\n');
}

function formatMeasure({ label, unit, limit, results }) {
  const hasRatio = results.some(({ ratio }) => ratio);
  const target = limit === undefined ? '' : `, target ≤ ${limit}${hasRatio ? ' × floor' : ` ${unit}`}`;
  const lines = results.map(({ name, value, ratio, kept }) =>
    [
      name,
      number(value.median),
      spread(value),
      ratio ? ratio.median.toFixed(2) : '',
      ratio ? `${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)}` : '',
      kept === undefined ? '' : kept ? 'kept' : 'MISSED',
    ].map(String),
  );
  const head = [
    `${label}${target}`,
    `median ${unit}`,
    'min–max',
    hasRatio ? 'ratio' : '',
    hasRatio ? 'min–max' : '',
    '',
  ];
  return alignColumns([head, ...lines]);
}

function alignColumns(lines) {
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const pad = (cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]));
  return lines.map((line) => `  ${line.map(pad).join('  ').trimEnd()}`).join('\n');
}

const spread = ({ min, max }) => `${number(min)}–${number(max)}`;

function number(value) {
  if (Number.isInteger(value)) return value.toLocaleString('en-US');
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(value >= 10 ? 1 : 2);
}
