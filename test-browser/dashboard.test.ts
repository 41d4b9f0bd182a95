import { expect, test } from './dashboard-demo.js';

test('the dashboard loads 200 markets, a chart and an order book, and they tick [DM1]', async ({ dashboard, page }) => {
  await expect(dashboard.markets.getByRole('option')).toHaveCount(200);
  await expect(
    page
      .getByRole('img', { name: /^Price of BTC-USD/ })
      .locator('canvas')
      .first(),
  ).toBeVisible();
  await expect(page.getByRole('table', { name: 'Order book' }).getByRole('row')).toHaveCount(23);
  await dashboard.ticks();
  await expect(dashboard.fact('State')).toHaveText('ready');
  await expect(dashboard.fact('Round trip')).toHaveText(/^\d+\.\d ms$/);
  // Conflation: most quotes are replaced by newer ones before the page wants them.
  await expect(dashboard.fact('Never parsed')).toHaveText(/^[1-9][\d,]* \/s/);
  await expect(dashboard.fact('Replaced by newer')).toHaveText(/^[1-9][\d,]*$/);
});

test('another market is chosen with the keyboard, and shown everywhere [DM1, DM6]', async ({ dashboard, page }) => {
  await dashboard.markets.focus();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('img', { name: /^Price of ETH-USD/ })).toBeVisible();
  await expect(page.locator('.unit')).toHaveText('ETH');
  await dashboard.ticks();
  await page.keyboard.press('End');
  await expect(dashboard.markets.getByRole('option').last()).toBeInViewport();
});

for (const [title, line] of [
  ['Drop', /ready → reconnecting: close code 1006: the connection broke without a close frame/],
  ['Mute', /ready → reconnecting: No sign of life within pongTimeout/],
  ['Refuse', /connecting → reconnecting/],
  ['Flap', /Attempt 2 in/],
] as const) {
  test(`the dashboard recovers from ${title}, and says what happened [DM2]`, async ({ dashboard }) => {
    if (title === 'Mute') await dashboard.open({ heartbeat: 300 });
    const before = await dashboard.session();
    await dashboard.fault(title).click();
    await expect(dashboard.log).toContainText(line);
    if (title !== 'Drop') await dashboard.mend(title);
    await expect.poll(() => dashboard.session()).toBeGreaterThan(before);
    await dashboard.isWhole();
    await dashboard.ticks();
    await expect(dashboard.log).toContainText(/BTC-USD missed .*; filled from the history/);
  });
}

test('the dashboard comes back after a maintenance at the time that was announced [DM2]', async ({ dashboard }) => {
  await dashboard.open({ fault: 700 });
  const before = await dashboard.session();
  await dashboard.fault('Maintenance').click();
  await expect(dashboard.log).toContainText('close code 1012: the server restarts');
  await expect(dashboard.log).toContainText('The server said: maintenance, back in 800 ms');
  await expect(dashboard.log).toContainText(/Attempt 1 in [89]\d\d ms/);
  await expect.poll(() => dashboard.session()).toBeGreaterThan(before);
  await dashboard.isWhole();
  await dashboard.ticks();
});

test('a slow link shows in the round trip, and keeps its session [DM2]', async ({ dashboard }) => {
  await dashboard.open({ heartbeat: 2_000 });
  const before = await dashboard.session();
  await dashboard.fault('Slow').click();
  await expect(dashboard.fact('Round trip')).toHaveText(/^(3[5-9]\d|[4-9]\d\d|\d{4,})\.\d ms$/);
  await dashboard.mend('Slow');
  await dashboard.isWhole();
  await dashboard.ticks();
  expect(await dashboard.session()).toBe(before);
});

test('a refused key stops the client, and Connect again starts a new one [DM2]', async ({ dashboard, page }) => {
  await dashboard.fault('Bad login').click();
  await expect(dashboard.status).toHaveText('Stopped');
  await expect(page.locator('.status-detail')).toContainText('the key is not valid any more');
  await dashboard.mend('Bad login');
  await dashboard.button('Connect again').click();
  await dashboard.isLive();
  await dashboard.ticks();
});

