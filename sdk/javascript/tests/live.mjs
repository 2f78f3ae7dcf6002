// Against a real node, which the environment names: STUN_NODE, STUN_API_KEY and STUN_IMAGE. STUN_HAS_CHAIN=1 says that
// its money lies on a chain, so that proofs come to name their batch. Without a node all of this is skipped.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import {
  AuthRefused, IdempotencyConflict, NotFound, RequestRefused, StunClient, TaskRefused, verification,
} from '../dist/index.js';
import { downloadAll, downloadFile } from '../dist/node/index.js';
import { ProofError, readTerms, verify } from '../dist/receipts/index.js';
import { Transport } from '../dist/transport.js';
import { upload } from '../dist/uploads.js';
import { changed, leaves, SDK } from './ground.mjs';
import { cutProxy } from './proxy.mjs';

const { STUN_NODE: node, STUN_API_KEY: apiKey, STUN_IMAGE: image, STUN_HAS_CHAIN: hasChain } = process.env;
const skip = node && apiKey && image ? false : 'STUN_NODE, STUN_API_KEY and STUN_IMAGE name no node.';
const FAST = { tries: 6, firstPauseMs: 20, longestPauseMs: 500 };
const stun = skip ? undefined : new StunClient({ apiKey, node });

// With a short run time: the window for disputes is as long as two runs.
const request = (...command) => ({ image, command, runTimeMaxSeconds: 1 });
const text = bytes => new TextDecoder().decode(bytes);
const live = (name, use) => test(name, { skip }, use);

async function all(items) {
  const read = [];
  for await (const item of items) read.push(item);
  return read;
}

async function finished(...command) {
  const task = await stun.wait(await stun.submit(request(...command)), { timeoutMs: 60_000, untilSettled: true });
  assert.equal(task.state, 'complete', task.reason);
  return task;
}

live('a task is run, paid and proved', async () => {
  const before = await stun.balance();
  const terms = readTerms((await stun.network()).terms);
  const task = await finished('hello', 'live');
  assert.equal(text(await stun.readFile(task)), 'hello live\n');
  const proof = await stun.verified(task, terms);
  assert.deepEqual([proof.outcome, proof.result, proof.requester], ['Complete', task.result, task.requester]);
  let settled;
  while (!settled) settled = (await stun.why(task)).settlement;
  const { division } = proof;
  for (const name of ['held', 'refund', 'treasury', 'creator']) assert.equal(division[name], BigInt(settled[name]));
  assert.deepEqual(division.payouts.map(each => each.amount), settled.payouts.map(each => BigInt(each.amount)));
  assert.ok(division.charged > 0n && await stun.balance() < before);
  assert.ok((await all(stun.tasks({ state: 'complete' }))).some(each => each.id === task.id));
});

live('the same key is the same task', async () => {
  const idempotencyKey = randomBytes(8).toString('hex');
  const first = await stun.submit(request('once'), { idempotencyKey });
  assert.equal((await stun.submit(request('once'), { idempotencyKey })).id, first.id);
  await assert.rejects(stun.submit(request('twice'), { idempotencyKey }), IdempotencyConflict);
  const other = await stun.submit(request('once'));
  assert.notEqual(other.id, first.id);
  // The list of tasks is told behind: the next test counts them.
  for (const task of [first, other]) await stun.wait(task, { timeoutMs: 60_000, untilSettled: true });
});

live('an order whose answer is lost is taken once', async () => {
  const before = new Set((await all(stun.tasks())).map(each => each.id));
  await cutProxy(node, [500, 500, null], async ({ address, cuts }) => {
    const task = await new StunClient({ apiKey, node: address, retry: FAST }).submit(request('lost'));
    assert.deepEqual(cuts, []);
    await stun.wait(task, { timeoutMs: 60_000, untilSettled: true });
    const after = (await all(stun.tasks())).map(each => each.id).filter(id => !before.has(id));
    assert.deepEqual(after, [task.id]);
  });
});

live('refusals have their type, code and cure', async () => {
  const wrong = { image: 'debian:latest', resources: { computeCapability: 'x' } };
  await assert.rejects(stun.submit(wrong), failure => {
    assert.ok(failure instanceof RequestRefused);
    assert.deepEqual(failure.faults.map(each => each.path).sort(), ['image', 'resources.compute_capability']);
    return true;
  });
  await assert.rejects(stun.status('00'.repeat(16)), failure => failure instanceof NotFound
    && failure.code === 'task.unknown' && failure.cure !== '' && failure.requestId !== undefined);
  const stranger = new StunClient({ apiKey: 'stun_wrong', node });
  await assert.rejects(stranger.balance('0x' + '11'.repeat(20)), AuthRefused);
  await assert.rejects(stun.submit({ ...request('cheap'), priceLimit: 1 }), failure =>
    failure instanceof TaskRefused && failure.code === 'task.price-too-low');
});

live('a task that nobody can run is cancelled', async () => {
  const task = await stun.submit({ ...request('never'), resources: { gpuCount: 8 } });
  await assert.rejects(stun.result(task), TaskRefused);
  await stun.cancel(task);
  assert.equal((await stun.wait(task, { timeoutMs: 30_000, untilSettled: true })).state, 'cancelled');
});

