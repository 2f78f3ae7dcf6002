// Writes contracts/spec/vectors/settlement.json: what is signed, hashed and divided, computed by viem and by plain
// arithmetic here, not by the contracts. The contracts' tests and the node's tests both read it. `--check` compares.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  concat, encodeAbiParameters, hashDomain, hashStruct, hashTypedData, keccak256, pad, serializeCompactSignature,
  signatureToCompactSignature, toHex,
} from 'viem';
import { privateKeyToAccount, sign } from 'viem/accounts';

const target = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'spec', 'vectors', 'settlement.json');

const types = {
  TaskOrder: [
    ['address', 'requester'], ['uint64', 'idempotencyKey'], ['bytes32', 'spec'], ['uint64', 'runTimeMax'],
    ['uint128', 'priceLimit'], ['uint64', 'deadline'], ['uint8', 'priority'], ['address', 'modelCreator'],
    ['uint64', 'home'],
  ],
  Finding: [['uint64', 'attempt'], ['address', 'provider'], ['uint8', 'judgement'], ['uint128', 'pay']],
  Verdict: [
    ['bytes16', 'task'], ['uint16', 'round'], ['uint8', 'outcome'], ['bytes32', 'result'], ['Finding[]', 'findings'],
    ['uint32', 'cheatPassPpb'],
  ],
  Batch: [['uint64', 'number'], ['bytes32', 'root'], ['uint32', 'tasks'], ['bytes32', 'moves']],
  Allowance: [['address', 'account'], ['address', 'sponsor']],
  Scores: [['uint64', 'epoch'], ['bytes32', 'root'], ['uint32', 'count']],
  Voucher: [['address', 'requester'], ['address', 'provider'], ['uint96', 'cumulative']],
};
for (const name of Object.keys(types)) types[name] = types[name].map(([type, field]) => ({ type, name: field }));

const domain = { name: 'Stun', version: '1', chainId: 8453, verifyingContract: address(0xd0) };
const domainTypes = {
  EIP712Domain: [
    { name: 'name', type: 'string' }, { name: 'version', type: 'string' }, { name: 'chainId', type: 'uint256' },
    { name: 'verifyingContract', type: 'address' },
  ],
};
const digest = (primaryType, message) => hashTypedData({ domain, types, primaryType, message });
const struct = (primaryType, data) => hashStruct({ data, types, primaryType });

function address(seed) {
  return toHex(BigInt(keccak256(toHex(seed))) >> 96n, { size: 20 });
}
const word = (seed) => keccak256(toHex(`word ${seed}`));

function signed(key, hash) {
  return sign({ hash, privateKey: key }).then((parts) =>
    serializeCompactSignature(signatureToCompactSignature(parts)));
}

// RFC 6962 by its own recursive definition: split at the largest power of two below n.
const leaf = (item) => keccak256(concat(['0x00', item]));
const node = (left, right) => keccak256(concat(['0x01', left, right]));
function split(n) {
  let k = 1;
  while (2 * k < n) k *= 2;
  return k;
}
function root(items) {
  if (items.length === 0) return pad('0x', { size: 32 });
  if (items.length === 1) return leaf(items[0]);
  const k = split(items.length);
  return node(root(items.slice(0, k)), root(items.slice(k)));
}
function path(items, index) {
  if (items.length === 1) return [];
  const k = split(items.length);
  return index < k
    ? [...path(items.slice(0, k), index), root(items.slice(k))]
    : [...path(items.slice(k), index - k), root(items.slice(0, k))];
}

const key = pad('0xa11ce', { size: 32 });
const validator = pad('0xbeef', { size: 32 });
const requester = privateKeyToAccount(key).address;

const order = {
  requester, idempotencyKey: 7n, spec: word('spec'), runTimeMax: 60_000_000n, priceLimit: 10n ** 24n + 1n,
  deadline: 1_800_000_000_000_000n, priority: 2, modelCreator: address(3), home: 0x0102030405060708n,
};
const orderDigest = digest('TaskOrder', order);
const task = orderDigest.slice(0, 34);
const verdict = {
  task, round: 1, outcome: 0, result: word('result'), cheatPassPpb: 12_345,
  findings: [
    { attempt: 1n, provider: address(4), judgement: 0, pay: 333_333_333_333_333_333n },
    { attempt: 2n, provider: address(5), judgement: 1, pay: 0n },
    { attempt: 0xffffffffffffffffn, provider: address(6), judgement: 2, pay: 0n },
  ],
};
const line = keccak256(encodeAbiParameters(
  [{ type: 'bytes16' }, { type: 'bytes32' }, { type: 'bytes32' }],
  [task, struct('TaskOrder', order), struct('Verdict', verdict)]));

