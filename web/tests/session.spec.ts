import { expect, expectAccessible, look, test } from './ground/test';
import { injectWallet } from './ground/wallet';

test('The first page explains itself, shows the network, and is sound in every look', async ({ page, network }) => {
  await page.goto(network.url);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.locator('.figure', { hasText: 'Providers online' }).locator('dd').first()).toContainText('3');
  await look(page, 'landing');
  await page.getByRole('link', { name: 'Sign in' }).click();
  await look(page, 'signin');
});

test('Somebody with a wallet signs in by a signature and sees an account of its own', async ({ page, context, network, watch }) => {
  // Nobody has put money into it: the node says so by a 404, and the page by a zero.
  watch.forgive(/status of 404.*accounts/);
  const wallet = await injectWallet(context, network);
  await page.goto(`${network.url}/signin`);
  await page.getByRole('button', { name: 'Sign in with a wallet' }).click();
  await page.waitForURL('**/tasks');
  await expect(page.getByText('No task yet')).toBeVisible();
  await expect(page.locator('.who')).toContainText(wallet.account.address.slice(0, 6).toLowerCase());
  expect(wallet.calls.map(call => call.method)).toEqual(['eth_requestAccounts', 'personal_sign']);
  await page.goto(`${network.url}/spending`);
  await expect(page.getByText('To spend')).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Compute');
  expect(await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]))).not.toContain('stun_');
});

test('A wallet that says no leaves the form as it was and says why', async ({ page, context, network }) => {
  const wallet = await injectWallet(context, network);
  wallet.refuseNext();
  await page.goto(`${network.url}/signin`);
  await page.getByRole('button', { name: 'Sign in with a wallet' }).click();
  await expect(page.getByRole('alert')).toContainText('wallet.declined');
  await page.getByRole('button', { name: 'Sign in with a wallet' }).click();
  await page.waitForURL('**/tasks');
});

test('A wrong key is refused with its code and what to do next', async ({ page, network, watch }) => {
  watch.forgive(/status of 401/);
  await page.goto(`${network.url}/signin?to=//evil.example/x`);
  await page.getByLabel('API key').fill('stun_0000000000000000_wrong');
  await page.getByRole('button', { name: 'Sign in with the key' }).click();
  await expect(page.getByRole('alert')).toContainText('auth.refused');
  await expectAccessible(page, 'a refusal');
  await page.getByLabel('API key').fill(network.key);
  await page.getByRole('button', { name: 'Sign in with the key' }).click();
  await page.waitForURL(`${network.url}/tasks`);
});

test('Who is not signed in is asked to, and comes back to where he wanted', async ({ page, network }) => {
  await page.goto(`${network.url}/spending`);
  await page.waitForURL('**/signin?to=%2Fspending');
  await page.getByLabel('API key').fill(network.key);
  await page.getByRole('button', { name: 'Sign in with the key' }).click();
  await page.waitForURL('**/spending');
});

test('The console is used by keyboard alone', async ({ console: page, network }) => {
  await page.goto(`${network.url}/tasks`);
  await expect(page.getByRole('heading', { level: 1, name: 'Tasks' })).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the page' })).toBeFocused();
  await page.getByRole('link', { name: 'API keys' }).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL('**/keys');
  await expect(page.getByRole('heading', { level: 1, name: 'API keys' })).toBeFocused();
  await page.getByRole('button', { name: 'New key' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(page.getByRole('button', { name: 'New key' })).toBeFocused();
});
