import { startPage } from '../demo/no-bundler/serve.mjs';
import { expect, test } from './fixtures.js';

test('a page without a bundler loads the package by an import map, and recovers from a drop [PK32]', async ({
  page,
}) => {
  const served = await startPage();
  const failures: Error[] = [];
  page.on('pageerror', (error) => failures.push(error));
  await page.goto(served.url);
  await expect(page.locator('#state')).toHaveText('ready');
  await expect(page.locator('#price')).toHaveText(/^64\d{3}$/);
  served.drop();
  await expect(page.locator('#log')).toContainText('connection 2');
  await expect(page.locator('#log')).toContainText(/missed up to \d+ ms/);
  await expect(page.locator('#state')).toHaveText('ready');
  expect(failures).toEqual([]);
  await served.close();
});
