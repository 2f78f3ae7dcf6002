import type { Page } from '@playwright/test';
import { api, expect, handIn, look, network as running, test, untilState, type Task } from './ground/test';
import type { ProviderDetail } from '../src/api/providers';
import { injectWallet } from './ground/wallet';
import { ChainPowers, makeProvider, type TestProvider } from './market/provider';
import { makeWorld, putBefore } from './market/world';

const figure = (page: Page, name: string) => page.locator('.figure', { hasText: name }).locator('dd').first();

/** The page as the owner of a network sees it who looks after one of its providers. */
async function choose(page: Page, address: string): Promise<void> {
  await page.evaluate(([account, provider]) => localStorage.setItem('stun.provider', `${account} ${provider}`), [running().account, address]);
}

test.describe('One who becomes a provider', () => {
  let provider: TestProvider;
  test.beforeAll(() => void (provider = makeProvider(running())));
  test.afterAll(() => provider.remove());

  test('stakes by the wallet, is seen to come and to go, and is told when it is gone', async ({ page, context, network, watch }) => {
    test.setTimeout(180_000);
    // Nobody knows it before its first offer: the node says so by a 404, and the page by what to do.
    watch.forgive(/status of 404/);
    const powers = await ChainPowers.open(network);
    await powers.fund(provider.address, '120');
    const wallet = await injectWallet(context, network, provider.key);
    await page.goto(`${network.url}/signin`);
    await page.getByRole('button', { name: 'Sign in with a wallet' }).click();
    await page.waitForURL('**/tasks');
    await page.goto(`${network.url}/provider/stake`);
    await expect(page.getByText('No provider of yours yet')).toBeVisible();
    await page.getByRole('button', { name: 'Connect the wallet' }).click();
    await expect(page.getByText('The wallet has 120 STUN')).toBeVisible();
    const add = page.getByRole('region', { name: 'Add' });

    wallet.refuseNext();
    await add.getByLabel('Amount').fill('50.5');
    await add.getByRole('button', { name: 'Add to the stake' }).click();
    await expect(page.getByRole('alert')).toContainText('wallet.declined');

    await add.getByRole('button', { name: 'Add to the stake' }).click();
    await expect(add.getByText(/block \d+/)).toHaveCount(2, { timeout: 30_000 });
    await expect(page.getByText('The wallet has 69.5 STUN')).toBeVisible();
    const takeOut = page.getByRole('region', { name: 'Take out' });
    await takeOut.getByLabel('Amount').fill('60');
    await expect(takeOut.getByText('At most 50.5 STUN.')).toBeVisible();
    await takeOut.getByLabel('Amount').fill('20');
    await takeOut.getByRole('button', { name: 'Begin to unbond' }).click();
    await expect(takeOut.getByText(/20 STUN unbond for 2\dd? ?/)).toBeVisible({ timeout: 30_000 });
    await expect(takeOut.getByRole('button', { name: 'To the wallet' })).toBeDisabled();

    await page.goto(`${network.url}/network/providers?find=${provider.address}`);
    await expect(page.getByText('None like that')).toBeVisible();
    provider.start();
    const row = page.getByRole('row', { name: new RegExp(provider.address.slice(0, 8)) });
    await expect(row.getByText('Online', { exact: true })).toBeVisible({ timeout: 60_000 });
    await page.goto(`${network.url}/network/providers/${provider.address}`);
    await expect(page.getByRole('region', { name: 'Measured record' })).toContainText('Nothing measured yet');
    const machine = page.getByRole('region', { name: 'Claims and its own measurements' });
    await expect(machine.getByText('SHA-256, one core')).toBeVisible({ timeout: 20_000 });
    await expect(machine.getByRole('row', { name: /Processors/ })).toBeVisible();
    await page.goto(`${network.url}/network/providers?find=${provider.address}`);
    await page.getByRole('link', { name: 'Alerts' }).click();
    await expect(page.getByText('Nothing to tell')).toBeVisible();
    await page.getByRole('link', { name: 'Stake', exact: true }).click();
    await expect(figure(page, 'At stake')).toContainText('30.5');
    await page.getByRole('link', { name: 'Providers' }).click();
    await expect(row.getByText('Online', { exact: true })).toBeVisible();
    await provider.kill();
    await expect(row.getByText('Offline', { exact: true })).toBeVisible({ timeout: 45_000 });
    await page.getByRole('link', { name: 'Alerts' }).click();
    await expect(page.getByText('It is offline')).toBeVisible();
  });
});

