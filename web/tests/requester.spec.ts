import type { WhyView } from '../src/api/views';
import { api, expect, handIn, look, test, untilState } from './ground/test';

test('A task is handed in by the form, watched, and its result and receipt are checked in the page', async ({ console: page, network }) => {
  await page.getByRole('link', { name: 'New task' }).click();
  await page.getByLabel('Image', { exact: true }).fill(network.image);
  await page.getByLabel('Command').fill(`sh -c 'for n in 1 2 3; do echo line $n; done; printf "x,y\\n1,2\\n" > /out/t.csv'`);
  await page.getByLabel('Output files').fill('t.csv');
  await page.getByLabel('Run time').fill('1');
  await page.getByLabel('Price limit').fill('2000');
  await expect(page.getByText('Providers that fit')).toBeVisible();
  await page.getByRole('button', { name: 'Hand in' }).click();
  await page.waitForURL(/\/tasks\/[0-9a-f]{32}$/);
  await expect(page.getByRole('list').filter({ hasText: 'Handed in' })).toBeVisible();
  await expect(page.getByText(/Verified|Complete/).first()).toBeVisible({ timeout: 40_000 });
  await page.getByRole('link', { name: 'Logs' }).click();
  await expect(page.getByRole('log')).toContainText('line 3');
  await page.getByRole('link', { name: 'Result' }).click();
  await expect(page.getByRole('cell', { name: '2', exact: true })).toBeVisible();
  await page.getByRole('link', { name: 'Receipts' }).click();
  await page.getByRole('button', { name: 'Verify in this browser' }).click();
  await expect(page.getByText('The proof holds.')).toBeVisible();
  await expect(page.getByText('Each receipt is signed by its provider')).toBeVisible();
});

test('Why shows whom the scheduler chose from, and the chosen provider with its score', async ({ console: page, network }) => {
  const task = await handIn(network);
  await untilState(network, task.id, ['verified', 'pending', 'complete']);
  const why = await api<WhyView>(network, 'GET', `tasks/${task.id}/why`);
  // Where a cheat was among the first, one more was placed: every attempt stands in the placement that made it.
  expect(why.placements.flatMap(of => of.candidates.filter(each => each.chosen).map(each => each.attempt)).sort())
    .toEqual(why.attempts.map(each => each.id).sort());
  await page.goto(`${network.url}/tasks/${task.id}/why`);
  for (const { generation, candidates } of why.placements) {
    const rows = page.getByRole('region', { name: `Candidates of placement ${generation}`, exact: true }).locator('tbody').getByRole('row');
    await expect(rows).toHaveCount(candidates.length);
    for (const [at, each] of candidates.entries()) {
      const cells = rows.nth(at).getByRole('cell');
      await expect(cells.nth(0)).toHaveText(String(each.rank));
      await expect(cells.nth(1).getByRole('link')).toHaveAttribute('href', `/network/providers/${each.provider}`);
      await expect(cells.nth(2)).toHaveText(each.chosen ? 'Chosen' : '–');
      await expect(cells.nth(3)).toHaveText(each.score.toLocaleString('en'));
      const texts = await cells.allTextContents();
      expect(texts.slice(4, 10).reduce((sum, part) => sum + Number(part.replaceAll(',', '')), 0)).toBe(each.score);
    }
  }
});

test('A proof that was tampered with is refused by the page', async ({ console: page, network }) => {
  const task = await handIn(network);
  await untilState(network, task.id, ['verified', 'pending', 'complete']);
  await page.route(`**/v1/tasks/${task.id}/verdict`, async route => {
    const answer = await route.fetch();
    const proof = await answer.json() as { order: { cbor: string } };
    const bytes = Buffer.from(proof.order.cbor, 'base64');
    // Within the order, and not in the signature behind it: what was ordered is what is made another.
    bytes[60] = bytes[60]! ^ 1;
    proof.order.cbor = bytes.toString('base64');
    await route.fulfill({ response: answer, json: proof });
  });
  await page.goto(`${network.url}/tasks/${task.id}/proof`);
  await page.getByRole('button', { name: 'Verify in this browser' }).click();
  await expect(page.getByText('This proof does not hold.')).toBeVisible();
});

test('Every page of a requester is sound in every look', async ({ console: page, network }) => {
  test.setTimeout(240_000);
  const task = await handIn(network, {
    command: ['sh', '-c', 'echo working; echo trouble >&2; echo \'{"edges":[0,1,2,3,4],"counts":[3,9,6,1]}\' > /out/mass.json'],
    outputs: ['mass.json'],
  });
  await untilState(network, task.id, ['complete'], 60_000);
  const pages: readonly (readonly [string, string, string])[] = [
    ['tasks', '/tasks', task.id.slice(0, 8)], ['task', `/tasks/${task.id}`, 'Runs'], ['task-logs', `/tasks/${task.id}/logs`, 'working'],
    ['task-result', `/tasks/${task.id}/result`, 'Entries'], ['task-why', `/tasks/${task.id}/why`, 'Treasury'],
    ['task-proof', `/tasks/${task.id}/proof`, 'Verify in this browser'], ['task-new', '/tasks/new', 'What it may cost'],
    ['models', '/models', 'Registered'], ['chat', '/chat', 'Chat'], ['spending', '/spending', 'To spend'], ['keys', '/keys', 'Rights'],
  ];
  for (const [name, path, text] of pages) {
    await page.goto(network.url + path);
    await expect(page.getByText(text).first()).toBeVisible();
    await look(page, name);
  }
});

test('A key is made with fewer rights, shown once, and revoked', async ({ console: page, network }) => {
  await page.goto(`${network.url}/keys`);
  await page.getByRole('button', { name: 'New key' }).click();
  await page.getByLabel('Read tasks').check();
  await page.getByRole('button', { name: 'Make the key' }).click();
  const secret = await page.locator('.secret code').textContent();
  const mine = await api<{ rights: readonly string[] }>(network, 'GET', 'me', undefined, secret!);
  expect(mine.rights).toEqual(['tasks:read']);
  const row = page.getByRole('row').filter({ hasText: secret!.split('_')[1]! });
  await row.getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(row.getByText('Revoked')).toBeVisible();
  await expect(api(network, 'GET', 'me', undefined, secret!)).rejects.toThrow('401');
});
