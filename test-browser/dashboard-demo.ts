import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect as baseExpect, type Locator, type Page } from '@playwright/test';
import { test as base } from './fixtures.js';

interface PerTest {
  readonly dashboard: Dashboard;
}

interface PerWorker {
  /** Quotes per second. */
  readonly rate: number;
  /** The address of a dashboard as `npm run demo` serves it. */
  readonly demoUrl: string;
}

/** Short delays, so that no test waits long, patience for a busy machine, and faults that last until a test ends them: see demo/dashboard/settings.ts. */
const SETTINGS = { heartbeat: 1_000, delay: 50, patience: 20_000, fault: 120_000, megabytes: 50 };
/** What a browser itself prints when a WebSocket cannot connect, or breaks. */
const OWN_LINES =
  /WebSocket connection to .* failed|can.t establish a connection to the server at ws:|connection to ws:.* was interrupted/;

// A busy machine takes long.
export const expect = baseExpect.configure({ timeout: 30_000 });

export const test = base.extend<PerTest, PerWorker>({
  rate: [2_000, { option: true, scope: 'worker' }],
  demoUrl: [
    async ({ rate }, use) => {
      const args = [join(import.meta.dirname, '../demo/run.mjs'), '--page-only', '--built', '--rate', `${rate}`];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      const exited = once(child, 'exit');
      await use(await addressIn(child.stdout));
      child.kill('SIGINT');
      // Ctrl-C ends the demo cleanly.
      expect((await exited)[0]).toBe(0);
    },
    { scope: 'worker' },
  ],
  page: async ({ context }, use) => {
    const page = await context.newPage();
    const faults: string[] = [];
    const note = (text: string) => void (OWN_LINES.test(text) || faults.push(text));
    // Firefox tells a failed WebSocket as an error of the page, Chromium as a line of the console.
    page.on('pageerror', ({ message }) => note(message));
    page.on('console', (message) => void (message.type() === 'error' && note(message.text())));
    await page.addInitScript(() => {
      addEventListener('unhandledrejection', ({ reason }) => console.error(`An unhandled rejection: ${reason}`));
    });
    await use(page);
    expect(faults).toEqual([]);
  },
  dashboard: async ({ page, demoUrl }, use) => {
    const dashboard = new Dashboard(page, demoUrl);
    await dashboard.open();
    await use(dashboard);
  },
});

async function addressIn(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface(output)) {
    const [url] = /http:\S+/.exec(line) ?? [];
    if (url) return url;
  }
  throw new Error('The demo ended before it told its address.');
}

/** The dashboard, as a visitor sees it. */
export class Dashboard {
  readonly page: Page;
  readonly #url: string;

  constructor(page: Page, url: string) {
    this.page = page;
    this.#url = url;
  }

  /** Opens the page, and waits until it is live. */
  async open(changes: Partial<typeof SETTINGS> = {}): Promise<void> {
    const settings = Object.entries({ ...SETTINGS, ...changes }).map(([name, value]) => `${name}=${value}`);
    await this.page.goto(`${this.#url}/?${settings.join('&')}`);
    await this.isLive();
  }

  get status(): Locator {
    return this.page.getByRole('status');
  }

  get markets(): Locator {
    return this.page.getByRole('listbox', { name: 'Markets' });
  }

  get log(): Locator {
    return this.page.getByRole('list', { name: 'Events, the newest first' });
  }

  get newestOrder(): Locator {
    return this.page.getByRole('list', { name: 'Orders' }).getByRole('listitem').first();
  }

  /** A number of the connection panel. */
  fact(name: string): Locator {
    return this.page
      .locator('.facts > div')
      .filter({ has: this.page.locator(`dt:text-is("${name}")`) })
      .locator('dd');
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  /** A button that breaks the exchange. */
  fault(title: string): Locator {
    return this.page
      .getByRole('region', { name: 'Break it' })
      .getByRole('button', { name: new RegExp(`^${title}(?! at)`) });
  }

  async isLive(): Promise<void> {
    await expect(this.status).toHaveText('Live');
  }

  /** New prices come: the markets, the order book and the chart change. */
  async ticks(): Promise<void> {
    for (const part of ['#watchlist .market-row[aria-selected="true"]', '.ladder-table', '.chart-last']) {
      const node = this.page.locator(part);
      const before = await node.textContent();
      await expect.poll(() => node.textContent()).not.toBe(before);
    }
    await expect(this.page.locator('#ladder .note')).toHaveText('');
  }

  async session(): Promise<number> {
    return Number(await this.fact('Session').textContent());
  }

  /** Ends a fault before its time. */
  async mend(title: string): Promise<void> {
    await expect(this.fault(title)).toHaveAttribute('aria-pressed', 'true');
    await this.fault(title).click();
    await expect(this.fault(title)).toHaveAttribute('aria-pressed', 'false');
  }

  /** Nothing is broken, and the page is live. */
  async isWhole(): Promise<void> {
    await expect(this.page.locator('.faults [aria-pressed="true"]')).toHaveCount(0);
    await this.isLive();
  }
}
