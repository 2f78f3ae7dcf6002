// Speaks for the SDK for JavaScript with the runner of the conformance suite: see sdk/conformance/README.md.
import { createInterface } from 'node:readline';
import { ApiError, StunClient } from 'stun-sdk';
import { readTerms, verify } from 'stun-sdk/receipts';

const camel = name => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
const snake = name => name.replace(/[A-Z]/g, letter => '_' + letter.toLowerCase());

/** With the names of the other side, all the way down. */
function renamed(value, rename) {
  if (Array.isArray(value)) return value.map(each => renamed(each, rename));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [rename(name), renamed(each, rename)]));
}

/** A view as the suite has it: amounts are text, and what is not there is null. */
function viewOf(value) {
  if (value === undefined) return null;
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Date || value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(viewOf);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [snake(name), viewOf(each)]));
}

function requestOf(form) {
  const { priceLimit, ...request } = renamed(form, camel);
  return priceLimit === undefined ? request : { ...request, priceLimit: BigInt(priceLimit) };
}

const contentOf = ({ text, size }) => text ?? Uint8Array.from({ length: size }, (_, index) => index % 251);
const proofView = ({ bundle: _, ...proof }) => proof;

async function all(items) {
  const read = [];
  for await (const item of items) read.push(item);
  return read;
}

let stun;

/** Each call of the suite is a function. */
const calls = {
  open: ({ node, key, tries = 5 }) => {
    const retry = { tries, firstPauseMs: 10, longestPauseMs: 50 };
    stun = new StunClient({ apiKey: key, node, timeoutMs: 20_000, retry });
    return {};
  },
  submit: ({ request, idempotency_key: idempotencyKey }) => stun.submit(requestOf(request), { idempotencyKey }),
  status: ({ task }) => stun.status(task),
  tasks: async ({ state }) => ({ tasks: await all(stun.tasks({ state })) }),
  wait: ({ task, timeout_ms: timeoutMs, settled }) => stun.wait(task, { timeoutMs, untilSettled: settled }),
  cancel: ({ task }) => stun.cancel(task),
  why: ({ task }) => stun.why(task),
  placements: async ({ task }) => ({ placements: await stun.placements(task) }),
  logs: async ({ task }) => ({ pieces: await all(stun.logs(task)) }),
  upload: async content => {
    let lastTold;
    const ref = await stun.upload(contentOf(content), { progress: arrived => (lastTold = arrived) });
    return { ...ref, lastTold };
  },
  upload_input: ({ name, ...content }) => stun.uploadInput(name, contentOf(content)),
  result: ({ task }) => stun.result(task),
  read_file: async ({ task, name }) => ({ text: new TextDecoder().decode(await stun.readFile(task, name)) }),
  estimate: ({ request }) => stun.estimate(requestOf(request)),
  offers: async ({ region }) => ({ offers: await all(stun.offers({ region })) }),
  account: ({ address }) => stun.account(address),
  balance: async () => ({ balance: await stun.balance() }),
  network: () => stun.network(),
  proof: async ({ task }) => ({ document: JSON.parse(await stun.proof(task)) }),
  verified: async ({ task, terms }) => proofView(await stun.verified(task, readTerms(terms))),
  verify: ({ document, text, cbor, terms }) => {
    const proof = cbor === undefined ? text ?? document : new Uint8Array(Buffer.from(cbor, 'hex'));
    return proofView(verify(proof, terms && readTerms(terms)));
  },
};

function errorView(failure) {
  const view = { kind: failure.name, message: failure.message };
  if (!(failure instanceof ApiError)) return view;
  const { code, status, cure, detail, requestId, faults } = failure;
  return { ...view, code, status, cure, detail, requestId, faults: faults.map(each => each.path).sort() };
}

for await (const line of createInterface({ input: process.stdin })) {
  const { call, with: given } = JSON.parse(line);
  let answer;
  if (!(call in calls)) answer = { unknown: call };
  else
    try {
      answer = { ok: viewOf(await calls[call](given)) };
    } catch (failure) {
      answer = { error: viewOf(errorView(failure)) };
    }
  process.stdout.write(JSON.stringify(answer) + '\n');
}
