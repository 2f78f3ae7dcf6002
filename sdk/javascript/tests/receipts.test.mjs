// Proofs that hold, and the many ways in which one must not.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { divide, ProofError, readBundle, readTerms, verify } from '../dist/receipts/index.js';
import { hexOf } from '../dist/receipts/bytes.js';
import { changed, Key, leaves, SDK } from './ground.mjs';
import { CREATOR, said, Story, TERMS, textOf, VALIDATORS } from './proofs.mjs';

const refused = (proof, terms, message) => assert.throws(() => verify(proof, terms), ProofError, message);

test('a proof that holds says what it shows', () => {
  const document = new Story().document();
  const text = textOf(document);
  for (const form of [new Story().cbor(), text, new TextEncoder().encode('\n ' + text), JSON.parse(text), document]) {
    const proof = verify(form, TERMS);
    assert.equal(proof.outcome, 'Complete');
    assert.equal(proof.result, 'sha256:' + hexOf(said('result')));
    assert.deepEqual(proof.signers, VALIDATORS.slice(0, 3).map(key => key.address));
    const { division } = proof;
    assert.equal(division.charged, 666_667n);
    const paid = division.payouts.reduce((sum, each) => sum + each.amount, 0n);
    assert.equal(division.refund + division.treasury + division.creator + paid, 1_000_003n);
    assert.equal(proof.batch, form instanceof Uint8Array && form[0] !== 10 ? undefined : 4n);
  }
});

test('a proof says what was checked and what was not', () => {
  const whole = verify(new Story().document(), TERMS);
  const bare = verify(new Story().cbor(), undefined);
  assert.ok(whole.checked.some(each => each.includes('root')));
  assert.ok(whole.unchecked.some(each => each.includes('chain has carried')));
  assert.ok(!whole.unchecked.some(each => each.includes('salts')));
  for (const part of ['salts', 'no terms', 'names no batch'])
    assert.ok(bare.unchecked.some(each => each.includes(part)));
  assert.ok(!bare.checked.some(each => each.includes('trusted') || each.includes('root')));
});

test('no changed byte is let through', () => {
  // Each byte costs a check of every signature: a small proof has one of each.
  const story = new Story();
  story.terms = { ...TERMS, validators: TERMS.validators.slice(0, 1), quorum: 1n };
  story.signers = VALIDATORS.slice(0, 1);
  story.receiptKeys.length = story.paidTo.length = 1;
  const raw = story.cbor();
  verify(raw, story.terms);
  const text = Buffer.from(raw);
  // The salt opens the commitment and nothing else; it alone is under no signature.
  const salts = [0].map(at => text.indexOf(said(Uint8Array.of(at))));
  assert.ok(salts.every(at => at > 0));
  for (let index = 0; index < raw.length; index++) {
    if (salts.some(start => start <= index && index < start + 32)) continue;
    const other = raw.slice();
    other[index] ^= 1;
    refused(other, story.terms, `byte ${index}`);
  }
});

test('no changed field of the document is let through', () => {
  const document = new Story().document();
  const places = [...leaves(document)];
  assert.ok(places.length > 100);
  for (const path of places)
    if (path.join('.') !== 'batch.state') refused(changed(document, path), TERMS, path.join('.'));
});

test('no field of the document can be left out', () => {
  const document = new Story().document();
  for (const name of Object.keys(document).filter(name => name !== 'batch')) {
    const { [name]: _, ...rest } = document;
    refused(rest, TERMS, name);
  }
});

test('what is signed and wrong is refused by name', () => {
  const stranger = new Key(9);
  const [first, second] = VALIDATORS;
  const ways = {
    'not signed by its requester': story => (story.orderKey = stranger),
    'not signed by its provider': story => (story.receiptKeys[0] = stranger),
    '2 validators signed the verdict; 3 must': story => (story.signers = [first, second]),
    'is no validator': story => (story.signers = [first, second, stranger]),
    '2 validators signed': story => (story.signers = [first, second, first]),
    'more than the order\'s price limit': story => (story.pays[0] = 1_000_003n),
    'paid to another': story => (story.paidTo[0] = stranger.address),
    'for another spec': story => (story.receiptSpec = new Uint8Array(32)),
    'is for another task': story => (story.receiptTask = new Uint8Array(16)),
    'about another task': story => (story.verdictTask = new Uint8Array(16)),
    'in no receipt': story => (story.result = said('invented')),
    'quorum of nobody': story => (story.terms = { ...TERMS, quorum: 0n }),
    'a2 is paid and has no receipt here': story => (story.receiptKeys.length = 1),
  };
  for (const [sentence, change] of Object.entries(ways)) {
    const story = new Story();
    change(story);
    assert.throws(() => verify(story.cbor(), story.terms), failure => {
      assert.ok(failure instanceof ProofError && failure.message.includes(sentence), `${sentence}: ${failure}`);
      return true;
    });
  }
});

test('a failed task that pays nobody needs no receipts', () => {
  const story = new Story();
  story.outcome = 1n;
  story.judgements = [1n, 1n, 1n];
  const { outcome, division } = verify(story.cbor(), TERMS);
  assert.equal(outcome, 'Failed');
  assert.equal(division.charged, 0n);
});

