// How large and how quick the console is, in Chromium before a node that serves it:
//
//     node bench/scenarios/console/measure.mjs URL KEY [MINUTES]
//
// First loads are cold: a new profile each time. Long lists and storms of events are put in by Playwright, in the node's
// place, since no network of this machine has as many; the pages know no difference.
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const require = createRequire(fileURLToPath(new URL('../../../web/package.json', import.meta.url)));
const { chromium } = require('@playwright/test');

const [url, key, minutes = '10'] = process.argv.slice(2);
if (key === undefined) {
  console.error('node bench/scenarios/console/measure.mjs URL KEY [MINUTES]');
  process.exit(2);
}
const [TASKS, PROVIDERS, EVENTS_A_SECOND] = [10_000, 1_000, 50];
const browser = await chromium.launch({
  executablePath: process.env.STUN_CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--enable-precise-memory-info'],
});
const of = (values, share) => values.toSorted((left, right) => left - right)[Math.min(values.length - 1, Math.floor(share * values.length))];
const ms = value => `${value.toFixed(value < 10 ? 1 : 0)} ms`;

try {
  await firstLoads();
  await list('tasks', '/tasks', `${TASKS} tasks`);
  await list('providers', '/network/providers', `${PROVIDERS} providers`);
  await memory(Number(minutes));
} finally {
  await browser.close();
}

/** Bytes as they came over the line, and when the first button of the page could be pressed and was heard. */
async function firstLoads() {
  const runs = [];
  for (let run = 0; run < 7; run++) {
    const context = await browser.newContext({ serviceWorkers: 'block' });
    const page = await context.newPage();
    const line = await context.newCDPSession(page);
    await line.send('Network.enable');
    const types = new Map();
    const bytes = { Script: 0, Stylesheet: 0, Font: 0, Document: 0 };
    line.on('Network.responseReceived', ({ requestId, type }) => types.set(requestId, type));
    line.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      const type = types.get(requestId);
      if (type in bytes) bytes[type] += encodedDataLength;
    });
    await page.addInitScript(() => {
      window.measured = { long: 0, lastLong: 0, paint: 0 };
      new PerformanceObserver(seen => {
        for (const each of seen.getEntries()) {
          window.measured.long += Math.max(0, each.duration - 50);
          window.measured.lastLong = each.startTime + each.duration;
        }
      }).observe({ type: 'longtask', buffered: true });
      new PerformanceObserver(seen => (window.measured.paint = seen.getEntries().at(-1).startTime))
        .observe({ type: 'largest-contentful-paint', buffered: true });
      const look = () => {
        if (document.querySelector('main a.button')) window.measured.there = performance.now();
        else requestAnimationFrame(look);
      };
      look();
    });
    await page.goto(url, { waitUntil: 'networkidle' }).catch(() => undefined);
    await sleep(1_500);
    const seen = await page.evaluate(() => window.measured);
    runs.push({ ...seen, bytes, interactive: Math.max(seen.there, seen.lastLong) });
    await context.close();
  }
  const median = pick => of(runs.map(pick), 0.5);
  console.log(`first load: JavaScript ${(median(run => run.bytes.Script) / 1000).toFixed(1)} kB compressed, `
    + `styles ${(median(run => run.bytes.Stylesheet) / 1000).toFixed(1)} kB, fonts ${(median(run => run.bytes.Font) / 1000).toFixed(1)} kB`);
  console.log(`largest paint ${ms(median(run => run.paint))}, interactive ${ms(median(run => run.interactive))} `
    + `(worst ${ms(Math.max(...runs.map(run => run.interactive)))}), blocked ${ms(median(run => run.long))}`);
}

/** A page that is signed in, before answers and events that are made here. */
async function crowded() {
  const context = await browser.newContext({ serviceWorkers: 'block', viewport: { width: 1360, height: 900 } });
  const page = await context.newPage();
  const me = await (await fetch(`${url}/v1/me`, { headers: { Authorization: `Bearer ${key}` } })).json();
  await page.addInitScript(session => sessionStorage.setItem('stun.session', session), JSON.stringify({
    key, account: me.account, role: me.role, rights: me.rights, kind: 'key',
  }));
  const tasks = Array.from({ length: TASKS }, (_, at) => taskOf(at));
  await page.route(/\/v1\/tasks(\?|$)/, route => {
    const query = new URL(route.request().url()).searchParams;
    const from = Number(query.get('cursor') ?? 0);
    const upTo = from + Number(query.get('limit') ?? 50);
    return route.fulfill({ json: { tasks: tasks.slice(from, upTo), ...(upTo < TASKS ? { cursor: String(upTo) } : {}) } });
  });
  await page.route(/\/v1\/tasks\/[0-9a-f]{32}$/, route => route.fulfill({ json: tasks[Number.parseInt(route.request().url().slice(-32), 16) % TASKS] }));
  const providers = Array.from({ length: PROVIDERS }, (_, at) => providerOf(at));
  await page.route(/\/v1\/providers(\?|$)/, route => {
    const query = new URL(route.request().url()).searchParams;
    const from = Number(query.get('cursor') ?? 0);
    const upTo = from + Number(query.get('limit') ?? 50);
    return route.fulfill({ json: { providers: providers.slice(from, upTo), total: PROVIDERS, ...(upTo < PROVIDERS ? { cursor: String(upTo) } : {}) } });
  });
  let position = 0;
  let timer;
  await page.routeWebSocket(/\/v1\/events/, socket => {
    clearInterval(timer);
    timer = setInterval(() => {
      for (let count = 0; count < EVENTS_A_SECOND / 10; count++) {
        position++;
        const at = (position * 7919) % TASKS;
        tasks[at] = { ...tasks[at], state: ['running', 'judging', 'complete'][position % 3] };
        socket.send(JSON.stringify({
          position: String(position), at: new Date().toISOString(), task: tasks[at].id, kind: 'finished', about: 'a1', detail: 'result',
        }));
      }
    }, 100);
    socket.onClose(() => clearInterval(timer));
  });
  page.on('close', () => clearInterval(timer));
  return { context, page };
}