test('A policy’s fault is marked where it is, and a good policy is tried on the tasks of late', async ({ console: page, network }) => {
  const task = await handIn(network);
  await untilState(network, task.id, ['verified', 'pending', 'complete']);
  await page.goto(`${network.url}/provider/policy`);
  await expect(page.getByText('It can be used as it is.')).toBeVisible();
  const mine = page.getByRole('row', { name: new RegExp(task.id.slice(0, 8)) });
  await expect(mine.getByText('yes', { exact: true })).toBeVisible();
  const editor = page.getByLabel('Policy', { exact: true });

  await editor.fill('version: 1\nprice:\n  per-second-min: cheap\nowls: 3\n');
  await expect(page.locator('.editor .line.wrong')).toHaveCount(2);
  expect(await page.locator('.editor .line.wrong').evaluateAll(lines => lines.map(line => line.getAttribute('data-line')))).toEqual(['3', '4']);
  await expect(page.getByRole('button', { name: 'Save policy.yaml' })).toBeDisabled();
  await page.getByRole('button', { name: /^3:/ }).click();
  expect(await editor.evaluate(field => (field as HTMLTextAreaElement).selectionStart)).toBe('version: 1\nprice:\n  per-second-min: '.length);
  await look(page, 'provider-policy-faults');

  await editor.fill(`version: 1\nrequesters:\n  denied: ["${network.account}"]\n`);
  await expect(mine.getByText('no', { exact: true })).toBeVisible();
  await expect(mine).toContainText('requesters.denied');
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save policy.yaml' }).click();
  expect((await saved).suggestedFilename()).toBe('policy.yaml');
});

test('A policy full of markup is text, in the editor and in what is said of it', async ({ console: page, network }) => {
  await page.goto(`${network.url}/provider/policy`);
  const evil = 'version: 1\n"<img src=x onerror=alert(1)>": <script>alert(2)</script>\n# <svg onload=alert(3)>\n';
  await page.getByLabel('Policy', { exact: true }).fill(evil);
  await expect(page.locator('.editor .line.wrong').first()).toBeVisible();
  expect(await page.locator('.editor').evaluate(editor => editor.querySelectorAll('img, script, svg').length)).toBe(0);
  await expect(page.locator('.editor pre')).toContainText('<svg onload=alert(3)>');
});

test('A cheat that was caught appears on the network’s page while one looks at it', async ({ console: page, network }) => {
  test.setTimeout(180_000);
  const cheat = network.providers.find(each => each.name === 'gamma')!.address;
  await page.goto(`${network.url}/network`);
  await expect(page.getByRole('region', { name: 'Caught cheating' })).toBeVisible();
  const caught = page.getByRole('row', { name: new RegExp(cheat.slice(0, 8)) });
  let task: Task | undefined;
  // Two who are asked are drawn from three: the cheat is among them soon.
  await expect(async () => {
    task = await handIn(network, { verification: { kind: 'redundant', agreeing: 2, attempts: 3 }, price_limit: '6000' });
    await untilState(network, task.id, ['complete', 'pending', 'verified', 'failed']);
    await expect(caught.first()).toBeVisible({ timeout: 8_000 });
  }).toPass({ timeout: 120_000 });
  await caught.first().getByRole('link', { name: new RegExp(cheat.slice(0, 8)) }).click();
  await expect(page.getByText('Reputation and its reasons')).toBeVisible();
  await page.goto(`${network.url}/network`);
  await expect(figure(page, 'Cheats caught')).not.toHaveText('0');
});

test('A thousand providers are sorted, searched and scrolled with few of them in the page', async ({ console: page, network }) => {
  const world = makeWorld(1_500);
  await putBefore(page, world);
  await page.goto(`${network.url}/network/providers`);
  const table = page.getByRole('table', { name: 'Providers' });
  await expect(table).toHaveAttribute('aria-rowcount', '1501');
  expect(await table.getByRole('row').count()).toBeLessThan(80);
  const first = table.getByRole('row').nth(1);
  await page.getByRole('button', { name: 'Sort by Earned' }).click();
  const richest = [...world.providers].sort((left, right) => (BigInt(left.earned) < BigInt(right.earned) ? 1 : -1))[0]!;
  await expect(first).toContainText(richest.address.slice(0, 8));
  await page.mouse.wheel(0, 30_000);
  await expect(table.getByRole('row').nth(20)).toHaveAttribute('aria-rowindex', /[5-7]\d\d/);
  expect(await table.getByRole('row').count()).toBeLessThan(80);
  await page.getByLabel('Find an address').fill(richest.address.slice(2, 12));
  await expect(table).toHaveAttribute('aria-rowcount', '2');
});

