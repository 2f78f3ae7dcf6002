// The door for models beside a plain proxy and Portkey's gateway, in turn, before the same provider:
// node race.mjs [ROUNDS] [SECONDS]. Prints one JSON line a run and the medians as a table. Needs wrk, a build of
// Stun.Bench in Release, and `npm install` in this folder; without that, Portkey is left out. Stops all it starts.
import { spawn, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';

const here = dirname(fileURLToPath(import.meta.url));
const bench = join(here, '../../../artifacts/bin/Stun.Bench/release/Stun.Bench.dll');
const ground = mkdtempSync(join(tmpdir(), 'gateways-'));
const rounds = +(process.argv[2] ?? 5), seconds = +(process.argv[3] ?? 4);
const children = [];

const start = async (program, args, options) => {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'], ...options });
  children.push(child);
  for await (const line of createInterface({ input: child.stdout })) return { child, line };
  throw new Error(`${args[1] ?? program} said nothing`);
};
const serve = async (...args) => {
  const { child, line } = await start('dotnet', [bench, ...args]);
  const [url, key] = line.trim().split(' ');
  return { pid: child.pid, url: url.replace('localhost', '127.0.0.1').replace(/\/$/, ''), key: key ?? 'none' };
};
const portkey = async upstream => {
  const script = join(here, 'node_modules/@portkey-ai/gateway/build/start-server.js');
  if (!existsSync(script)) return null;
  const port = 18787;
  const child = spawn('node', ['-r', join(here, 'loopback.cjs'), script, `--port=${port}`, '--headless'],
    { stdio: 'ignore', env: { ...process.env, NODE_ENV: 'production' } });
  children.push(child);
  for (let tries = 0; tries < 100; tries++) {
    try { await fetch(`http://127.0.0.1:${port}/`); break; } catch { await new Promise(done => setTimeout(done, 100)); }
  }
  return {
    pid: child.pid, url: `http://127.0.0.1:${port}`, key: 'k',
    headers: { 'x-portkey-provider': 'openai', 'x-portkey-custom-host': `${upstream}/v1` },
  };
};
const cpu = pid => {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const parts = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (+parts[11] + +parts[12]) / 100;
};
const millis = text => parseFloat(text) * (text.endsWith('us') ? 1e-3 : text.endsWith('ms') ? 1 : 1e3);
const body = JSON.stringify({
  model: 'mock', messages: [{ role: 'user', content: 'hello '.repeat(30) }], max_tokens: 16,
});
const run = (name, target, connections, length) => {
  const script = join(ground, `${name}.lua`);
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${target.key}`, ...target.headers };
  writeFileSync(script, `wrk.method="POST"\nwrk.body=[[${body}]]\n`
    + Object.entries(headers).map(([header, value]) => `wrk.headers["${header}"]="${value}"\n`).join(''));
  const before = cpu(target.pid);
  const said = execFileSync('wrk', ['-t1', `-c${connections}`, `-d${length}s`, '--latency', '-s', script,
    `${target.url}/v1/chat/completions`]).toString();
  const [count, wall] = /(\d+) requests in ([\d.]+\w+)/.exec(said).slice(1);
  const at = percent => millis(new RegExp(`${percent}%\\s+([\\d.]+\\w+)`).exec(said)[1]);
  const result = {
    name, connections, perSecond: Math.round(count / (millis(wall) / 1000)), p50: at(50), p99: at(99),
    cpuMicros: Math.round((cpu(target.pid) - before) / count * 1e6),
    wrong: +(/Non-2xx or 3xx responses: (\d+)/.exec(said)?.[1] ?? 0),
  };
  if (result.wrong > 0) throw new Error(`${name}: ${result.wrong} wrong answers`);
  return result;
};
const median = values => [...values].sort((a, b) => a - b)[values.length >> 1];

try {
  const upstream = await serve('serve-upstream');
  const targets = {
    upstream, proxy: await serve('serve-proxy', upstream.url), stun: await serve('serve-door', ground, upstream.url),
  };
  const other = await portkey(upstream.url);
  if (other) targets.portkey = other;
  // The compilers at run time have to have seen it all.
  for (const [name, target] of Object.entries(targets)) for (const c of [32, 1]) run(name, target, c, 3);
  const all = [];
  for (let round = 0; round < rounds; round++)
    for (const connections of [1, 10, 32])
      for (const [name, target] of Object.entries(targets)) {
        const result = run(name, target, connections, seconds);
        all.push(result);
        console.log(JSON.stringify({ round, load: readFileSync('/proc/loadavg', 'utf8').split(' ')[0], ...result }));
      }
  console.log('\n| Target | c1: req/s, p50, p99 ms | c10 | c32 | CPU-us a request c32 |\n|---|---:|---:|---:|---:|');
  for (const name of Object.keys(targets)) {
    const of = (connections, key) => median(
      all.filter(each => each.name === name && each.connections === connections).map(each => each[key]));
    const cell = c => `${of(c, 'perSecond')}; ${of(c, 'p50').toFixed(3)} / ${of(c, 'p99').toFixed(2)}`;
    console.log(`| ${name} | ${cell(1)} | ${cell(10)} | ${cell(32)} | ${of(32, 'cpuMicros')} |`);
  }
} finally {
  for (const child of children) child.kill('SIGKILL');
  rmSync(ground, { recursive: true, force: true });
}
