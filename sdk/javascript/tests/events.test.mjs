// Following events over lines that break. The sockets are scripted: what is tested is what becomes of a break.
import assert from 'node:assert/strict';
import test from 'node:test';
import { InvalidRequest, StunClient } from '../dist/index.js';

/** Opens sockets that say what they are told to, and then close. */
function scripted(...lines) {
  const opened = [];
  const open = (url, protocols) => {
    const says = lines[opened.length] ?? [];
    const socket = { readyState: 1, close: () => (socket.readyState = 3) };
    opened.push({ url, protocols, socket });
    setTimeout(() => {
      socket.onopen?.();
      for (const each of says) socket.onmessage?.({ data: typeof each === 'string' ? each : JSON.stringify(each) });
      if (lines.length >= opened.length) socket.onclose?.();
    });
    return socket;
  };
  return { open, opened };
}

const happened = (position, kind = 'finished') =>
  ({ position: String(position), at: '2026-01-01T00:00:00Z', kind, task: 'ab' });
const stun = () => new StunClient({
  node: 'https://node.example/base/', apiKey: 'stun_a_b', retry: { firstPauseMs: 1, longestPauseMs: 2 },
});

test('A line that breaks is made anew behind the last event, without gap or double', async () => {
  const { open, opened } = scripted([happened(3), happened(4)], [], [happened(5)]);
  const states = [];
  const seen = [];
  for await (const event of stun().events({ open, onState: state => states.push(state) })) {
    seen.push(event.position);
    if (seen.length === 3) break;
  }
  assert.deepEqual(seen, ['3', '4', '5']);
  assert.deepEqual(opened.map(each => new URL(each.url).search), ['', '?since=4', '?since=4']);
  assert.deepEqual(states.slice(0, 4), ['connecting', 'live', 'waiting', 'connecting']);
  assert.equal(opened.at(-1).socket.readyState, 3, 'leaving the loop closes the line');
});

test('The key goes as a subprotocol and never in the address', async () => {
  const { open, opened } = scripted([happened(1)]);
  for await (const event of stun().events({ open, since: '0' })) if (event.task === 'ab') break;
  assert.equal(opened[0].url, 'wss://node.example/base/v1/events?since=0');
  assert.deepEqual(opened[0].protocols, ['stun.v1', 'stun.key.stun_a_b']);
});

test('What is no event ends the line, and what came before it counts', async () => {
  const { open, opened } = scripted([happened(7), 'nonsense', happened(9)], [happened(8)]);
  const seen = [];
  for await (const event of stun().events({ open })) {
    seen.push(event.position);
    if (seen.length === 2) break;
  }
  assert.deepEqual(seen, ['7', '8']);
  assert.equal(new URL(opened[1].url).search, '?since=7');
});

test('Whoever gives up gets his own reason, and a position that is none is not asked for', async () => {
  const { open } = scripted();
  const ends = new AbortController();
  setTimeout(() => ends.abort(new Error('enough')), 20);
  await assert.rejects(async () => {
    for await (const event of stun().events({ open, signal: ends.signal })) assert.fail(event.kind);
  }, /enough/);
  await assert.rejects(stun().events({ open, since: '-1' }).next(), InvalidRequest);
});
