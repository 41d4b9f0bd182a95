import { writeFile } from 'node:fs/promises';
import { money } from '../demo/money.js';
import { expect } from './dashboard-demo.js';
import { linesOf, newest, recordDrop, test } from './dashboard-tape.js';

// Small files.
test.use({ rate: 400 });

test('a recording of the page has every frame from the first one on, and no secret [DM10]', async ({
  dashboard,
  tape,
}) => {
  const { name, text } = await recordDrop(dashboard, tape);
  expect(name).toMatch(/^demo-exchange-\d{4}-\d\d-\d\dT[\d-]+\.ndjson$/);
  const [header, ...lines] = linesOf(text);
  expect(header).toMatchObject({ recording: 'hpx-transport-ws', version: 1 });
  expect(lines[0]).toMatchObject({ event: 'connecting' });
  for (const topic of ['quote.BTC-USD', 'trades.BTC-USD', 'book.BTC-USD']) expect(newest(text, topic)).toBeDefined();
  // Each of both connections begins with a login, of which there is only the size.
  expect(lines.filter(({ event }) => event === 'open')).toHaveLength(2);
  expect(lines.filter(({ event, characters }) => event === 'out' && characters !== undefined)).toHaveLength(2);
  expect(text).not.toContain('signature');
  expect(text).not.toContain('not a secret');
  await expect(dashboard.log).toContainText(`Saved as ${name}`);
  // The client goes on: it is the same connection.
  expect(await dashboard.session()).toBe(2);
  await dashboard.ticks();
});

test('a recording ends by itself at its largest size, and the page says so [DM10]', async ({ dashboard, tape }) => {
  await dashboard.open({ megabytes: 1 });
  await dashboard.button('Record').click();
  const { name, text } = await tape.saved();
  expect(text.length).toBeGreaterThan(1_000_000);
  expect(text.length).toBeLessThan(1_100_000);
  await expect(dashboard.log).toContainText(`It has reached 1 MB and ended by itself. Saved as ${name}`);
  await expect(dashboard.button('Record')).toBeVisible();
  await dashboard.isLive();
  await dashboard.ticks();
});

test('a client that starts anew during a recording loses nothing of the recording [DM10]', async ({
  dashboard,
  tape,
}) => {
  await tape.start();
  await dashboard.fault('Bad login').click();
  await expect(dashboard.status).toHaveText('Stopped');
  await dashboard.mend('Bad login');
  await dashboard.button('Connect again').click();
  const { text } = await tape.saved();
  expect(linesOf(text).at(-1)).toMatchObject({ event: 'close' });
  await dashboard.isLive();
  await expect(dashboard.button('Record')).toBeVisible();
});

test('a replay shows the recorded prices, the drop and its gap, and stays at the end [DM11]', async ({
  dashboard,
  page,
  tape,
}) => {
  const saved = await recordDrop(dashboard, tape);
  const { text } = saved;
  await tape.play(saved);
  await expect(tape.detail).toContainText(new Date().getFullYear().toString());
  await expect(dashboard.fault('Drop')).toBeDisabled();
  await expect(dashboard.button('Buy')).toBeDisabled();
  await tape.end();
  await expect(dashboard.status).toHaveText('Replay, not live data');
  const entries = dashboard.log.getByRole('listitem');
  // The page asked again all that it had asked then.
  await expect(entries.filter({ hasText: /The recording has ended: [\d,]+ frames were played$/ })).toHaveCount(1);
  // The newest price of each market is that of the recording.
  for (const symbol of ['BTC-USD', 'ETH-USD', 'SOL-USD']) {
    const { last } = newest<{ last: number }>(text, `quote.${symbol}`);
    await expect(page.locator(`#market-${symbol} .number`).first()).toHaveText(money(last));
  }
  const { price } = newest<{ price: number }>(text, 'trades.BTC-USD');
  await expect(page.locator('.chart-last')).toHaveText(money(price));
  await expect(page.locator('#ladder .note')).toHaveText('');
  // The drop is that of the recording, and its gap is as long as it was, however fast the replay is.
  await expect(entries.filter({ hasText: 'close code 1006: the connection broke' })).toHaveCount(2);
  await expect(entries.filter({ hasText: /BTC-USD missed .* \(disconnect\); filled from the history/ })).toHaveCount(2);
  expect(await dashboard.session()).toBe(2);
  const lines = linesOf(text);
  const [closed, reopened] = [
    lines.find(({ event }) => event === 'close'),
    lines.findLast(({ event }) => event === 'open'),
  ];
  const [, length, unit] = /BTC-USD missed ([\d.]+) (ms|s) /.exec((await dashboard.log.textContent()) ?? '') ?? [];
  const missed = Number(length) * (unit === 's' ? 1_000 : 1);
  expect(missed).toBeGreaterThan(0.9 * ((reopened?.time ?? 0) - (closed?.time ?? 0)));
});

