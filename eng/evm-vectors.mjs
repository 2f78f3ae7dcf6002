// Makes api/vectors/evm/*.json with viem, which shares no code with src/Stun.Chain/Evm.
// How to run it: api/vectors/README.md.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(path.join(root, 'contracts', 'evm', 'package.json'));
const viem = require('viem');
const { privateKeyToAccount, sign } = require('viem/accounts');

// A small generator of its own, so that the files are the same each time they are made.
let state = 20261121n;
const byte = () => {
  state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
  return Number(state >> 56n);
};
const below = (limit) => (byte() * 256 + byte()) % limit;
const pick = (list) => list[below(list.length)];
const hex = (size) => '0x' + Array.from({ length: size }, () => byte().toString(16).padStart(2, '0')).join('');
const number = (bits) => BigInt(hex(32)) >> BigInt(256 - bits);
const unsigned = (bits) => pick([0n, 1n, (1n << BigInt(bits)) - 1n, 1n << BigInt(bits - 1), number(bits), number(bits)]);
const signed = (bits) => {
  const half = 1n << BigInt(bits - 1);
  return pick([0n, 1n, -1n, half - 1n, -half, number(bits) - half]);
};
const text = () => pick(['', 'a', 'Stun', 'thirty-two bytes are in this one', 'x'.repeat(33), 'grüße, 世界 🙂', 'y'.repeat(100)]);
const times = (count, make) => Array.from({ length: count }, (_, at) => make(at));

function save(name, vectors) {
  const folder = path.join(root, 'api', 'vectors', 'evm');
  fs.mkdirSync(folder, { recursive: true });
  const plain = (_, value) => (typeof value === 'bigint' ? value.toString() : value);
  const lines = vectors.map((vector) => '  ' + JSON.stringify(vector, plain));
  fs.writeFileSync(path.join(folder, name + '.json'), '[\n' + lines.join(',\n') + '\n]\n');
  console.log(`${name}.json: ${vectors.length}`);
}

// Item: hex, or a list of items.
function rlp() {
  const items = ['0x', '0x00', '0x7f', '0x80', '0x81', '0xff', [], [[]], [[], [[]], [[], [[]]]]];
  for (const size of [2, 54, 55, 56, 57, 255, 256, 257, 1000]) items.push(hex(size));
  for (const size of [54, 55, 56, 57, 255, 256]) items.push(Array(size).fill('0x01'), [hex(size)]);
  items.push(Array.from({ length: 10 }).reduce((inner) => [inner], '0x01'));
  const some = (depth) => (depth === 0 || below(3) === 0 ? hex(below(60)) : times(below(5), () => some(depth - 1)));
  for (let at = 0; at < 40; at++) items.push(times(below(6), () => some(4)));
  save('rlp', items.map((item) => ({ item, encoded: viem.toRlp(item) })));
}

async function transactions() {
  const vectors = [];
  for (let at = 0; at < 96; at++) {
    const key = '0x' + BigInt(hex(31)).toString(16).padStart(64, '0');
    const account = privateKeyToAccount(key);
    const type = ['legacy', 'eip2930', 'eip1559', 'legacy-unprotected'][at % 4];
    const fee = pick([0n, 7n, 20n * 10n ** 9n, number(128), number(240)]);
    const fields = {
      chainId: pick([1, 137, 31337, 11155111, 2 ** 32 + 1]), nonce: pick([0, 1, 127, 128, 2 ** 40]),
      gas: pick([21000n, 90_000n, 0n, 30_000_000n]),
      to: pick([hex(20), hex(20), '0x' + '00'.repeat(20), null]),
      value: pick([0n, 1n, 10n ** 18n, number(255)]), data: pick(['0x', '0x00', hex(4), hex(68), hex(300)]),
    };
    const accessList = times(below(3), () => ({ address: hex(20), storageKeys: times(below(3), () => hex(32)) }));
    const transaction = { ...fields, type };
    if (type === 'legacy' || type === 'legacy-unprotected') transaction.gasPrice = fee;
    if (type === 'eip2930') Object.assign(transaction, { gasPrice: fee, accessList });
    if (type === 'eip1559') {
      Object.assign(transaction, { maxFeePerGas: fee, maxPriorityFeePerGas: pick([0n, fee, fee / 2n]), accessList });
    }
    if (type === 'legacy-unprotected') Object.assign(transaction, { type: 'legacy', chainId: undefined });
    const digest = viem.keccak256(viem.serializeTransaction(transaction));
    const serialized = await account.signTransaction(transaction);
    vectors.push({
      type, ...transaction, kind: type, key, sender: account.address.toLowerCase(), digest, serialized,
      hash: viem.keccak256(serialized),
    });
  }
  save('transactions', vectors.map(({ kind, ...vector }) => ({ ...vector, type: kind })));
}