const move = (account, amount) => concat([account, toHex(amount, { size: 12 })]);
const rising = (list) => list.sort(([a], [b]) => (BigInt(a) < BigInt(b) ? -1 : 1)).map(([a, n]) => move(a, n));
const moves = concat([
  ...[1n, 3n, 1n, 1n].map((count) => toHex(count, { size: 8 })),
  ...rising([[address(10), 1_000n]]),
  ...rising([[address(11), 800n], [address(12), 150n], [address(13), 50n + 2n ** 90n]]),
  ...rising([[address(11), 5n]]),
  move(address(14), 2n ** 89n), move(address(10), 2n ** 89n),
]);

const items = Array.from({ length: 10 }, (_, i) => word(`item ${i}`));
const trees = items.map((_, i) => i + 1).map((count) => {
  const index = (count * 3) % count === 0 ? count - 1 : (count * 3) % count;
  return { count, root: root(items.slice(0, count)), index, path: path(items.slice(0, count), index) };
});

const divisions = [
  [0n, 150_000n, 50_000n, true], [1n, 150_000n, 50_000n, true], [7n, 150_000n, 50_000n, true],
  [100n, 150_000n, 50_000n, false], [333_333_333_333_333_333n, 150_000n, 50_000n, true],
  [2n ** 96n - 1n, 200_000n, 100_000n, true], [2n ** 128n - 1n, 199_999n, 99_999n, true], [999_999n, 1n, 1n, true],
].map(([pay, treasuryPpm, creatorPpm, hasCreator]) => {
  const treasury = (pay * treasuryPpm) / 1_000_000n;
  const creator = hasCreator ? (pay * creatorPpm) / 1_000_000n : 0n;
  return { pay, treasuryPpm, creatorPpm, hasCreator, provider: pay - treasury - creator, treasury, creator };
});

const batch = { number: 41n, root: trees[9].root, tasks: 10, moves: keccak256(moves) };
const payableAt = 1_800_003_600n;
const commitment = keccak256(encodeAbiParameters(
  [{ type: 'uint64' }, { type: 'bytes32' }, { type: 'uint32' }, { type: 'bytes32' }, { type: 'uint64' }],
  [batch.number, batch.root, batch.tasks, batch.moves, payableAt]));
const allowance = { account: requester, sponsor: address(20) };
const scores = { epoch: 3n, root: word('scores'), count: 9 };
const voucher = { requester, provider: address(4), cumulative: 2n ** 95n + 5n };

const vectors = {
  domain: { ...domain, separator: hashDomain({ domain, types: domainTypes }) },
  order: { message: order, structHash: struct('TaskOrder', order), digest: orderDigest, task: pad(task, { dir: 'right' }),
    signature: await signed(key, orderDigest), signer: requester },
  verdict: { message: { ...verdict, task: pad(task, { dir: 'right' }) }, structHash: struct('Verdict', verdict),
    digest: digest('Verdict', verdict), signature: await signed(validator, digest('Verdict', verdict)),
    signer: privateKeyToAccount(validator).address },
  line,
  batch: { message: batch, digest: digest('Batch', batch), payableAt,
    word: toHex((1n << 248n) | (BigInt(commitment) >> 8n), { size: 32 }) },
  moves: { bytes: moves, hash: keccak256(moves) },
  items,
  trees,
  divisions,
  allowance: { message: allowance, digest: digest('Allowance', allowance) },
  scores: { message: scores, digest: digest('Scores', scores) },
  voucher: { message: voucher, digest: digest('Voucher', voucher) },
};

const text = JSON.stringify(vectors, (_, value) => (typeof value === 'bigint' ? value.toString() : value), 2) + '\n';
if (process.argv.includes('--check')) {
  if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
    console.error('contracts/spec/vectors/settlement.json is not what scripts/vectors.mjs computes. Run it.');
    process.exit(1);
  }
} else {
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
}
console.log('vectors in order');
