// What strangers write is shown as what it is: text. Each of these would show itself by a dialog, a request to elsewhere,
// a violation of the policy, or an element that it made.
import { createHash } from 'node:crypto';
import type { Page } from '@playwright/test';
import { api, expect, handIn, test, untilState } from './ground/test';

const ATTACKS = [
  '<img src=x onerror="window.hit=1">', '<script>window.hit=1</script>', '"><svg onload=window.hit=1>', "javascript:window.hit=1",
  '{{constructor.constructor("window.hit=1")()}}', '<iframe srcdoc="<script>parent.hit=1</script>"></iframe>',
  '\u202e\u0000\u001b[2J\u001b]0;title\u0007<b>x</b>', '<style>*{display:none}</style>',
];
const ALL = ATTACKS.join('\n');

async function expectUnhurt(page: Page): Promise<void> {
  expect(await page.evaluate(() => (window as unknown as { hit?: number }).hit)).toBeUndefined();
  expect(await page.evaluate(() => document.querySelectorAll('iframe, script:not([src]), [onerror], [onload], style:not([data-own])').length)).toBe(0);
}

test('Hostile logs and results are shown as text', async ({ console: page, network }) => {
  const script = `printf '%s' "$1"; printf '%s' "$1" >&2; printf '%s' "$1" > /out/evil.html; printf '%s' "$1" > '/out/<img src=x onerror=alert(1)>.svg'; `
    + `printf 'a,b\\n"<img src=x onerror=alert(1)>",=cmd()\\n' > /out/t.csv; printf '{"<script>":"<img src=x onerror=alert(1)>"}' > /out/j.json`;
  // A zero character is no part of a command.
  const task = await handIn(network, {
    command: ['sh', '-c', script, 'sh', ALL.replace('\u0000', '')],
    outputs: ['evil.html', '<img src=x onerror=alert(1)>.svg', 't.csv', 'j.json'],
  });
  await untilState(network, task.id, ['verified', 'pending', 'complete']);
  for (const [tab, text] of [['', 'Runs'], ['/logs', 'window.hit=1'], ['/result', 'evil.html'], ['/why', 'Who was asked'], ['/proof', 'Keep it']] as const) {
    await page.goto(`${network.url}/tasks/${task.id}${tab}`);
    await expect(page.getByText(text).first()).toBeVisible();
    await expectUnhurt(page);
  }
  await page.goto(`${network.url}/tasks/${task.id}/result`);
  for (const name of ['evil.html', 'onerror=alert(1)>.svg', 't.csv', 'j.json']) {
    await page.getByRole('button', { name }).click();
    await expect(page.locator('.preview, .code').first()).toContainText(/<(img|script)/);
    await expectUnhurt(page);
  }
});

test('Hostile names of models and hostile inputs are shown as text', async ({ console: page, network }) => {
  const bytes = Buffer.from('no model at all');
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  await fetch(`${network.url}/v1/blobs/${digest}`, {
    method: 'PUT', body: bytes, headers: { Authorization: `Bearer ${network.key}`, 'Content-Type': 'application/octet-stream' },
  });
  const name = ATTACKS[0]!;
  const made = await fetch(`${network.url}/v1/registry/models`, {
    method: 'POST', headers: { Authorization: `Bearer ${network.key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ name, format: 'gguf', file: { digest, name: 'weights.gguf' }, runner: { image: network.image, run: ['echo', ALL.replace('\u0000', '')] } }),
  });
  // The registry may have rules for names; then pages are shown one by an answer in its stead.
  if (!made.ok)
    await page.route('**/v1/registry/models**', route => route.fulfill({
      json: {
        models: [{
          digest, name: ALL, format: ALL, file: { digest, name: ALL, size: 5 }, creator: ALL, owner: ALL, registered_at: new Date().toISOString(),
          runner: { image: ALL, run: [ALL], serve: [], port: 0 }, needs: {},
        }],
      },
    }));
  await page.goto(`${network.url}/models`);
  await expect(page.getByText('<img src=x').first()).toBeVisible();
  await expectUnhurt(page);
  await page.goto(`${network.url}/tasks/new?model=${encodeURIComponent(ALL)}&like=${encodeURIComponent(ALL)}`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expectUnhurt(page);
});

test('Whatever the API says is shown as text, on every page', async ({ console: page, network, watch }) => {
  watch.forgive(/status of/);
  const task = await handIn(network);
  await untilState(network, task.id, ['verified', 'pending', 'complete']);
  // Every text of every answer becomes an attack, but for those that pages must understand.
  await page.route(/\/v1\/(?!events)/, async route => {
    const answer = await route.fetch();
    const type = answer.headers()['content-type'] ?? '';
    if (!type.includes('json')) return route.fulfill({ response: answer });
    const poisoned = JSON.stringify(poison(await answer.json(), ''));
    return route.fulfill({ response: answer, body: poisoned });
  });
  for (const path of ['/tasks', `/tasks/${task.id}`, `/tasks/${task.id}/why`, `/tasks/${task.id}/result`, `/tasks/${task.id}/proof`, '/models', '/chat', '/spending', '/keys', '/tasks/new', '/network', '/network/providers', '/network/offers', '/provider', '/network/governance']) {
    await page.goto(network.url + path);
    await page.waitForTimeout(600);
    await expect(page.locator('main')).not.toBeEmpty();
    await expectUnhurt(page);
  }
});

const KEPT = /^(id|state|price_limit|balance|held|stake|unbonding|amount|paid|pay|refund|treasury|creator|charged|.*_at|at|since|until|deadline|digest|price.*|.*micros|token|hour|position|size)$/;

function poison(value: unknown, name: string): unknown {
  if (typeof value === 'string') return KEPT.test(name) ? value : `${ALL}${value}`;
  if (Array.isArray(value)) return value.map(each => poison(each, name));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, poison(each, key)]));
  return value;
}

test('A refusal with hostile words is shown as text', async ({ console: page, network, watch }) => {
  watch.forgive(/status of 422/);
  await page.route('**/v1/keys', route => route.fulfill({
    status: 422, json: { type: ALL, title: ALL, status: 422, code: ALL, detail: ALL, cure: ALL, errors: [{ path: ALL, message: ALL }], request_id: ALL },
  }));
  await page.goto(`${network.url}/keys`);
  await expect(page.getByText('What to do').first()).toBeVisible();
  await expectUnhurt(page);
  void api;
});