live('uploads and downloads survive a line that breaks', async () => {
  const content = randomBytes(3_000_000);
  const digest = 'sha256:' + createHash('sha256').update(content).digest('hex');
  const told = [];
  await cutProxy(node, [500_000, 400_000, 700_000, 30_000, null], async ({ address, cuts }) => {
    const line = new Transport({ node: address, apiKey, timeoutMs: 10_000, retry: FAST, allowPlain: false });
    const pieces = { wholeMax: 1 << 20, piece: 800_000 };
    const ref = await upload(line, content, { progress: sent => told.push(sent) }, pieces);
    assert.deepEqual(ref, { digest, size: content.length });
    assert.deepEqual(cuts, []);
  });
  assert.equal(told.at(-1), content.length);
  assert.deepEqual([...told].sort((one, other) => one - other), told);
  // What is here already is not sent again.
  assert.equal((await stun.upload(content)).digest, digest);
  const task = await finished(...Array(20).fill('x'.repeat(4_000)));
  const folder = mkdtempSync(join(tmpdir(), 'stun-js-'));
  try {
    await cutProxy(node, [20_000, 20_000, null], async ({ address, cuts }) => {
      const weak = new StunClient({ apiKey, node: address, retry: FAST });
      const place = await downloadFile(weak, task, 'stdout', join(folder, 'all'));
      assert.deepEqual(cuts, []);
      assert.deepEqual(readFileSync(place), Buffer.from(await stun.readFile(task)));
    });
    assert.deepEqual(await downloadAll(stun, task, join(folder, 'more')), [join(folder, 'more', 'stdout')]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

live('logs of a task that has ended end', async () => {
  const pieces = await all(stun.logs(await finished('spoken')));
  assert.ok(pieces.length > 0);
  for (const piece of pieces) assert.equal(`${piece.stream} ${piece.text}`, 'output spoken\n');
});

live('an estimate is of the offers there are', async () => {
  const offers = await all(stun.offers());
  const dear = { ...request('dear'), verification: verification.none() };
  const made = await stun.estimate(dear);
  const cheapest = offers.map(each => each.pricePerSecond).sort((one, other) => Number(one - other))[0];
  assert.deepEqual([made.attemptsMin, made.attemptsMax, made.priceMin], [1, 1, cheapest]);
  assert.equal((await stun.estimate({ ...dear, resources: { gpuCount: 64 } })).priceMin, undefined);
});

live('tasks run side by side', async () => {
  const texts = await Promise.all([0, 1, 2, 3].map(async number => {
    const task = await stun.wait(await stun.submit(request('side', String(number))), { timeoutMs: 60_000 });
    return text(await stun.readFile(task));
  }));
  assert.deepEqual(texts, [0, 1, 2, 3].map(number => `side ${number}\n`));
});

live('no proof of the network can be tampered with', async () => {
  const task = await finished('prove');
  const terms = readTerms((await stun.network()).terms);
  let document = JSON.parse(await stun.proof(task));
  while (hasChain && document.batch?.state !== 'settled') {
    await pause(100);
    document = JSON.parse(await stun.proof(task));
  }
  assert.equal(verify(document, terms).batch !== undefined, Boolean(hasChain));
  const places = [...leaves(document)].filter(path =>
    !['batch.state', 'batch.payable_at'].includes(path.join('.')));
  assert.ok(places.length > 60);
  for (const path of places) assert.throws(() => verify(changed(document, path), terms), ProofError, path.join('.'));
  document.terms.quorum = 0;
  assert.throws(() => verify(document, undefined), ProofError);
});

live('no byte of a proof in CBOR can be changed', async () => {
  const task = await finished('bytes');
  const terms = readTerms((await stun.network()).terms);
  const line = new Transport({ node, apiKey, timeoutMs: 30_000, retry: FAST, allowPlain: false });
  const answer = await line.send('GET', `/v1/tasks/${task.id}/verdict`, { headers: { Accept: 'application/cbor' } });
  const raw = answer.body;
  const salts = verify(raw, terms).bundle.receipts.map(each => Buffer.from(raw).indexOf(each.salt));
  for (let index = 0; index < raw.length; index++) {
    if (salts.some(start => start <= index && index < start + 32)) continue;
    const other = raw.slice();
    other[index] ^= 1;
    assert.throws(() => verify(other, terms), ProofError, `byte ${index}`);
  }
});

live('the programs of the readme run', () => {
  const programs = [...readFileSync(join(SDK, 'README.md'), 'utf8').matchAll(/```js\n([^]*?)```/g)];
  const told = [/Complete cost \d+n of/, /^image /];
  assert.equal(programs.length, told.length);
  for (const [at, [, program]] of programs.entries()) {
    const done = spawnSync(process.execPath, ['--input-type=module', '-e', program],
      { cwd: SDK, encoding: 'utf8', timeout: 120_000 });
    assert.equal(done.status, 0, done.stderr);
    assert.match(done.stdout, told[at]);
  }
});

live('the samples run', () => {
  for (const [name, told] of Object.entries({
    'hello-task': /said .*hello/, 'files-in-and-out': /100 % of \d{7} bytes[^]* holds .*words/,
    'follow-logs': /output .*spoken[^]*over \w+/, 'receipt-offline': /Complete: cost[^]*checked:[^]*tampered: /,
    'many-tasks': /^10 tasks done, within \d+: true\nrefused: task.price-too-low\nthe last one is cancelled\n$/,
  })) {
    const done = spawnSync(process.execPath, [join(SDK, 'samples', name + '.mjs')],
      { encoding: 'utf8', timeout: 120_000 });
    assert.equal(done.status, 0, name + done.stderr);
    assert.match(done.stdout, told, name);
  }
});
