// The client against a node that fails as the test says.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  ApiError, AuthRefused, ContentMismatch, IdempotencyConflict, InvalidRequest, NodeUnreachable, NotFound, RateLimited,
  RequestRefused, StunClient, StunError, TaskRefused, UnknownRefusal, verification, WaitedTooLong,
} from '../dist/index.js';
import { downloadAll, downloadFile, placeOf, uploadFile } from '../dist/node/index.js';
import { manifestDigest } from '../dist/receipts/index.js';
import { pausesOf } from '../dist/retry.js';
import { Transport } from '../dist/transport.js';
import { upload } from '../dist/uploads.js';
import { BREAK, document, problem, scripted } from './scripted.mjs';

const FAST = { tries: 4, firstPauseMs: 1, longestPauseMs: 10 };
const ID = '0123456789abcdef'.repeat(2);
const VIEW = {
  id: ID, state: 'queued', requester: '0x' + '11'.repeat(20), price_limit: '340282366920938463463374607431768',
  deadline: '2026-01-02T03:04:05.1234567Z',
};

const client = (node, more = {}) =>
  new StunClient({ apiKey: 'stun_key', node: node.address, retry: FAST, timeoutMs: 5_000, ...more });
const sha256 = bytes => 'sha256:' + createHash('sha256').update(bytes).digest('hex');

async function all(items) {
  const read = [];
  for await (const item of items) read.push(item);
  return read;
}

