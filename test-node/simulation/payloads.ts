/** What makes a payload long. */
export function filling(filler: number | undefined): { filler?: string } {
  return filler === undefined ? {} : { filler: 'x'.repeat(filler) };
}

/** A payload with a getter. */
export function reading(op: string, call: number, inPayload: () => void): object {
  return {
    get op() {
      inPayload();
      return op;
    },
    n: call,
  };
}