test('Every page of a provider is sound in every look', async ({ console: page, network }) => {
  test.setTimeout(300_000);
  const world = makeWorld(300);
  await putBefore(page, world);
  await choose(page, world.providers.find(each => each.online && each.running > 2)!.address);
  const pages: readonly (readonly [string, string, string])[] = [
    ['provider', '/provider', 'Reputation and its reasons'], ['provider-earnings', '/provider/earnings', 'By hour'],
    ['provider-stake', '/provider/stake', 'Add to the stake'], ['provider-policy', '/provider/policy', 'It can be used as it is.'],
    ['provider-alerts', '/provider/alerts', 'What is told'],
  ];
  for (const [name, path, text] of pages) {
    await page.goto(network.url + path);
    await expect(page.getByText(text).first()).toBeVisible();
    await look(page, name);
  }
});

test('What the real network says of a provider is on its page', async ({ console: page, network }) => {
  const { address } = network.providers[0]!;
  const task = await handIn(network);
  await untilState(network, task.id, ['complete'], 60_000);
  const detail = await api<{ provider: { finished: number; stake: string } }>(network, 'GET', `providers/${address}`);
  await page.goto(`${network.url}/network/providers/${address}`);
  await expect(figure(page, 'Attempts delivered')).toHaveText(String(detail.provider.finished).replace(/\B(?=(\d{3})+$)/g, '\u202f'));
  await expect(page.getByRole('region', { name: 'Offers' }).getByRole('row')).toHaveCount(2);
});

test('What was measured of work that really ran is on its provider’s page, and what was not is said', async ({ console: page, network }) => {
  test.setTimeout(120_000);
  const task = await handIn(network, { verification: { kind: 'redundant', agreeing: 2, attempts: 3 }, price_limit: '6000' });
  await untilState(network, task.id, ['complete'], 60_000);
  let ran!: ProviderDetail;
  // The record is projected behind the task's end.
  await expect(async () => {
    const all = await Promise.all(network.providers.map(each => api<ProviderDetail>(network, 'GET', `providers/${each.address}`)));
    ran = all.find(each => each.work.comparison != null)!;
    expect(ran).toBeDefined();
  }).toPass({ timeout: 30_000 });
  await page.goto(`${network.url}/network/providers/${ran.provider.address}`);
  const record = page.getByRole('region', { name: 'Measured record' });
  await expect(record.getByText('Lease to result')).toBeVisible();
  await expect(record.locator('.fact', { hasText: 'Lease to result' })).toContainText(/\d.*half, .*\d.*95 of 100/);
  // Tasks of other tests may still end meanwhile.
  await expect(async () => {
    const { work } = await api<ProviderDetail>(network, 'GET', `providers/${ran.provider.address}`);
    const text = (name: string) => record.locator('.fact', { hasText: name }).locator('dd').innerText({ timeout: 1_000 });
    expect(await text('Run time delivered')).toContain(`in ${work.delivered} result`);
    expect(await text('Same tasks as others')).toContain(`${work.comparison!.count} compared`);
    expect(await text('Found right')).toBe(String(work.verified));
  }).toPass({ timeout: 30_000 });
  await expect(record.locator('.fact', { hasText: 'Online' })).toContainText('of the time since');
  await expect(page.getByRole('region', { name: 'Claims and its own measurements' })).toContainText('No record shown');
  await look(page, 'provider-record');
});

test('A claim that is more than the machine shows is marked beside what it measured', async ({ console: page, network }) => {
  const world = makeWorld(60);
  await putBefore(page, world);
  const with_gpu = world.offers.find(each => each.hardware.gpu_count > 1)!;
  await page.goto(`${network.url}/network/providers/${with_gpu.provider}`);
  const machine = page.getByRole('region', { name: 'Claims and its own measurements' });
  const row = machine.getByRole('row', { name: /GPUs/ });
  await expect(row.getByRole('cell')).toHaveText(['GPUs', `${with_gpu.hardware.gpu_count} more than shown`, '1']);
  await expect(machine.getByRole('row', { name: /Disk/ })).not.toContainText('more than shown');
  await expect(machine).toContainText('nobody has checked it');
  await expect(machine.locator('.fact', { hasText: 'SHA-256, one core' })).toContainText('192');
  await expect(page.getByRole('region', { name: 'Measured record' })).toContainText('times as fast');
});
