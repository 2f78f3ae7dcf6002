// The line to the node: lost, found again, with nothing missed.
import { expect, handIn, look, test, untilState } from './ground/test';

test('A browser that goes offline says so, keeps what it has, and catches up when it is back', async ({ console: page, context, network, watch }) => {
  watch.forgive(/ERR_INTERNET_DISCONNECTED|net::ERR/);
  const before = await handIn(network);
  await page.goto(`${network.url}/tasks`);
  await expect(page.getByRole('link', { name: before.id.slice(0, 8) })).toBeVisible();
  await expect(page.locator('.side .dot.live')).toBeVisible();
  await context.setOffline(true);
  await expect(page.getByText('This device is offline')).toBeVisible();
  await expect(page.getByRole('link', { name: before.id.slice(0, 8) })).toBeVisible();
  await look(page, 'offline');
  const meanwhile = await handIn(network);
  await untilState(network, meanwhile.id, ['verified', 'pending', 'complete']);
  await expect(page.getByRole('link', { name: meanwhile.id.slice(0, 8) })).toBeHidden();
  await context.setOffline(false);
  await expect(page.getByText('This device is offline')).toBeHidden();
  await expect(page.getByRole('link', { name: meanwhile.id.slice(0, 8) })).toBeVisible();
});

test('The shell opens without a network once it was there', async ({ console: page, context, network, watch }) => {
  watch.forgive(/ERR_INTERNET_DISCONNECTED|net::ERR|Failed to fetch/);
  await page.goto(`${network.url}/tasks`);
  await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active?.state === 'activated');
  await page.reload();
  await expect(page.getByRole('heading', { level: 1, name: 'Tasks' })).toBeVisible();
  await context.setOffline(true);
  await page.reload();
  await expect(page.getByText('This device is offline')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1, name: 'Tasks' })).toBeVisible();
  await context.setOffline(false);
});

test('A task is seen moving while nobody touches the page', async ({ console: page, network }) => {
  await page.goto(`${network.url}/tasks`);
  await expect(page.locator('.side .dot.live')).toBeVisible();
  const task = await handIn(network);
  const row = page.getByRole('row').filter({ hasText: task.id.slice(0, 8) });
  await expect(row).toBeVisible({ timeout: 5_000 });
  await expect(row.getByText(/Verified|Complete/)).toBeVisible();
});

test('What happened while the tab was loaded anew is not missed', async ({ console: page, network }) => {
  await page.goto(`${network.url}/tasks`);
  await expect(page.locator('.side .dot.live')).toBeVisible();
  const task = await handIn(network);
  await expect(page.getByRole('row').filter({ hasText: task.id.slice(0, 8) })).toBeVisible();
  await untilState(network, task.id, ['complete'], 60_000);
  await expect(page.getByRole('row').filter({ hasText: task.id.slice(0, 8) }).getByText('Complete')).toBeVisible();
  const opened = page.waitForEvent('websocket');
  await page.reload();
  expect(new URL((await opened).url()).search).toMatch(/^\?since=\d+$/);
});

test('A phone shows the console in one column, and all places in a sheet', async ({ console: page, network }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${network.url}/tasks`);
  await page.getByRole('button', { name: 'More' }).click();
  const sheet = page.getByRole('dialog');
  await expect(sheet.getByRole('link', { name: 'API keys' })).toBeVisible();
  await sheet.getByRole('link', { name: 'Spending' }).click();
  await page.waitForURL('**/spending');
  await expect(sheet).toBeHidden();
  await page.getByRole('navigation', { name: 'Main places' }).getByRole('link', { name: 'Tasks' }).click();
  await page.getByRole('link', { name: 'New task' }).click();
  await page.getByLabel('Image', { exact: true }).fill(network.image);
  await page.getByLabel('Command').fill('echo from a phone');
  await page.getByLabel('Run time').fill('1');
  await page.getByLabel('Price limit').fill('2000');
  await page.getByRole('button', { name: 'Hand in' }).click();
  await expect(page.getByText(/Verified|Complete/).first()).toBeVisible({ timeout: 40_000 });
});
