import { setTimeout as pass } from 'node:timers/promises';
import type { WebDriverSession } from './webdriver.js';

/** What the functions of a test are in the page; their types are checked where Playwright's are. */
type PageFunction = (...args: never[]) => unknown;

/** The state of a call in the page: nothing yet, or how it ended. */
interface Outcome {
  readonly isPending?: true;
  readonly error?: string;
  readonly result?: string | null;
}

/**
 * Starts a function of the test in the page. Source, arguments and result are JSON text, so a result is plain data only. A
 * handle is the number under which the page keeps a value. A later command reads the result, because the driver crashes
 * if a window closes while a command waits for it. A function that ends within one task returns its result at once.
 */
const START = `
  const [source, json, isKept, call] = arguments;
  const { values, outcomes } = (globalThis.webdriver ??= { values: [], outcomes: new Map() });
  const revive = (_key, value) => (value && typeof value === 'object' && 'handle' in value ? values[value.handle] : value);
  const told = (error) => (error instanceof Error ? error.name + ': ' + error.message + '\\n' + error.stack : String(error));
  const isPlain = (value) => [Object.prototype, Array.prototype].includes(Object.getPrototypeOf(value));
  const plain = (_key, value) => (value && typeof value === 'object' && !isPlain(value) ? undefined : value);
  const run = async () => {
    const value = await (0, eval)('(' + source + ')')(...JSON.parse(json, revive));
    return isKept ? String(values.push(value) - 1) : JSON.stringify(value, plain) ?? null;
  };
  outcomes.set(call, { isPending: true });
  return (async () => {
    run().then(
      (result) => outcomes.set(call, { result }),
      (error) => outcomes.set(call, { error: told(error) }),
    );
    for (let turn = 0; turn < 10; turn++) await undefined;
    return outcomes.get(call);
  })();`;

const ASK = `
  const { outcomes } = globalThis.webdriver ?? {};
  return outcomes?.get(arguments[0]) ?? { error: 'The page went away before the function had ended' };`;

/** As Playwright's page, as far as the tests that run here use it. */
export class WebKitPage {
  readonly #session: WebDriverSession;
  readonly #windowBefore: string;
  #calls = 0;
  #isClosed = false;

  /** Opens a window, to which the session's commands go until it is closed. */
  static async open(session: WebDriverSession): Promise<WebKitPage> {
    const before = await session.get<string>('window');
    // A tab would stay behind the first one, hidden and with throttled timers.
    const { handle } = await session.post<{ handle: string }>('window/new', { type: 'window' });
    await session.post('window', { handle });
    return new WebKitPage(session, before);
  }

  private constructor(session: WebDriverSession, windowBefore: string) {
    this.#session = session;
    this.#windowBefore = windowBefore;
  }

  /** Ends what still waits in the page, too. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#session.delete('window');
    await this.#session.post('window', { handle: this.#windowBefore });
  }

  async goto(url: string): Promise<void> {
    await this.#session.post('url', { url });
  }

  async evaluate(body: PageFunction, ...args: unknown[]): Promise<unknown> {
    const result = await this.#run(body, args, false);
    return result === null ? undefined : JSON.parse(result);
  }

  async evaluateHandle(body: PageFunction, ...args: unknown[]): Promise<Handle> {
    return new Handle(this, Number(await this.#run(body, args, true)));
  }

  async waitForFunction(body: PageFunction, ...args: unknown[]): Promise<void> {
    const end = performance.now() + 15_000;
    while (!(await this.evaluate(body, ...args))) {
      if (performance.now() > end) throw new Error(`The page did not come to this: ${body}`);
      await pass(20);
    }
  }

  async #run(body: PageFunction, args: readonly unknown[], isKept: boolean): Promise<string | null> {
    const call = ++this.#calls;
    let outcome = await this.#execute(START, String(body), JSON.stringify(args), isKept, call);
    while (outcome.isPending) {
      await pass(10);
      outcome = await this.#execute(ASK, call);
    }
    if (outcome.error !== undefined) throw new Error(`In the page: ${outcome.error}`);
    return outcome.result ?? null;
  }

  async #execute(script: string, ...args: unknown[]): Promise<Outcome> {
    if (this.#isClosed) throw new Error('The page was closed before the function had ended');
    return this.#session.post('execute/sync', { script, args });
  }
}

/** A value that stays in the page, to be used there again. */
export class Handle {
  readonly #page: WebKitPage;
  readonly #handle: number;

  constructor(page: WebKitPage, handle: number) {
    this.#page = page;
    this.#handle = handle;
  }

  evaluate(body: PageFunction, ...args: unknown[]): Promise<unknown> {
    return this.#page.evaluate(body, this, ...args);
  }

  toJSON(): object {
    return { handle: this.#handle };
  }
}