// Types as text, values as JSON: numbers are decimal text, lists are arrays and tuples.
function valueOf(type) {
  const array = /^(.*)\[(\d*)\]$/.exec(type);
  if (array) return times(array[2] ? +array[2] : below(4), () => valueOf(array[1]));
  if (type[0] === '(') return fieldsOf(type).map(valueOf);
  if (type === 'address') return pick([hex(20), '0x' + '00'.repeat(20), '0x' + 'ff'.repeat(20)]);
  if (type === 'bool') return below(2) === 1;
  if (type === 'string') return text();
  if (type === 'bytes') return hex(pick([0, 1, 31, 32, 33, 64, 100]));
  if (type.startsWith('bytes')) return hex(+type.slice(5));
  return type[0] === 'u' ? unsigned(+type.slice(4)) : signed(+type.slice(3));
}

function fieldsOf(tuple) {
  const fields = [];
  let depth = 0;
  let start = 1;
  for (let at = 1; at < tuple.length; at++) {
    if ('(['.includes(tuple[at])) depth++;
    if ((tuple[at] === ',' && depth === 0) || (tuple[at] === ')' && depth === 0)) {
      fields.push(tuple.slice(start, at));
      start = at + 1;
    } else if (')]'.includes(tuple[at])) depth--;
  }
  return fields;
}

// viem wants parameters as objects; a tuple's fields are its components.
function parameter(type) {
  const tuple = /^(\(.*\))((?:\[\d*\])*)$/.exec(type);
  if (!tuple) return { type };
  return { type: 'tuple' + tuple[2], components: fieldsOf(tuple[1]).map(parameter) };
}

const simple = ['uint8', 'uint64', 'uint128', 'uint256', 'int8', 'int64', 'int256', 'address', 'bool', 'bytes1',
  'bytes4', 'bytes16', 'bytes32', 'bytes', 'string'];

function typeOf(depth) {
  const choice = depth === 0 ? 0 : below(6);
  if (choice <= 2) return pick(simple);
  if (choice === 3) return typeOf(depth - 1) + '[]';
  if (choice === 4) return typeOf(depth - 1) + `[${1 + below(3)}]`;
  return '(' + times(1 + below(4), () => typeOf(depth - 1)).join(',') + ')';
}

function abi() {
  const lists = [];
  for (let bits = 8; bits <= 256; bits += 8) {
    const [all, half] = [1n << BigInt(bits), 1n << BigInt(bits - 1)];
    lists.push([[`uint${bits}`, `uint${bits}`, `uint${bits}`], [0n, all - 1n, half]]);
    lists.push([[`int${bits}`, `int${bits}`, `int${bits}`], [-1n, half - 1n, -half]]);
  }
  for (let size = 1; size <= 32; size++) lists.push([[`bytes${size}`], [hex(size)]]);
  for (let size = 0; size <= 66; size += 3) lists.push([['bytes'], [hex(size)]]);
  const shapes = ['uint256[]', 'uint256[3]', 'string[]', 'string[2]', 'bytes[][]', 'uint8[2][3]', 'uint8[2][]',
    'uint8[][2]', '(uint256,string)', '(uint256,address)', '(uint256,address)[]', '(uint256,string)[2]',
    '(bytes,(string,uint64[])[],bool)[]', '((uint256,uint256),(uint256,uint256))[2]', '(string[2],bytes32)[][2]'];
  for (const shape of shapes) {
    for (let turn = 0; turn < 3; turn++) lists.push([['uint256', shape, 'bool'], null]);
  }
  for (let at = 0; at < 120; at++) lists.push([times(1 + below(4), () => typeOf(4)), null]);
  save('abi', lists.map(([types, given]) => {
    const values = given ?? types.map(valueOf);
    return { types, values, encoded: viem.encodeAbiParameters(types.map(parameter), values) };
  }));
}