async function inFolder(use) {
  const folder = mkdtempSync(join(tmpdir(), 'stun-js-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a task is handed in again under the same key', () => scripted(
  [BREAK, problem(503, 'node.busy'), problem(504, 'task.unanswered'), document(VIEW, 201)], async node => {
    const task = await client(node).submit({ image: 'sha256:' + 'aa'.repeat(32) });
    assert.deepEqual([task.id, task.priceLimit, task.isFinal], [ID, 340282366920938463463374607431768n, false]);
    assert.equal(task.deadline.toISOString(), '2026-01-02T03:04:05.123Z');
    assert.equal(node.asked.length, 4);
    assert.equal(new Set(node.asked.map(each => each.headers['idempotency-key'])).size, 1);
    assert.equal(node.asked[0].headers.authorization, 'Bearer stun_key');
  }));

test('what will not go well is asked once', async () => {
  for (const [status, code, kind] of [[422, 'request.invalid', RequestRefused], [429, 'task.over-quota', TaskRefused],
    [401, 'auth.refused', AuthRefused], [404, 'task.unknown', NotFound],
    [409, 'idempotency.conflict', IdempotencyConflict]])
    await scripted([problem(status, code, {}, [{ path: 'image', message: 'Bad.' }])], async node => {
      await assert.rejects(client(node).submit({ image: 'x' }, { idempotencyKey: 'mine' }), failure => {
        assert.ok(failure instanceof kind && failure instanceof ApiError && failure instanceof StunError);
        assert.equal(failure.name, kind.name);
        assert.deepEqual([failure.code, failure.detail, failure.cure, failure.requestId, failure.faults],
          [code, 'The detail.', 'The cure.', 'r1', [{ path: 'image', message: 'Bad.' }]]);
        assert.match(failure.message, /\[image: Bad\.\] The cure\./);
        return true;
      });
      assert.equal(node.asked.length, 1, code);
    });
});

test('tries end with what the node said last', () => scripted(
  [problem(429, 'rate.limited', { 'Retry-After': '0' })], async node => {
    await assert.rejects(client(node).status(ID), failure =>
      failure instanceof RateLimited && failure.retryAfter === 0);
    assert.equal(node.asked.length, 4);
  }));

test('what the node asks for is waited at least', () => scripted(
  [problem(429, 'rate.limited', { 'Retry-After': '1' }), document(VIEW)], async node => {
    const begin = performance.now();
    await client(node, { retry: { ...FAST, longestPauseMs: 200 } }).status(ID);
    assert.ok(performance.now() - begin >= 990);
  }));

test('a node that asks for a long pause is not waited for', () => scripted(
  [problem(503, 'node.draining', { 'Retry-After': '3600' })], async node => {
    await assert.rejects(client(node).status(ID), ApiError);
    assert.equal(node.asked.length, 1);
  }));

test('pauses grow to their limit', () => {
  const pauses = [...pausesOf({ tries: 8, firstPauseMs: 1, longestPauseMs: 8 })];
  assert.equal(pauses.length, 7);
  for (const [at, whole] of [1, 2, 4, 8, 8, 8, 8].entries())
    assert.ok(whole / 2 <= pauses[at] && pauses[at] <= whole);
});

test('a node that says nothing is given up in time', async () => {
  const silent = createServer(() => undefined);
  await new Promise(resolve => silent.listen(0, '127.0.0.1', resolve));
  const node = `http://127.0.0.1:${silent.address().port}`;
  const stun = new StunClient({ node, timeoutMs: 100, retry: { tries: 2, firstPauseMs: 1 } });
  await assert.rejects(stun.network(), failure => failure instanceof NodeUnreachable && /silent/.test(failure.message));
  silent.close();
  await assert.rejects(new StunClient({ node, timeoutMs: 1000, retry: { tries: 1 } }).network(), NodeUnreachable);
});

test('an answer that is no document is told as such', () => scripted(
  [{ status: 502, body: '<html>bad gateway' }, { status: 200, body: '<html>hello' }], async node => {
    await assert.rejects(client(node).network(), NodeUnreachable);
    assert.equal(node.asked.length, 2);
  }));

test('a node that leads elsewhere is not followed', () => scripted(
  [{ status: 302, headers: { Location: '/v1/other' } }], async node => {
    await assert.rejects(client(node).network(), failure =>
      failure instanceof UnknownRefusal && failure.code === 'http.302');
    assert.equal(node.asked.length, 1);
  }));

test('whoever gives up hears his own reason', () => scripted([problem(503, 'node.busy')], async node => {
  const stun = client(node, { retry: { tries: 50, firstPauseMs: 60_000, longestPauseMs: 60_000 } });
  const reason = new Error('enough');
  await assert.rejects(stun.status(ID, { signal: AbortSignal.abort(reason) }), failure => failure === reason);
  const ends = new AbortController();
  setTimeout(() => ends.abort(reason), 50);
  await assert.rejects(stun.status(ID, { signal: ends.signal }), failure => failure === reason);
  await assert.rejects(
    all(stun.logs(ID, { signal: AbortSignal.timeout(50) })), failure => failure.name === 'TimeoutError');
  await assert.rejects(
    stun.upload(new Uint8Array(9), { signal: AbortSignal.abort(reason) }), failure => failure === reason);
}));

test('a request that is under way is given up', async () => {
  let hasCome;
  const coming = new Promise(resolve => (hasCome = resolve));
  const silent = createServer(socket => socket.on('error', () => undefined).once('data', hasCome));
  await new Promise(resolve => silent.listen(0, '127.0.0.1', resolve));
  const ends = new AbortController();
  const stun = new StunClient({ node: `http://127.0.0.1:${silent.address().port}` });
  const waiting = assert.rejects(stun.wait(ID, { signal: ends.signal }), failure => failure === 'enough');
  await coming;
  ends.abort('enough');
  await waiting;
  silent.close();
});

test('a key does not go over a line in the clear', () => {
  const make = (node, more) => new StunClient({ apiKey: 'key', node, ...more });
  assert.throws(() => make('http://node.example:80'), failure =>
    failure instanceof InvalidRequest && /https/.test(failure.message));
  for (const far of ['http://127.evil.example', 'http://localhost.evil.example', 'http://128.0.0.1'])
    assert.throws(() => make(far), InvalidRequest);
  make('http://node.example:80', { allowPlain: true });
  for (const good of ['https://node.example', 'localhost:7800', 'http://127.0.0.5', 'http://[::1]:80/base/'])
    make(good);
  new StunClient({ node: 'http://node.example' });
  for (const wrong of ['ftp://a', 'http://', 'https://a?b=c', 'https://me:pass@a', 'https://a#b', ' '])
    assert.throws(() => make(wrong), InvalidRequest, wrong);
  for (const apiKey of ['key\r\nX: y', '', 'ké', 'a b'])
    assert.throws(() => new StunClient({ apiKey, node: 'https://node.example' }), InvalidRequest);
});

test('a form has what was given and nothing else', () => scripted([document(VIEW, 201)], async node => {
  await client(node).submit({
    image: 'i', command: ['a', 'b'], priceLimit: 10n ** 30n, resources: { cpuMillis: 0, gpuModel: undefined },
    verification: verification.redundant(2, 3), deadline: new Date('2027-01-01T00:00:00Z'),
    inputs: [{ name: 'n', digest: 'd', size: 1 }], providers: { stakeMin: 5, allowed: ['0xa'] },
  });
  assert.deepEqual(JSON.parse(node.asked[0].body), {
    image: 'i', command: ['a', 'b'], price_limit: '1' + '0'.repeat(30), resources: { cpu_millis: 0 },
    verification: { kind: 'redundant', agreeing: 2, attempts: 3 }, deadline: '2027-01-01T00:00:00.000Z',
    inputs: [{ name: 'n', digest: 'd', size: 1 }], providers: { stake_min: '5', allowed: ['0xa'] },
  });
}));

test('what cannot be meant does not leave', () => scripted([BREAK], async node => {
  const stun = client(node);
  for (const call of [
    () => stun.status('../keys'), () => stun.status(''), () => stun.submit({}, { idempotencyKey: 'a\nb' }),
    () => stun.submit({}, { idempotencyKey: '' }), () => stun.submit({ deadline: new Date('never') }),
    () => stun.submit({ priceLimit: 2 ** 60 }), () => stun.submit({ priceLimit: 1.5 }),
    () => stun.submit({ runTimeMaxSeconds: NaN }), () => stun.submit({ runTimeMaxSeconds: 5n })])
    await assert.rejects(call(), InvalidRequest);
  assert.deepEqual(node.asked, []);
}));

test('pages are read to the end', () => scripted(
  [document({ tasks: [VIEW, VIEW], cursor: 'c/1' }), document({ tasks: [VIEW] })], async node => {
    assert.equal((await all(client(node).tasks({ state: 'queued' }))).length, 3);
    assert.match(node.asked[1].path, /cursor=c%2F1/);
    assert.doesNotMatch(node.asked[0].path, /cursor/);
  }));

test('the own account is what the keys say', async () => {
  const account = { address: '0xa', balance: '5', held: '1', stake: '0', unbonding: '0', managed: true };
  await scripted([document({ keys: [{ account: '0xa' }] }), document(account)], async node => {
    const stun = client(node);
    assert.deepEqual([await stun.balance(), await stun.balance()], [5n, 5n]);
    assert.deepEqual(node.asked.map(each => each.path), ['/v1/keys', '/v1/accounts/0xa', '/v1/accounts/0xa']);
  });
  await scripted([problem(403, 'auth.forbidden')], async node => {
    await assert.rejects(client(node).balance(), /pass account/);
  });
});

test('waiting ends with the result or with the money', async () => {
  const verified = { ...VIEW, state: 'verified', result: 'sha256:' + 'aa'.repeat(32) };
  const replies = () => [document(VIEW), document(verified), document({ ...verified, state: 'complete' })];
  await scripted(replies(), async node => {
    assert.equal((await client(node).wait(ID)).state, 'verified');
    assert.match(node.asked[0].path, /wait=55/);
  });
  await scripted(replies(), async node =>
    assert.equal((await client(node).wait(ID, { untilSettled: true })).state, 'complete'));
  await scripted([document({ ...VIEW, state: 'failed', reason: 'Deadline' })], async node =>
    assert.equal((await client(node).wait(ID)).reason, 'Deadline'));
});

test('waiting too long says so and cancels nothing', () => scripted([document(VIEW)], async node => {
  await assert.rejects(client(node).wait(ID, { timeoutMs: 300 }), WaitedTooLong);
  assert.deepEqual([...new Set(node.asked.map(each => each.method))], ['GET']);
}));

/** The uploads of a node, whose line breaks as often as it is told. */
class UploadNode {
  constructor(wanted, breaks) {
    Object.assign(this, { wanted, breaks, kept: Buffer.alloc(0), isWhole: false });
  }

  reply = asked => {
    if (asked.method === 'HEAD' && asked.path.includes('uploads'))
      return this.isWhole ? { status: 404 } : { status: 200, headers: { 'Upload-Offset': this.kept.length } };
    if (asked.method === 'HEAD') return { status: this.isWhole ? 200 : 404 };
    if (asked.method === 'POST') return document({ id: 'u1', digest: '', size: 0, offset: 0 }, 201);
    assert.deepEqual([asked.method, Number(asked.headers['upload-offset'])], ['PATCH', this.kept.length]);
    const fault = this.breaks.shift() ?? '';
    if (fault === 'before') return BREAK;
    if (fault === 'busy') return problem(409, 'blob.upload-busy');
    if (fault === 'no-room') return problem(507, 'blob.no-room');
    const arrived = fault === 'within' ? asked.body.subarray(0, asked.body.length >> 1) : asked.body;
    this.kept = Buffer.concat([this.kept, arrived]);
    this.isWhole = this.kept.length === this.wanted.length;
    if (fault !== '') return BREAK;
    return this.isWhole ? document({ digest: sha256(this.kept), size: this.kept.length }, 201)
      : document({ id: 'u1', digest: '', size: 0, offset: this.kept.length });
  };
}

const CONTENT = Uint8Array.from({ length: 10_240 }, (_, at) => at);
const line = node =>
  new Transport({ node: node.address, apiKey: 'key', timeoutMs: 5_000, retry: FAST, allowPlain: false });

test('an upload goes on where it broke', async () => {
  for (const breaks of [[], ['before'], ['within', '', 'within'], ['after'], ['busy'],
    ['', 'before', 'within', 'after'], [...Array(10).fill(''), 'after'], Array(7).fill('within')]) {
    const [kept, told] = [new UploadNode(CONTENT, [...breaks]), []];
    await scripted([kept.reply], async node => {
      const pieces = { wholeMax: 100, piece: 1000 };
      const ref = await upload(line(node), CONTENT, { progress: sent => told.push(sent) }, pieces);
      assert.deepEqual(ref, { digest: sha256(CONTENT), size: CONTENT.length });
    });
    assert.deepEqual(kept.kept, Buffer.from(CONTENT), breaks.join());
    assert.deepEqual([told[0], told.at(-1)], [0, CONTENT.length]);
    assert.deepEqual(told.toSorted((one, other) => one - other), told);
  }
});

test('an upload without room is not tried again', () => {
  const kept = new UploadNode(CONTENT, ['no-room', 'no-room']);
  return scripted([kept.reply], async node => {
    await assert.rejects(upload(line(node), CONTENT, {}, { wholeMax: 100, piece: 1000 }), /blob.no-room/);
    assert.equal(kept.breaks.length, 1);
  });
});

test('content of every form is the same content', () => inFolder(async folder => {
  const path = join(folder, 'content');
  writeFileSync(path, CONTENT);
  const there = { status: 404 };
  const forms = [CONTENT, CONTENT.buffer, new Blob([CONTENT]), new Blob([CONTENT]).stream(),
    { size: CONTENT.length, read: async (begin, end) => CONTENT.slice(begin, end) }];
  const keep = asked => asked.method === 'HEAD' ? there
    : document({ digest: sha256(asked.body), size: asked.body.length }, 201);
  await scripted([keep], async node => {
    for (const form of forms) assert.equal((await client(node).upload(form)).digest, sha256(CONTENT));
    assert.equal((await uploadFile(client(node), path)).digest, sha256(CONTENT));
    assert.deepEqual(await client(node).uploadInput('w', 'wörd'),
      { name: 'w', digest: sha256('wörd'), size: 5 });
    assert.equal((await client(node).upload('')).size, 0);
    for (const asked of node.asked.filter(each => each.method === 'PUT').slice(0, 6))
      assert.deepEqual(asked.body, Buffer.from(CONTENT));
  });
  const shrinks = { size: 20, read: async (begin, end) => CONTENT.slice(begin, Math.min(end, 10)) };
  await scripted([keep], node => assert.rejects(client(node).upload(shrinks), /shrunk/));
}));

test('a download goes on where it broke and is believed by its digest', () => inFolder(async folder => {
  const digest = sha256(CONTENT);
  const files = [{ name: 'a/b.bin', digest, size: CONTENT.length }];
  const result = { task: ID, digest: manifestDigest(files), files };
  const part = asked => {
    const begin = Number(/^bytes=(\d+)-$/.exec(asked.headers.range)[1]);
    return { status: 206, body: CONTENT.subarray(begin), cut: 3000 };
  };
  const told = [];
  await scripted([document(result), { status: 200, body: CONTENT, cut: 1000 }, part], async node => {
    const to = join(folder, 'x');
    await downloadFile(client(node), ID, 'a/b.bin', to, { progress: received => told.push(received) });
    assert.deepEqual(readFileSync(to), Buffer.from(CONTENT));
    assert.equal(told.at(-1), CONTENT.length);
    assert.equal(node.asked[2].headers.range, 'bytes=1000-');
    assert.equal(node.asked[2].headers['if-range'], `"${digest}"`);
  });
  const other = { status: 200, body: new Uint8Array(CONTENT.length) };
  await scripted([document(result), other], async node => {
    await assert.rejects(downloadFile(client(node), ID, 'a/b.bin', join(folder, 'y')), ContentMismatch);
  });
  await scripted([document(result), { ...other, body: new Uint8Array(CONTENT.length + 1) }], async node => {
    let ended = '';
    const into = new WritableStream({ close: () => void (ended = 'closed'), abort: () => void (ended = 'aborted') });
    await assert.rejects(client(node).download(ID, 'a/b.bin', into), /more than its/);
    assert.equal(ended, 'aborted');
  });
  await scripted([document({ ...result, digest: 'sha256:' + '00'.repeat(32) })], async node => {
    await assert.rejects(client(node).result(ID), ContentMismatch);
  });
  await scripted([document(result), { status: 200, body: CONTENT, cut: 10 }, { status: 200, body: CONTENT }],
    async node => void await assert.rejects(client(node).readFile(ID, 'a/b.bin'), /changed while/));
  await scripted([document(result)], async node => {
    await assert.rejects(client(node).readFile(ID), /has no file 'stdout'; it has a\/b\.bin/);
  });
  assert.deepEqual(readdirSync(folder), ['x']);
  await scripted([document(result), document(result), { status: 200, body: CONTENT }], async node => {
    assert.deepEqual(await downloadAll(client(node), ID, join(folder, 'all')), [join(folder, 'all', 'a', 'b.bin')]);
  });
}));

test('names of strangers stay in their folder', () => inFolder(async folder => {
  symlinkSync('/', join(folder, 'way'));
  assert.equal(await placeOf(folder, 'a/b'), join(folder, 'a', 'b'));
  assert.equal(await placeOf(join(folder, 'not', 'there'), 'a'), join(folder, 'not', 'there', 'a'));
  for (const name of ['../a', 'a/../../b', '/etc/passwd', '', 'a//b', '.', 'way/tmp/x', 'a\0b', '..\\a'])
    await assert.rejects(placeOf(folder, name), InvalidRequest, name);
}));

const logLine = (stream, offset, text) =>
  JSON.stringify({ attempt: 'a1', stream, offset, size: Buffer.byteLength(text), text }) + '\n';

test('logs have no gap and no double after a break', () => {
  const first = logLine('output', 0, 'one ') + logLine('errors', 0, 'oh ');
  const again = logLine('output', 0, 'one two ') + logLine('errors', 0, 'oh ') + logLine('output', 8, 'zwölf');
  return scripted([{ status: 200, body: first + again, cut: first.length + 5 }, { status: 200, body: again },
    { status: 200, body: logLine('output', 4, 'two ') }], async node => {
    const pieces = await all(client(node).logs(ID));
    const text = pieces.filter(each => each.stream === 'output').map(each => each.text).join('');
    assert.deepEqual([text, pieces.length], ['one two zwölf', 4]);
    assert.match(node.asked[2].path, /attempt=a1&stream=output&offset=4/);
    assert.match(node.asked[0].path, /follow=1/);
    // What was seen already is not asked for again.
    assert.equal(node.asked.length, 3);
  });
});

test('a log that ends within a piece has not ended', () => {
  const whole = logLine('output', 0, 'one ') + logLine('output', 4, 'two');
  return scripted([{ status: 200, body: whole.slice(0, -9) }, { status: 200, body: whole }], async node => {
    assert.equal((await all(client(node).logs(ID))).map(each => each.text).join(''), 'one two');
    assert.equal(node.asked.length, 2);
  });
});

test('logs that never come are given up', () => scripted([BREAK], async node => {
  await assert.rejects(all(client(node).logs(ID)), NodeUnreachable);
  assert.equal(node.asked.length, FAST.tries);
}));

test('whoever leaves the logs closes the line', async () => {
  let hasClosed;
  const closed = new Promise(resolve => (hasClosed = resolve));
  const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
  const body = logLine('output', 0, 'one');
  const server = createServer(socket => {
    socket.on('error', () => undefined).on('close', hasClosed);
    socket.once('data', () => socket.write(`${head}${body.length.toString(16)}\r\n${body}\r\n`));
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  const stun = new StunClient({ node: `http://127.0.0.1:${server.address().port}` });
  for await (const piece of stun.logs(ID)) {
    assert.equal(piece.text, 'one');
    break;
  }
  await closed;
  server.close();
});
