const formats = new Map<number, Intl.NumberFormat>();

/** An amount in dollars: `$64,012.50`. */
export function money(value: number, decimals = 2): string {
  let format = formats.get(decimals);
  if (!format) {
    const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
    format = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD', ...digits });
    formats.set(decimals, format);
  }
  return format.format(value);
}
