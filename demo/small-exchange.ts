import { type MockConnection, MockWebSocketServer } from 'hpx-transport-ws/testing';

/** An exchange on this machine that keeps orders, publishes a price, and can lose the answer to an order. */
export class SmallExchange {
  readonly #server: MockWebSocketServer;
  readonly #orders = new Set<string>();
  readonly #market: NodeJS.Timeout;
  #price = 64_000;
  #losesAnswer = false;

  private constructor(server: MockWebSocketServer) {
    this.#server = server;
    server.onMessage((connection, text) => this.#take(connection, JSON.parse(text)));
    this.#market = setInterval(() => {
      this.#price += Math.round(Math.random() * 20) - 10;
      server.publish('price', this.#price);
    }, 100);
  }

  static async start(): Promise<SmallExchange> {
    return new SmallExchange(await MockWebSocketServer.start());
  }

  get url(): string {
    return this.#server.url;
  }

  /** Takes the next order and drops the connection before the answer. */
  dropAfterNextOrder(): void {
    this.#losesAnswer = true;
  }

  async close(): Promise<void> {
    clearInterval(this.#market);
    await this.#server.close();
  }

  /** Returns whether the frame was taken; the mock server answers the others. */
  #take(connection: MockConnection, { op, id, req_id }: { op: string; id: string; req_id: string }): boolean {
    const answer = (data: object) => connection.send({ req_id, data });
    switch (op) {
      case 'place':
        this.#orders.add(id);
        if (this.#losesAnswer) connection.terminate();
        else answer({ id });
        this.#losesAnswer = false;
        return true;
      case 'cancel':
        this.#orders.delete(id);
        answer({ id });
        return true;
      case 'status':
        answer({ exists: this.#orders.has(id) });
        return true;
      case 'count':
        answer({ open: this.#orders.size });
        return true;
      default:
        return false;
    }
  }
}