// A name, types, which of them are topics.
function events() {
  const known = [
    ['Transfer', ['address', 'address', 'uint256'], [true, true, false]],
    ['Transfer', ['address', 'address', 'uint256'], [true, true, true]],
    ['BatchPosted', ['uint64', 'bytes32', 'uint32', 'bytes32', 'uint64'], [true, false, false, false, false]],
    ['Named', ['string', 'bytes', 'uint256[]', 'bool'], [true, true, false, true]],
    ['Listed', ['(uint256,string)[]', 'int64'], [false, true]],
    ['Empty', [], []],
  ];
  for (let at = 0; at < 30; at++) {
    const types = times(below(6), () => typeOf(2));
    let left = 3;
    known.push([`Event${at}`, types, types.map((type) => simple.includes(type) && below(2) === 1 && left-- > 0)]);
  }
  save('events', known.flatMap(([name, types, indexed]) => times(2, () => {
    const values = types.map(valueOf);
    const inputs = types.map((type, at) => ({ ...parameter(type), name: `a${at}`, indexed: indexed[at] }));
    const item = [{ type: 'event', name, inputs }];
    const args = Object.fromEntries(values.map((value, at) => [`a${at}`, value]).filter((_, at) => indexed[at]));
    const plain = inputs.filter((input) => !input.indexed);
    return {
      signature: `${name}(${types.join(',')})`, indexed, values,
      topics: viem.encodeEventTopics({ abi: item, eventName: name, args }),
      data: viem.encodeAbiParameters(plain, values.filter((_, at) => !indexed[at])),
    };
  })));
}

// Calls and errors are encoded alike: a selector and arguments.
function calls() {
  const known = [
    ['Error', ['string']], ['Panic', ['uint256']], ['transfer', ['address', 'uint256']], ['nonces', ['address']],
    ['permit', ['address', 'address', 'uint256', 'uint256', 'uint8', 'bytes32', 'bytes32']], ['settle', []],
    ['InsufficientBalance', ['address']], ['WindowOpen', ['uint64']], ['multicall', ['bytes[]']],
    ['post', ['(uint64,bytes32,uint32,bytes32)', 'bytes']],
  ];
  for (let at = 0; at < 20; at++) known.push([`call${at}`, times(below(5), () => typeOf(2))]);
  save('calls', known.flatMap(([name, types]) => times(2, () => {
    const values = types.map(valueOf);
    const item = [{ type: 'error', name, inputs: types.map((type, at) => ({ ...parameter(type), name: `a${at}` })) }];
    return {
      signature: `${name}(${types.join(',')})`, values,
      encoded: viem.encodeErrorResult({ abi: item, errorName: name, args: values }),
    };
  })));
}

function addresses() {
  save('addresses', times(40, () => hex(20)).map((plain) => ({ plain, checked: viem.getAddress(plain) })));
}

function permits() {
  const types = {
    Permit: [
      { name: 'owner', type: 'address' }, { name: 'spender', type: 'address' }, { name: 'value', type: 'uint256' },
      { name: 'nonce', type: 'uint256' }, { name: 'deadline', type: 'uint256' },
    ],
  };
  save('permits', times(24, (at) => {
    const domain = { name: pick(['Stun', 'USD Coin', 'x', 'grüße']), version: pick(['1', '2', '1.0']),
      chainId: pick([1, 137, 31337, 2 ** 40]), verifyingContract: hex(20) };
    if (at % 4 === 3) delete domain.version;
    const message = { owner: hex(20), spender: hex(20), value: unsigned(256), nonce: unsigned(256),
      deadline: unsigned(256) };
    return { domain, message, separator: viem.domainSeparator({ domain, types: {
      EIP712Domain: [{ name: 'name', type: 'string' }, ...(domain.version === undefined ? [] : [
        { name: 'version', type: 'string' }]), { name: 'chainId', type: 'uint256' },
      { name: 'verifyingContract', type: 'address' }] } }),
    digest: viem.hashTypedData({ domain, types, primaryType: 'Permit', message }) };
  }));
}

async function signatures() {
  const vectors = [];
  for (let at = 0; at < 24; at++) {
    const [privateKey, hash] = [hex(32), hex(32)];
    const signature = await sign({ hash, privateKey });
    vectors.push({
      key: privateKey, digest: hash, sender: privateKeyToAccount(privateKey).address.toLowerCase(),
      signature: viem.serializeSignature(signature),
      compact: viem.serializeCompactSignature(viem.signatureToCompactSignature(signature)),
    });
  }
  save('signatures', vectors);
}

rlp();
await transactions();
abi();
events();
calls();
addresses();
permits();
await signatures();
