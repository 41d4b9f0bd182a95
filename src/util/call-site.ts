/** What Chromium, Node, Bun and Deno offer. */
interface StackCapture {
  captureStackTrace?(target: object, below: unknown): void;
}

/**
 * Where an application made a call. An error that comes later, out of an event of the socket, has a stack that says nothing
 * of the application.
 */
export class CallSite {
  declare readonly stack: string | undefined;

  /** @param method - the public method that was called: the frames up to it are left out where the platform can */
  constructor(method: unknown) {
    const { captureStackTrace } = Error as StackCapture;
    if (captureStackTrace) captureStackTrace(this, method);
    else this.stack = new Error().stack;
  }

  /** Lets the stack of an error lead to the call. */
  mark(error: unknown): void {
    if (!(error instanceof Error)) return;
    const { stack = '' } = this;
    // V8 begins a stack with the error itself.
    const isV8 = /^\w*Error\b/.test(stack);
    const frames = isV8 ? stack.slice(stack.indexOf('\n') + 1) : stack;
    error.stack = isV8 ? `${error.name}: ${error.message}\n${frames}` : frames;
  }
}