test('a page that is opened during an outage says so, and fills when the outage ends [DM3]', async ({
  dashboard,
  page,
}) => {
  await dashboard.fault('Refuse').click();
  await expect(dashboard.fault('Refuse')).toHaveAttribute('aria-pressed', 'true');
  await page.reload();
  await expect(dashboard.status).toHaveText('No connection yet');
  await expect(dashboard.markets).toContainText('The markets come with the first connection.');
  await dashboard.mend('Refuse');
  await dashboard.isWhole();
  await expect(dashboard.markets.getByRole('option')).toHaveCount(200);
  await dashboard.ticks();
});

test('an order whose answer is lost is unknown, and is cleared up after the reconnect [DM4]', async ({ dashboard }) => {
  await dashboard.fault('Drop at order').click();
  await expect(dashboard.fault('Drop at order')).toHaveAttribute('aria-pressed', 'true');
  await dashboard.button('Buy').click();
  await expect(dashboard.newestOrder).toContainText('Filled');
  await expect(dashboard.newestOrder).toContainText('delivery: unknown, then cleared up');
  await expect(dashboard.log).toContainText(/: Unknown\. It left, and no answer came/);
  await expect(dashboard.log).toContainText(/Found by order status: filled at \$[\d,]+\.\d\d/);
  await dashboard.isWhole();
});

test('an order is filled, refused, or not sent, and the ticket says which [DM4]', async ({ dashboard, page }) => {
  await dashboard.button('Sell').click();
  await expect(dashboard.newestOrder).toContainText('delivery: answered');
  await expect(dashboard.newestOrder).toContainText(/Filled at \$[\d,]+\.\d\d/);
  await page.getByLabel('Quantity').fill('100');
  await page.keyboard.press('Enter');
  await expect(dashboard.newestOrder).toContainText('Refused');
  await expect(dashboard.newestOrder).toContainText('is above the limit of $100,000');
  await page.getByLabel('Quantity').fill('0.01');
  await dashboard.fault('Refuse').click();
  await expect(dashboard.status).toHaveText('Connection lost');
  await dashboard.button('Buy').click();
  await expect(dashboard.newestOrder).toContainText('delivery: unsent');
  await dashboard.mend('Refuse');
  await dashboard.isWhole();
});

test('the page fits a phone, without a scroll to the side [DM5]', async ({ dashboard, page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const widths = await page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    // A scroll bar at the side of the page takes room from it.
    return { window: window.innerWidth, hidden: scrollWidth - clientWidth };
  });
  expect(widths).toEqual({ window: 390, hidden: 0 });
  await dashboard.ticks();
});

test('the keyboard reaches every control, and its focus is seen [DM6]', async ({ dashboard, page }) => {
  await dashboard.markets.getByRole('option').first().waitFor();
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  const wanted = await page.evaluate(
    () => [...document.querySelectorAll('a, button:not([hidden]), input:not([hidden]), [tabindex="0"]')].length,
  );
  const reached = new Set<string>();
  const invisible: string[] = [];
  for (let n = 0; n < wanted; n++) {
    await page.keyboard.press('Tab');
    const { name, outline } = await page.evaluate(() => {
      const focused = document.activeElement as HTMLElement;
      const { outlineStyle, boxShadow } = getComputedStyle(focused.closest('.field') ?? focused);
      const text = `${focused.tagName} ${focused.ariaLabel ?? ''} ${focused.textContent?.slice(0, 20)}`;
      return { name: text, outline: outlineStyle !== 'none' || boxShadow !== 'none' };
    });
    reached.add(name);
    if (!outline) invisible.push(name);
  }
  expect(reached.size).toBe(wanted);
  expect(invisible).toEqual([]);
});
