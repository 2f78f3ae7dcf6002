// Somebody whose key no node has: pays in, orders and signs with a wallet alone.
import type { Page } from '@playwright/test';
import { expect, test } from './ground/test';
import { fund, injectWallet } from './ground/wallet';

async function signInByWallet(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/signin`);
  await page.getByRole('button', { name: 'Sign in with a wallet' }).click();
  await page.waitForURL('**/tasks');
}

async function fillOrder(page: Page, url: string, image: string): Promise<void> {
  await page.goto(`${url}/tasks/new`);
  await page.getByLabel('Image', { exact: true }).fill(image);
  await page.getByLabel('Command').fill('echo signed by its requester');
  await page.getByLabel('Run time').fill('1');
  await page.getByLabel('Price limit').fill('2000');
}

test('A wallet pays in, signs an order, and its task runs', async ({ page, context, network, watch }) => {
  test.setTimeout(120_000);
  watch.forgive(/status of 404.*accounts/);
  const wallet = await injectWallet(context, network);
  await fund(network, wallet.account.address, 10n ** 18n);
  await signInByWallet(page, network.url);
  await page.goto(`${network.url}/spending`);
  await page.getByLabel('Amount').fill('0.5');
  await page.getByRole('button', { name: 'Deposit' }).click();
  await expect(page.getByRole('list', { name: 'Transactions' })).toContainText(/Deposit it.*block/s, { timeout: 30_000 });
  // The network counts it when its block is final.
  const balance = page.locator('.figure', { hasText: 'To spend' });
  await expect(async () => {
    await page.reload();
    await expect(balance).toContainText('0.5', { timeout: 1_500 });
  }).toPass({ timeout: 40_000 });

  await fillOrder(page, network.url, network.image);
  await page.getByRole('button', { name: 'Sign and hand in' }).click();
  await page.waitForURL(/\/tasks\/[0-9a-f]{32}$/);
  await expect(page.getByText(/Verified|Complete/).first()).toBeVisible({ timeout: 40_000 });
  expect(wallet.calls.filter(call => call.method === 'eth_signTypedData_v4')).toHaveLength(1);
  await page.getByRole('link', { name: 'Receipts' }).click();
  await page.getByRole('button', { name: 'Verify in this browser' }).click();
  await expect(page.getByText('The proof holds.')).toBeVisible();
});

test('An order that a node has made dearer is not put before the wallet', async ({ page, context, network, watch }) => {
  watch.forgive(/status of 404.*accounts/);
  const wallet = await injectWallet(context, network);
  await signInByWallet(page, network.url);
  await page.route('**/v1/orders', async route => {
    const answer = await route.fetch();
    const draft = await answer.json() as { typed_data: string };
    await route.fulfill({ response: answer, json: { ...draft, typed_data: draft.typed_data.replace('2000', '2000000') } });
  });
  await fillOrder(page, network.url, network.image);
  await page.getByRole('button', { name: 'Sign and hand in' }).click();
  await expect(page.getByRole('alert')).toContainText('order.other');
  expect(wallet.calls.some(call => call.method === 'eth_signTypedData_v4')).toBe(false);
});