test('terms come from elsewhere', () => {
  const raw = new Story().cbor();
  for (const change of [{ quorum: 2n }, { chainId: 1n }, { escrow: '0x' + '11'.repeat(20) },
    { validators: TERMS.validators.slice(0, 3) }])
    refused(raw, { ...TERMS, ...change });
  verify(raw, undefined);
});

test('a task that is not judged yet has no division', () => {
  const story = new Story();
  story.hasVerdict = false;
  const proof = verify(story.cbor(), TERMS);
  assert.deepEqual([proof.outcome, proof.division, proof.signers], [undefined, undefined, []]);
});

test('what is no proof is refused as one', () => {
  const bytes = text => Uint8Array.from(Buffer.from(text, 'hex'));
  for (const nonsense of [new Uint8Array(), bytes('7b'), bytes('80'), bytes('ff'.repeat(50)), bytes('88010000000000'),
    '', '[]', 'null', '{}', '{"terms":{}}', '{"a":1,"a":1}', '{'.repeat(100_000), '['.repeat(100_000), { terms: null },
    null, 5, undefined, [], () => 1])
    refused(nonsense, undefined);
  const ways = [
    [['terms', 'escrow'], '0x12'], [['terms', 'chain_id'], 1n << 300n], [['terms', 'validators'], 5],
    [['receipts'], [5]], [['batch', 'index'], 'two'], [['batch', 'signatures'], [{}]], [['batch', 'path'], ['zz']],
    [['batch'], 'x'], [['terms', 'quorum'], 1.5], [['terms', 'quorum'], true],
  ];
  for (const [path, value] of ways) {
    const document = new Story().document();
    path.slice(0, -1).reduce((inner, step) => inner[step], document)[path.at(-1)] = value;
    refused(document, undefined, path.join('.'));
  }
});

test('a number that was rounded is not believed', () => {
  const text = textOf(new Story().document());
  const large = text.replace('"number":4,', '"number":9007199254740993,');
  assert.notEqual(large, text);
  assert.throws(() => verify(JSON.parse(large), TERMS), /was rounded/);
  // As text it is read exactly, and refused for what it says.
  assert.throws(() => verify(large, TERMS), /'batch.digest' says something else/);
});

test('a batch needs its quorum and its path', () => {
  for (const change of [batch => batch.signatures.pop(), batch => batch.path.pop(),
    batch => batch.path.push('00'.repeat(32)), batch => (batch.signatures[2] = batch.signatures[0])]) {
    const document = new Story().document();
    change(document.batch);
    refused(document, TERMS);
  }
});

test('the bundle of JSON and of CBOR are the same', () => {
  const { document: _, ...ofJson } = readBundle(new Story().document());
  const { document: __, ...ofCbor } = readBundle(new Story().cbor());
  assert.deepEqual(ofJson, ofCbor);
  assert.deepEqual(readTerms({ chain_id: 31337, escrow: TERMS.escrow.toUpperCase().replace('X', 'x'),
    validators: TERMS.validators, quorum: 3 }), TERMS);
});

test('money is divided to the last unit', () => {
  for (const pay of [0n, 1n, 6n, 7n, 19n, 20n, 999_999n, 10n ** 27n + 1n])
    for (const modelCreator of ['0x' + '00'.repeat(20), CREATOR.address]) {
      const findings = [{ attempt: 1n, provider: '0x1', judgement: 0n, pay },
        { attempt: 2n, provider: '0x2', judgement: 2n, pay: 5n }];
      const made = divide({ priceLimit: 10n ** 28n, modelCreator }, { findings });
      assert.equal(made.treasury, (pay * 15n) / 100n);
      assert.equal(made.creator, BigInt(modelCreator) === 0n ? 0n : (pay * 5n) / 100n);
      assert.equal(made.treasury + made.creator + made.payouts.reduce((sum, each) => sum + each.amount, 0n), pay);
      assert.equal(made.refund + made.charged, 10n ** 28n);
    }
  const dear = { findings: [{ attempt: 1n, provider: '0x1', judgement: 0n, pay: 6n }] };
  assert.throws(() => divide({ priceLimit: 5n, modelCreator: '0x0' }, dear), RangeError);
});

test('the program says what holds and what does not', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stun-js-'));
  try {
    const [proof, terms] = [join(folder, 'proof.json'), join(folder, 'terms.json')];
    const run = (...given) => spawnSync(process.execPath, [join(SDK, 'dist', 'node', 'verify.js'), ...given],
      { encoding: 'utf8' });
    const network = quorum => JSON.stringify({ terms: {
      chain_id: 31337, escrow: TERMS.escrow, validators: TERMS.validators, quorum } });
    writeFileSync(proof, textOf(new Story().document()));
    writeFileSync(terms, network(3));
    const good = run(proof, '--terms', terms);
    assert.equal(good.status, 0, good.stderr);
    assert.match(good.stdout, /Complete[^]*not checked:/);
    writeFileSync(terms, network(4));
    const bad = run(proof, '--terms', terms);
    assert.equal(bad.status, 1);
    assert.match(bad.stderr, /another quorum/);
    assert.equal(run(proof, '--terms', join(folder, 'none')).status, 2);
    assert.equal(run(proof).status, 2);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
