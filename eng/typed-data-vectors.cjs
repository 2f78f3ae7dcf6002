// Makes api/vectors/typed-data.json with ethers, which shares no code with src/Stun.Protocol/TypedData.cs.
// How to run it: api/vectors/README.md.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { TypedDataEncoder, keccak256, concat, dataSlice } = require('ethers');

const folder = path.join(__dirname, '..', 'api', 'vectors');

const types = {
  TaskOrder: [
    { name: 'requester', type: 'address' }, { name: 'idempotencyKey', type: 'uint64' },
    { name: 'spec', type: 'bytes32' }, { name: 'runTimeMax', type: 'uint64' },
    { name: 'priceLimit', type: 'uint128' }, { name: 'deadline', type: 'uint64' },
    { name: 'priority', type: 'uint8' }, { name: 'modelCreator', type: 'address' },
    { name: 'home', type: 'uint64' },
  ],
  CancelTask: [{ name: 'task', type: 'bytes16' }],
  Receipt: [
    { name: 'attempt', type: 'uint64' }, { name: 'task', type: 'bytes16' },
    { name: 'provider', type: 'address' }, { name: 'offer', type: 'uint64' },
    { name: 'spec', type: 'bytes32' }, { name: 'result', type: 'bytes32' },
    { name: 'proof', type: 'bytes32' }, { name: 'resumedFrom', type: 'bytes32' },
    { name: 'runTime', type: 'uint64' },
  ],
  Verdict: [
    { name: 'task', type: 'bytes16' }, { name: 'round', type: 'uint16' },
    { name: 'outcome', type: 'uint8' }, { name: 'result', type: 'bytes32' },
    { name: 'findings', type: 'Finding[]' }, { name: 'cheatPassPpb', type: 'uint32' },
  ],
};
const finding = [
  { name: 'attempt', type: 'uint64' }, { name: 'provider', type: 'address' },
  { name: 'judgement', type: 'uint8' }, { name: 'pay', type: 'uint128' },
];

// A small generator of its own, so that the file is the same each time it is made.
let state = 1n;
function next(bytes) {
  let hex = '';
  for (let i = 0; i < bytes; i++) {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    hex += (state >> 56n).toString(16).padStart(2, '0');
  }
  return '0x' + hex;
}
const number = (bytes) => BigInt(next(bytes)).toString();
const maxOf = (bits) => ((1n << BigInt(bits)) - 1n).toString();

const filled = {
  zero: (type) => (type === 'address' ? '0x' + '00'.repeat(20)
    : type.startsWith('bytes') ? '0x' + '00'.repeat(+type.slice(5)) : '0'),
  most: (type) => (type === 'address' ? '0x' + 'ff'.repeat(20)
    : type.startsWith('bytes') ? '0x' + 'ff'.repeat(+type.slice(5)) : maxOf(+type.slice(4))),
  some: (type) => (type === 'address' ? next(20)
    : type.startsWith('bytes') ? next(+type.slice(5)) : number(+type.slice(4) / 8)),
};
// Fields whose values are fewer than their Solidity type has: enumerations, and times, which are signed with us.
const limits = { priority: 3n, outcome: 3n, judgement: 3n };
const times = new Set(['runTimeMax', 'deadline', 'runTime']);

function message(fields, how, findingCount) {
  const made = {};
  for (const { name, type } of fields) {
    if (type === 'Finding[]') {
      made[name] = Array.from({ length: findingCount }, () => message(finding, how, 0));
      continue;
    }
    let value = filled[how](type);
    if (limits[name]) value = (BigInt(value) % limits[name]).toString();
    if (times.has(name)) value = (BigInt(value) & 0x7fffffffffffffffn).toString();
    made[name] = value;
  }
  return made;
}

const wire = JSON.parse(fs.readFileSync(path.join(folder, 'wire.json'), 'utf8'));
// Without the envelope's two bytes, [1, ...].
const specCbor = '0x' + wire.find((vector) => vector.type === 'TaskSpec').hex.slice(4);

const domains = [
  { name: 'Stun', version: '1', chainId: '1', verifyingContract: '0x' + '11'.repeat(20) },
  { name: 'Stun', version: '1', chainId: maxOf(64), verifyingContract: next(20) },
];

const vectors = [];
for (const domain of domains) {
  for (const type of Object.keys(types)) {
    const shape = type === 'Verdict' ? { Verdict: types.Verdict, Finding: finding } : { [type]: types[type] };
    for (const [how, count] of [['zero', 0], ['most', 64], ['some', 1], ['some', 3]]) {
      const made = message(types[type], how, count);
      if (type === 'TaskOrder') made.spec = keccak256(specCbor);
      const digest = TypedDataEncoder.hash(domain, shape, made);
      const vector = { type, domain, message: made, digest };
      if (type === 'TaskOrder') Object.assign(vector, { specCbor, taskId: dataSlice(digest, 0, 16) });
      if (type === 'Receipt') {
        const salt = next(32);
        Object.assign(vector, { salt, commitment: keccak256(concat([digest, salt])) });
      }
      vectors.push(vector);
    }
  }
}
// Made after all others, so that the numbers drawn for those stay the same.
const capability = [
  { name: 'node', type: 'address' }, { name: 'record', type: 'bytes32' },
  { name: 'measuredAt', type: 'uint64' }, { name: 'nonce', type: 'bytes32' },
];
const example = wire.find((vector) => vector.type === 'CapabilityRecord');
const recordCbor = '0x' + example.hex.slice(4);
for (const domain of domains) {
  const made = {
    node: '0x' + example.value.node, record: keccak256(recordCbor),
    measuredAt: example.value.measuredAt, nonce: '0x' + example.value.nonce,
  };
  const digest = TypedDataEncoder.hash(domain, { CapabilityRecord: capability }, made);
  vectors.push({ type: 'CapabilityRecord', domain, message: made, digest, recordCbor });
}
const separators = domains.map((domain) => ({ domain, separator: TypedDataEncoder.hashDomain(domain) }));
fs.writeFileSync(path.join(folder, 'typed-data.json'), JSON.stringify({ separators, vectors }, null, 2) + '\n');
console.log(`${vectors.length} vectors`);