test('from a replay the page goes back to live data [DM11]', async ({ dashboard, page, tape }) => {
  await tape.start();
  await tape.stop();
  await dashboard.button('Replay it').click();
  await tape.hasEnded();
  await expect(dashboard.status).toHaveText('Replay, not live data');
  await dashboard.button('Back to live').click();
  await dashboard.isLive();
  await dashboard.ticks();
  await expect(dashboard.fault('Drop')).toBeEnabled();
  await expect(dashboard.fact('Round trip')).toHaveText(/^\d+\.\d ms$/);
  await page.getByLabel('Quantity').fill('0.01');
  await dashboard.button('Buy').click();
  await expect(dashboard.newestOrder).toContainText('delivery: answered');
});

test('a replay is paused, goes on, and changes its speed while it runs [DM11]', async ({ dashboard, tape }) => {
  await tape.play(await recordDrop(dashboard, tape));
  await dashboard.button('Pause').click();
  await expect(tape.detail).toContainText(', paused');
  // The numbers say that nothing comes any more.
  await expect(dashboard.fact('Updates')).toHaveText('0 /s');
  const before = await tape.place.textContent();
  await expect(dashboard.button('Resume')).toBeVisible();
  for (const speed of ['20×', '4×']) {
    await dashboard.button(speed).click();
    await expect(dashboard.button(speed)).toHaveAttribute('aria-pressed', 'true');
  }
  expect(await tape.place.textContent()).toBe(before);
  await dashboard.button('Resume').click();
  await expect(dashboard.fact('Updates')).not.toHaveText('0 /s');
  await tape.end();
  await expect(dashboard.button('Pause')).toBeDisabled();
});

test('a replay follows to the markets that were shown, and shows no other [DM11]', async ({
  dashboard,
  page,
  tape,
}) => {
  const chart = (symbol: string) => page.getByRole('img', { name: new RegExp(`^Price of ${symbol}`) });
  await tape.start();
  await page.locator('#market-SOL-USD').click();
  await expect(chart('SOL-USD')).toBeVisible();
  await tape.hasData();
  const saved = await tape.stop();
  await page.locator('#market-XRP-USD').click();
  await tape.play(saved);
  await dashboard.button('Pause').click();
  await page.locator('#market-ADA-USD').click();
  await expect(dashboard.log).toContainText(
    /The replay stays with (BTC|SOL)-USD: ADA-USD was not shown when it was recorded/,
  );
  await dashboard.button('20×').click();
  await dashboard.button('Resume').click();
  await expect(chart('SOL-USD')).toBeVisible();
  await tape.hasData();
  await tape.end();
  await expect(page.locator('.log-list [data-kind="error"]')).toHaveCount(0);
});

test('a replay fits a phone, and the keyboard stays with its controls [DM5, DM6]', async ({
  dashboard,
  page,
  tape,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await tape.start();
  const saved = await tape.stop();
  await dashboard.button('Replay it').focus();
  await page.keyboard.press('Enter');
  await tape.hasEnded();
  // The end disables the button that had the focus.
  await expect(dashboard.button('Back to live')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dashboard.button('Record')).toBeFocused();
  await tape.play(saved);
  await dashboard.button('Pause').focus();
  await page.keyboard.press('Enter');
  await expect(dashboard.button('Resume')).toBeFocused();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  for (const name of ['1×', '4×', '20×', 'Max', 'Back to live']) {
    await page.keyboard.press('Tab');
    await expect(dashboard.button(name)).toBeFocused();
  }
  await page.keyboard.press('Enter');
  await expect(dashboard.button('Record')).toBeFocused();
  await dashboard.isLive();
});

test('a file that is no recording is refused with a reason, and the page stays live [DM12]', async ({
  dashboard,
  tape,
}) => {
  const before = await dashboard.session();
  for (const [name, text, reason] of [
    ['photo.png', '\x89PNG\r\n\x1a\n', 'Line 1 of the recording is not JSON'],
    ['empty.ndjson', '', 'The recording is empty'],
    ['prices.ndjson', '{"price":1}\n{"price":2}\n', 'Line 1 of the recording is not the header of a recording'],
    [
      'other.ndjson',
      '{"recording":"hpx-transport-ws","version":1,"startedAt":1767225600000}\n',
      'It is a recording of something else than this page',
    ],
  ] as const) {
    const path = test.info().outputPath(name);
    await writeFile(path, text);
    await tape.open(path);
    await expect(dashboard.log).toContainText(`${name} is no recording that can be played here. ${reason}`);
  }
  await dashboard.isLive();
  await dashboard.ticks();
  expect(await dashboard.session()).toBe(before);
});

test('a recording that cannot be read to its end names the line, and the page is live again [DM12]', async ({
  dashboard,
  tape,
}) => {
  await tape.start();
  const { path, text } = await tape.stop();
  const lines = text.split('\n');
  lines[299] = '{"time":';
  await writeFile(path, lines.join('\n'));
  await tape.open(path);
  await expect(dashboard.log).toContainText(
    'The replay has ended early. Line 300 of the recording is not JSON. Was the file cut, or edited?',
  );
  await dashboard.isLive();
  await dashboard.ticks();
});
