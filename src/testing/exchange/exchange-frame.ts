/** A frame of a client in the dialect of `GenericJsonHandler`. A client may put any value into a member. */
export interface ExchangeFrame {
  readonly op?: unknown;
  readonly req_id?: unknown;
  readonly args?: unknown;
  readonly key?: unknown;
}

/** Parses a JSON object; `undefined` for any other text. */
export function parseExchangeFrame(text: string): ExchangeFrame | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
