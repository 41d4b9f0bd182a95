/** A change with its sign: `+1.25%`. The minus is as wide as the plus. */
export function changeText(change: number): string {
  const percent = Math.abs(change * 100).toFixed(2);
  return `${change < 0 ? '−' : '+'}${percent}%`;
}

const compact = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  notation: 'compact',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

/** A large amount in few digits: `$1.8B`. */
export function compactMoney(value: number): string {
  return compact.format(value);
}

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export function countText(value: number): string {
  return whole.format(value);
}

/** A time span: `320 ms`, `1.4 s`, `2 min 5 s`. */
export function spanText(milliseconds: number): string {
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1_000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** The time of day: `14:03:07`. */
export function clockText(time: number): string {
  return clock.format(time);
}

const moment = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/** A day and a time: `27 Nov 2026, 14:03:07`. */
export function momentText(time: number): string {
  return moment.format(time);
}

/** A place in a recording: `1:07`. */
export function placeText(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** The size of a file: `2.1 MB`. */
export function sizeText(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
