import { writeFile } from 'node:fs/promises';
import type { Locator } from '@playwright/test';
import { test as base, type Dashboard, expect } from './dashboard-demo.js';

/** A line of a recording. */
interface Line {
  readonly time: number;
  readonly socket?: number;
  readonly event: string;
  readonly text?: string;
  readonly characters?: number;
}

/** A file that the page has saved. */
interface Saved {
  readonly path: string;
  readonly name: string;
  readonly text: string;
}

interface PerTest {
  readonly tape: Tape;
}

/** What keepDownloads() keeps, oldest first. */
type WithDownloads = typeof globalThis & { downloads: { readonly name: string; readonly blob: Blob }[] };

export const test = base.extend<PerTest>({
  page: async ({ page }, use) => {
    await page.addInitScript(keepDownloads);
    await use(page);
  },
  tape: async ({ dashboard }, use) => use(new Tape(dashboard)),
});

/** Keeps what the page saves: Playwright does not see the downloads of a browser that is not its own. */
function keepDownloads(): void {
  const blobs = new Map<string, Blob>();
  const kept: WithDownloads['downloads'] = [];
  (globalThis as WithDownloads).downloads = kept;
  const { createObjectURL } = URL;
  URL.createObjectURL = (blob: Blob) => {
    const url = createObjectURL.call(URL, blob);
    blobs.set(url, blob);
    return url;
  };
  const { click } = HTMLAnchorElement.prototype;
  HTMLAnchorElement.prototype.click = function (this: HTMLAnchorElement) {
    const blob = blobs.get(this.href);
    if (blob && this.download) kept.push({ name: this.download, blob });
    else click.call(this);
  };
}

/** The recording and replay of the dashboard, as a visitor sees it. */
export class Tape {
  readonly #dashboard: Dashboard;

  constructor(dashboard: Dashboard) {
    this.#dashboard = dashboard;
  }

  get panel(): Locator {
    return this.#dashboard.page.locator('#recording');
  }

  get detail(): Locator {
    return this.#dashboard.page.locator('.status-detail');
  }

  get place(): Locator {
    return this.panel.locator('.place');
  }

  async start(): Promise<void> {
    await this.#dashboard.button('Record').click();
    await expect(this.panel).toContainText(/ lines · /);
    await this.#dashboard.isLive();
    await this.hasData();
  }

  /** The page shows the price and the book of its market. */
  async hasData(): Promise<void> {
    await expect(this.#dashboard.page.locator('.chart-last')).toHaveText(/^\$/);
    await expect(this.#dashboard.page.locator('#ladder .note')).toHaveText('');
  }

  /** Waits until the page saves the recording. */
  async saved(): Promise<Saved> {
    const { page } = this.#dashboard;
    await page.waitForFunction(() => (globalThis as WithDownloads).downloads.length > 0);
    const { name, text } = await page.evaluate(async () => {
      const [{ name, blob }] = (globalThis as WithDownloads).downloads.splice(0) as [WithDownloads['downloads'][0]];
      return { name, text: await blob.text() };
    });
    const path = test.info().outputPath(name);
    await writeFile(path, text);
    return { path, name, text };
  }

  async stop(): Promise<Saved> {
    await this.#dashboard.button('Stop').click();
    return this.saved();
  }

  async open(path: string): Promise<void> {
    await this.panel.locator('input').setInputFiles(path);
  }

  /**
   * Plays a recording with ten quiet minutes at its end, which a busy machine does not reach unasked: `end()` does.
   * Waits until the page shows it.
   */
  async play({ name, text }: Saved): Promise<void> {
    const path = test.info().outputPath(`long-${name}`);
    const { time = 0, socket } = linesOf(text).at(-1) ?? {};
    const last = { time: time + 600_000, socket, event: 'pong', direction: 'in' };
    await writeFile(path, `${text}${JSON.stringify(last)}\n`);
    await this.open(path);
    await expect(this.#dashboard.status).toHaveText('Replay, not live data');
  }

  /** Lets a recording run to its end as fast as it goes. */
  async end(): Promise<void> {
    await this.#dashboard.button('Max').click();
    await this.hasEnded();
  }

  async hasEnded(): Promise<void> {
    await expect(this.detail).toContainText(', the end');
    await expect(this.place).toContainText(', the end');
  }
}

export function linesOf(text: string): Line[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

/** The data of the newest update of a topic. */
export function newest<T>(text: string, topic: string): T {
  const line = linesOf(text).findLast((line) => line.event === 'in' && line.text?.startsWith(`{"topic":"${topic}"`));
  return (JSON.parse(line?.text ?? '{}') as { data: T }).data;
}

/** A recording of a page that lost its connection once. */
export async function recordDrop(dashboard: Dashboard, tape: Tape): Promise<Saved> {
  await tape.start();
  const before = await dashboard.session();
  await dashboard.fault('Drop').click();
  await expect.poll(() => dashboard.session()).toBeGreaterThan(before);
  await expect(dashboard.log).toContainText(/BTC-USD missed .*; filled from the history/);
  await tape.hasData();
  return tape.stop();
}
