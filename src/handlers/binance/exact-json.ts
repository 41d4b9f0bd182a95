/** A text in JSON, or a number. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const LONG_INTEGER = /^-?\d{16,}$/;
/** Members of requests whose values the venue wants as numbers. */
const ID_MEMBER =
  /"(orderId|cancelOrderId|orderListId|fromId|fromTradeId|fromExecutionId|preventedMatchId|fromPreventedMatchId|fromAllocationId)":"(-?\d{16,})"/g;

/**
 * The value of a JSON text. An integer that a JavaScript number cannot hold exactly becomes its digits as a string, as
 * `Message.field()` returns it; all other integers stay numbers.
 * @throws SyntaxError for text that is not JSON
 */
export function parseExact(text: string): unknown {
  // Nearly no text has so long a number. It may stand in a string too, which costs only the slow way.
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  const exact = text.replace(TOKEN, (token) =>
    LONG_INTEGER.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token,
  );
  return JSON.parse(exact);
}

/** The JSON text of a value. Ids that `parseExact()` returned as strings of digits become numbers again. */
export function stringifyExact(value: unknown): string {
  const text: string | undefined = JSON.stringify(value);
  return text?.replace(ID_MEMBER, '"$1":$2');
}