function taskOf(at) {
  return {
    id: at.toString(16).padStart(32, '0'), state: 'complete', reason: 'Verified', requester: '0x' + '1'.repeat(40), price_limit: '100000',
    deadline: '2030-01-01T00:00:00Z', submitted_at: new Date(Date.now() - 1000 * at).toISOString(), cheat_pass_ppb: 1000,
  };
}

function providerOf(at) {
  return {
    address: '0x' + at.toString(16).padStart(40, '0'), online: at % 7 !== 0, since: new Date(Date.now() - 1000 * at).toISOString(),
    first_seen: '2026-01-01T00:00:00Z', regions: ['eu-de'], offers: 1, price_min: String(100 + at), price_max: String(100 + at),
    reputation_ppm: 900_000 - at, paid_count: at, fraud_count: at % 50 === 0 ? 1 : 0, running: at % 4, finished: at, failed: 0, lost: 0,
    refused: 0, revoked: 0, earned: String(1000 * at), payouts: at, slashed: '0', stake: '1000000', unbonding: '0',
  };
}

/** Scrolls to the end and back while events pour in, and looks at every frame. */
async function list(name, path, what) {
  const { context, page } = await crowded();
  await page.goto(url + path);
  await page.locator('[role=row] >> nth=5').waitFor();
  for (let tries = 0, height = 0, same = 0; tries < 200 && same < 8; tries++) {
    await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
    await sleep(60);
    const next = await page.evaluate(() => document.documentElement.scrollHeight);
    same = next === height ? same + 1 : 0;
    height = next;
  }
  const rows = await page.evaluate(() => Number(document.querySelector('[role=table]').getAttribute('aria-rowcount')) - 1);
  await page.evaluate(() => window.scrollTo(0, 0));
  const frames = await page.evaluate(async () => {
    const deltas = [];
    const begun = performance.now();
    let last = begun;
    return new Promise(resolve => {
      const frame = now => {
        deltas.push(now - last);
        last = now;
        window.scrollBy(0, now - begun < 4_000 ? 60 : -60);
        if (now - begun < 8_000) requestAnimationFrame(frame);
        else resolve(deltas.slice(1));
      };
      requestAnimationFrame(frame);
    });
  });
  const inPage = await page.evaluate(() => document.querySelectorAll('[role=row]').length);
  console.log(`${what}: ${rows} rows, ${inPage} in the page; frames while scrolling with ${EVENTS_A_SECOND} events a second: `
    + `median ${ms(of(frames, 0.5))}, p95 ${ms(of(frames, 0.95))}, p99 ${ms(of(frames, 0.99))}, `
    + `${frames.filter(each => each > 50).length} of ${frames.length} over 50 ms (${name})`);
  await context.close();
}

async function memory(upTo) {
  const { context, page } = await crowded();
  await page.goto(`${url}/tasks`);
  await page.locator('[role=row] >> nth=5').waitFor();
  const line = await context.newCDPSession(page);
  await line.send('Performance.enable');
  const heap = async () => {
    await line.send('HeapProfiler.collectGarbage');
    const { metrics } = await line.send('Performance.getMetrics');
    const value = name => metrics.find(each => each.name === name).value;
    return { heap: value('JSHeapUsedSize') / 2 ** 20, nodes: value('Nodes'), listeners: value('JSEventListeners') };
  };
  await sleep(10_000);
  for (let minute = 0; minute <= upTo; minute++) {
    const { heap: size, nodes, listeners } = await heap();
    console.log(`minute ${minute}: heap ${size.toFixed(1)} MiB, ${nodes} nodes, ${listeners} listeners`);
    if (minute < upTo) await sleep(60_000);
  }
  await context.close();
}
