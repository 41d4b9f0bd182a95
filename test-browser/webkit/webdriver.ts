/** A session of a browser by the W3C WebDriver protocol: what this folder's tests need of it. */
export class WebDriverSession {
  readonly #address: string;

  /** Starts a browser. */
  static async open(driver: string, capabilities: object): Promise<WebDriverSession> {
    const body = { capabilities: { alwaysMatch: capabilities } };
    const { sessionId } = await command<{ sessionId: string }>('POST', `${driver}/session`, body);
    return new WebDriverSession(`${driver}/session/${sessionId}`);
  }

  private constructor(address: string) {
    this.#address = address;
  }

  post<T = null>(path: string, body: object = {}): Promise<T> {
    return command('POST', `${this.#address}/${path}`, body);
  }

  get<T>(path: string): Promise<T> {
    return command('GET', `${this.#address}/${path}`);
  }

  /** Without a path it ends the session, and the browser with it. */
  async delete(path?: string): Promise<void> {
    await command('DELETE', path ? `${this.#address}/${path}` : this.#address);
  }
}

/** A driver that does not answer any more fails the test instead of holding it up for ever. */
const COMMAND_TIMEOUT = 120_000;

/** Sends a command; rejects with what WebDriver calls an error. */
export async function command<T>(method: string, url: string, body?: object): Promise<T> {
  const response = await fetch(url, {
    method,
    // The driver might close a kept connection at this moment.
    headers: { connection: 'close' },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(COMMAND_TIMEOUT),
  });
  const { value } = (await response.json()) as { value: T & { error?: string; message?: string } };
  if (!response.ok) throw new Error(`${method} ${new URL(url).pathname}: ${value.error}: ${value.message}`);
  return value;
}
