// What every test of the console stands on: a page that is watched for violations of its policy, for errors and for
// requests to anybody else, a session, and looks at accessibility.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test as base, type BrowserContext, type Page } from '@playwright/test';
import { OF_ALL } from './begin';
import { ROOT, type Network } from './network';

export { expect } from '@playwright/test';

export const network = (): Network => JSON.parse(process.env[OF_ALL] ?? '{}') as Network;

interface Watch {
  readonly faults: string[];
  /** A test that provokes an error says which; everything else is a fault. */
  forgive(pattern: RegExp): void;
}

interface Ground {
  readonly network: Network;
  readonly watch: Watch;
  /** A page with the owner of the network signed in. */
  readonly console: Page;
}

export const test = base.extend<Ground>({
  network: async ({}, use) => use(network()),
  watch: [
    async ({ context }, use) => {
      const faults: string[] = [];
      const forgiven: RegExp[] = [];
      await watchContext(context, faults);
      await use({ faults, forgive: pattern => void forgiven.push(pattern) });
      expect(faults.filter(fault => !forgiven.some(pattern => pattern.test(fault))), 'what the pages did wrong').toEqual([]);
    },
    { auto: true },
  ],
  console: async ({ page, network: net, watch }, use) => {
    void watch;
    await signIn(page, net, net.key);
    await use(page);
  },
});

export async function watchContext(context: BrowserContext, faults: string[]): Promise<void> {
  const own = new URL(network().url).host;
  await context.exposeBinding('stunViolation', (_, told: string) => void faults.push(`policy: ${told}`));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', event => {
      const tell = (window as unknown as { stunViolation(told: string): void }).stunViolation;
      tell(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`);
    });
  });
  context.on('weberror', error => faults.push(`error: ${error.error().stack ?? error.error().message}`));
  context.on('console', said => {
    // A refusal of the node is told by the browser as an error too; tests say themselves which they expect.
    if (said.type() === 'error') faults.push(`console: ${said.text()} ${said.location().url}`);
  });
  context.on('request', request => {
    const url = new URL(request.url());
    if (/^(https?|wss?):$/.test(url.protocol) && url.host !== own) faults.push(`elsewhere: ${request.url()}`);
  });
}

/** As somebody does it, by the form. */
export async function signIn(page: Page, net: Network, key: string): Promise<void> {
  await page.goto(`${net.url}/signin`);
  await page.getByLabel('API key').fill(key);
  await page.getByRole('button', { name: 'Sign in with the key' }).click();
  await page.waitForURL('**/tasks');
  await expect(page.getByRole('heading', { level: 1, name: 'Tasks' })).toBeVisible();
}

/** A call of the API, for what a test needs and no page is asked for. */
export async function api<T>(net: Network, method: string, path: string, document?: unknown, key = net.key): Promise<T> {
  const answer = await fetch(`${net.url}/v1/${path}`, {
    method, headers: { Authorization: `Bearer ${key}`, ...(document === undefined ? {} : { 'Content-Type': 'application/json' }) },
    ...(document === undefined ? {} : { body: JSON.stringify(document) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return await answer.json() as T;
}

export interface Task {
  readonly id: string;
  readonly state: string;
}

/** A small task that ends within a second or two; its money moves soon, since its run may last a second at most. */
export async function handIn(net: Network, change: Record<string, unknown> = {}): Promise<Task> {
  return api<Task>(net, 'POST', 'tasks', {
    image: net.image, command: ['sh', '-c', 'echo hello'], run_time_max_seconds: 1, price_limit: '2000',
    resources: { cpu_millis: 500, memory_mib: 64, disk_mib: 16 }, ...change,
  });
}

export async function untilState(net: Network, id: string, states: readonly string[], withinMs = 45_000): Promise<Task> {
  const until = Date.now() + withinMs;
  for (;;) {
    const task = await api<Task>(net, 'GET', `tasks/${id}?wait=5`);
    if (states.includes(task.state)) return task;
    if (Date.now() > until) throw new Error(`Task ${id} is ${task.state}, not ${states.join(' or ')}.`);
  }
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeAnswer {
  readonly violations: readonly { readonly id: string; readonly help: string; readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[] }[];
}

/** No violation of what axe knows, best practices included. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  // What is fading in has colours of its own for a moment.
  await page.waitForTimeout(200);
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => (window as unknown as { axe: { run(): Promise<AxeAnswer> } }).axe.run());
  const told = violations.map(each => `${each.id}: ${each.help}\n  ${each.nodes.slice(0, 4).map(node => `${node.html.slice(0, 160)}\n    ${node.failureSummary ?? ''}`).join('\n  ')}`);
  expect(told, `accessibility of ${what}`).toEqual([]);
}

const SHOTS = join(ROOT, 'web', 'artifacts', 'shots');

export const LOOKS = [
  { name: 'desktop', viewport: { width: 1360, height: 900 }, colorScheme: 'light' },
  { name: 'dark', viewport: { width: 1360, height: 900 }, colorScheme: 'dark' },
  { name: 'phone', viewport: { width: 390, height: 844 }, colorScheme: 'light' },
] as const;

/** The page in all looks, as files to be looked at, and each of them checked for accessibility. */
export async function look(page: Page, name: string): Promise<void> {
  mkdirSync(SHOTS, { recursive: true });
  for (const { name: how, viewport, colorScheme } of LOOKS) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.waitForTimeout(250);
    // All of it, but of a list of thousands what is seen first.
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.screenshot({ path: join(SHOTS, `${name}-${how}.png`), fullPage: height < 6_000 });
    await expectAccessible(page, `${name}, ${how}`);
    const width = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(width, `${name}, ${how}: wider than the screen`).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize(LOOKS[0].viewport);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: null });
}
