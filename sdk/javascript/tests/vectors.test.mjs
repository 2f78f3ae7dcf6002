// Against the golden vectors of the repository, which ethers and viem have made.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf, bytesOfBase64, hexOf, keccak256 } from '../dist/receipts/bytes.js';
import { CborError, decode, encode } from '../dist/receipts/cbor.js';
import { exactly, parseExactly } from '../dist/receipts/json.js';
import { isIn, pathOf, rootOf } from '../dist/receipts/merkle.js';
import { recover, recoverText, Signature } from '../dist/receipts/signatures.js';
import { commitment, Domain, structHash } from '../dist/receipts/typed-data.js';
import { readOrder, readReceipt, readVerdict } from '../dist/receipts/wire.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { Key, vectors } from './ground.mjs';

const domainOf = each => new Domain(BigInt(each.domain.chainId), each.domain.verifyingContract);

/** Numbers of the vectors, as text or as they are, as bigints; findings likewise. */
function messageOf(message) {
  return Object.fromEntries(Object.entries(message).map(([name, value]) =>
    [name, Array.isArray(value) ? value.map(messageOf) : typeof value === 'number' ? BigInt(value) : value]));
}

test('specs of more than a block have the digests of ethers', () => {
  const orders = vectors('typed-data.json').vectors.filter(each => 'specCbor' in each);
  assert.ok(orders.length > 4);
  for (const order of orders) assert.equal('0x' + hexOf(keccak256(bytesOf(order.specCbor))), order.message.spec);
});

test('separators and digests are those of ethers', () => {
  const golden = vectors('typed-data.json');
  for (const each of golden.separators) assert.equal('0x' + hexOf(domainOf(each).separator), each.separator);
  const kinds = new Set();
  for (const each of golden.vectors) {
    kinds.add(each.type);
    assert.equal('0x' + hexOf(domainOf(each).digest(each.type, messageOf(each.message))), each.digest);
    if (each.taskId) assert.ok(each.digest.startsWith(each.taskId));
    if (each.commitment)
      assert.equal('0x' + hexOf(commitment(bytesOf(each.digest), bytesOf(each.salt))), each.commitment);
  }
  assert.deepEqual([...kinds].sort(), ['CancelTask', 'CapabilityRecord', 'Receipt', 'TaskOrder', 'Verdict']);
});

test('a number too large for its type has no digest', () => {
  assert.throws(() => new Domain(1n, '0x' + '11'.repeat(20)).digest('CancelTask', { task: '0x' + '11'.repeat(17) }));
  const finding = { attempt: 1n << 64n, provider: '0x' + '11'.repeat(20), judgement: 0n, pay: 0n };
  assert.throws(() => structHash('Finding', finding), /is no uint64/);
  structHash('Finding', { ...finding, attempt: (1n << 64n) - 1n });
});

test('signers are those of viem', () => {
  for (const each of vectors('evm/signatures.json')) {
    assert.equal(recoverText(bytesOf(each.digest), each.signature), each.sender);
    assert.equal(new Key(each.key).address, each.sender);
  }
});

test('a signature has no second form', () => {
  const [digest, key] = [keccak256(new TextEncoder().encode('said')), new Key(77)];
  const { r, s, recoveryId } = key.sign(digest);
  const order = secp256k1.Point.Fn.ORDER;
  assert.equal(recover(digest, new Signature(r, s, recoveryId)), key.address);
  assert.equal(recover(digest, new Signature(r, order - s, 1 - recoveryId)), undefined);
  assert.notEqual(recover(digest, new Signature(r, s, 1 - recoveryId)), key.address);
  for (const [one, other, id] of [[0n, 1n, 0], [1n, 0n, 0], [order, 1n, 0], [r, s, 2], [r, s, -27], [5n, 1n, 0]])
    assert.equal(recover(digest, new Signature(one, other, id)), undefined);
  for (const text of ['', '0x', '0x12', 'zz', '0x' + '00'.repeat(65), '0x' + '11'.repeat(66)])
    assert.equal(recoverText(new Uint8Array(32), text), undefined);
});

test('every example of the wire is read and made again', () => {
  const golden = vectors('wire.json');
  assert.ok(golden.length > 50);
  for (const each of golden) assert.equal(hexOf(encode(decode(bytesOf(each.hex)))), each.hex);
});

test('fields stand where the codecs put them', () => {
  const golden = new Map(vectors('wire.json').map(each => [each.type, each]));
  for (const [type, read, part] of [['SignedOrder', readOrder, 'order'], ['SignedReceipt', readReceipt, 'receipt'],
    ['SignedVerdict', readVerdict, 'verdict']]) {
    const { message } = read(bytesOf(golden.get(type).hex));
    const told = golden.get(type).value[part];
    assert.deepEqual(Object.keys(message), Object.keys(told));
    for (const [field, value] of Object.entries(told)) {
      const isNamed = ['spec', 'findings', 'priority', 'outcome'].includes(field) && typeof message[field] !== 'string';
      if (isNamed || typeof value === 'object') continue;
      assert.equal(String(message[field]).replace(/^0x/, ''), String(value), `${type}.${field}`);
    }
  }
});

test('what is not canonical is refused', () => {
  for (const text of ['1801', '190001', 'a202010102', 'a201010101', '9f01ff', 'f6', 'fb3ff0000000000000', '0000',
    'c24101', 'c2420001', '62c328', '', '81', '5f4101ff', 'c101', '82', '9bffffffffffffffff', 'bbffffffffffffffff',
    '5bffffffffffffffff', '1c', 'a1800101'])
    assert.throws(() => decode(bytesOf(text)), CborError, text);
  assert.throws(() => decode(new Uint8Array(5000).fill(0x81)), CborError);
});

test('numbers and texts of every kind come back', () => {
  for (const number of [0n, 23n, 24n, 255n, 256n, 65535n, 65536n, 2n ** 32n, 2n ** 64n - 1n, 2n ** 64n, 10n ** 40n])
    for (const value of [number, -1n - number]) assert.equal(decode(encode(value)), value);
  for (const text of ['', '\ufeffmark', 'zwölf', '\u{1f600}']) assert.equal(decode(encode(text)), text);
});

test('each line is found at its place and nowhere else', () => {
  for (const count of [1, 2, 3, 5, 8, 13]) {
    const lines = Array.from({ length: count }, (_, at) => keccak256(Uint8Array.of(at)));
    const root = rootOf(lines);
    for (const [index, line] of lines.entries()) {
      const [at, of, path] = [BigInt(index), BigInt(count), pathOf(lines, index)];
      assert.ok(isIn(root, line, at, of, path));
      assert.ok(!isIn(root, line, at ^ 1n, of, path));
      assert.ok(!isIn(root, keccak256(Uint8Array.of(99)), at, of, path));
      assert.ok(!isIn(root, line, at, of, [...path, new Uint8Array(32)]));
      assert.ok(!isIn(root, line, of, of, path));
      assert.ok(!isIn(root, line, -1n, of, path));
      if (path.length > 0) assert.ok(!isIn(root, line, at, of, path.slice(0, -1)));
    }
  }
  assert.deepEqual(rootOf([]), new Uint8Array(32));
});

test('documents are read as they stand', () => {
  assert.deepEqual(JSON.stringify(parseExactly(' {"a":[1.5,true,null,"x\\u00e9"],"b":{}} ')),
    '{"a":[1.5,true,null,"xé"],"b":{}}');
  assert.equal(parseExactly('{"n":12345678901234567890}').n, 12345678901234567890n);
  assert.equal(parseExactly('{"__proto__":1}').__proto__, 1n);
  for (const text of ['', '{', '{"a":1,"a":1}', '01', '1.', '+1', '{"a" 1}', '[1,]', '{,}', '"\n"', '"\\x"', 'nul',
    '1 2', '{"a":1,}', "{'a':1}"])
    assert.throws(() => parseExactly(text), SyntaxError, text);
  assert.throws(() => exactly({ a: 2 ** 53 }), SyntaxError);
  for (const text of ['a', 'abc', 'ab=c', 'abcd=', 'ab==cd==', 'ab c']) assert.throws(() => bytesOfBase64(text));
});
