// A proof made here, with all its keys: so that it can also be made wrong, and signed all the same.
import { lineHashes, readBundle, viewOf } from '../dist/receipts/bundle.js';
import { bytesOf, bytesOfNumber, hexOf, joined, keccak256 } from '../dist/receipts/bytes.js';
import { decode, encode } from '../dist/receipts/cbor.js';
import { lineOf, pathOf, rootOf } from '../dist/receipts/merkle.js';
import { Domain } from '../dist/receipts/typed-data.js';
import { readOrder, readReceipt, readVerdict } from '../dist/receipts/wire.js';
import { Key, vectors } from './ground.mjs';

export const [REQUESTER, CREATOR] = [new Key(1001), new Key(1002)];
export const PROVIDERS = [new Key(2001), new Key(2002), new Key(2003)];
export const VALIDATORS = [3001, 3002, 3003, 3004].map(secret => new Key(secret));
export const TERMS = {
  chainId: 31337n, escrow: '0x' + '5a'.repeat(20), validators: VALIDATORS.map(key => key.address), quorum: 3n,
};

export const said = text => keccak256(typeof text === 'string' ? new TextEncoder().encode(text) : text);
const record = (...fields) => new Map(fields.map((field, at) => [BigInt(at + 1), field]));
const rawOf = signature =>
  joined(bytesOfNumber(signature.r, 32), bytesOfNumber(signature.s, 32), Uint8Array.of(signature.recoveryId));

/** One task: ordered, run three times, judged. Change a field, and everything is signed anew. */
export class Story {
  constructor() {
    const spec = vectors('typed-data.json').vectors.find(each => 'specCbor' in each).specCbor;
    this.order = record(bytesOf(REQUESTER.address), 5n, decode(bytesOf(spec)), 1_000_000n, 1_000_003n, 99n, 1n,
      bytesOf(CREATOR.address), 0n);
    this.result = said('result');
    this.pays = [333_334n, 333_333n, 0n];
    this.judgements = [0n, 0n, 1n];
    this.outcome = 0n;
    this.signers = VALIDATORS.slice(0, 3);
    this.orderKey = REQUESTER;
    this.receiptKeys = [...PROVIDERS];
    this.paidTo = PROVIDERS.map(key => key.address);
    this.receiptResults = [this.result, this.result, said('other')];
    this.receiptSpec = undefined;
    this.receiptTask = undefined;
    this.verdictTask = undefined;
    this.hasVerdict = true;
    this.terms = TERMS;
  }

  cbor() {
    const domain = new Domain(this.terms.chainId, this.terms.escrow);
    const order = signed(domain, 'TaskOrder', readOrder, this.orderKey, this.order);
    const task = domain.digest('TaskOrder', order.message).slice(0, 16);
    const spec = bytesOf(order.message.spec);
    const receipts = this.receiptKeys.map((key, at) => signed(domain, 'Receipt', readReceipt, key, record(
      BigInt(at + 1), this.receiptTask ?? task, bytesOf(PROVIDERS[at].address), 7n, this.receiptSpec ?? spec,
      this.receiptResults[at], new Uint8Array(32), new Uint8Array(32), 1_234_567n), said(Uint8Array.of(at))));
    const verdict = this.hasVerdict ? this.verdict(domain, this.verdictTask ?? task) : new Uint8Array();
    return encode([1n, order.raw, receipts.map(each => each.raw), verdict, this.terms.chainId,
      bytesOf(this.terms.escrow), this.terms.validators.map(bytesOf), this.terms.quorum]);
  }

  verdict(domain, task) {
    const findings = this.paidTo.map((to, at) =>
      record(BigInt(at + 1), bytesOf(to), this.judgements[at], this.pays[at]));
    const verdict = record(task, 1n, this.outcome, this.result, findings, 12n);
    const digest = domain.digest('Verdict', readVerdict(encode([1n, record(verdict, [])])).message);
    const votes = this.signers.map(key => record(bytesOf(key.address), rawOf(key.sign(digest))));
    return encode([1n, record(verdict, votes)]);
  }

  /** As the API writes it, with a batch in which the task is one of several. */
  document(index = 2, tasks = 5) {
    const bundle = readBundle(this.cbor());
    const { order, verdict } = lineHashes(bundle);
    const lines = Array.from({ length: tasks }, (_, at) => said(Uint8Array.of(at)));
    lines[index] = lineOf(bytesOf(bundle.task), order, verdict);
    const batch = { number: 4n, root: hexOf(rootOf(lines)), tasks: BigInt(tasks), moves: hexOf(said('moves')) };
    const digest = bundle.domain.digest('Batch', batch);
    return {
      ...viewOf(bundle),
      batch: {
        ...batch, state: 'settled', digest: hexOf(digest), task: bundle.task.slice(2), order: hexOf(order),
        verdict: hexOf(verdict), line: hexOf(lines[index]), index: BigInt(index),
        signatures: this.signers.map(key => ({ validator: key.address, signature: key.sign(digest).text })),
        path: pathOf(lines, index).map(hexOf),
      },
    };
  }
}

function signed(domain, type, read, key, message, ...more) {
  const unsigned = read(encode([1n, record(message, ...more, new Uint8Array(65))]));
  const signature = rawOf(key.sign(domain.digest(type, unsigned.message)));
  return read(encode([1n, record(message, ...more, signature)]));
}

/** A document as text: whole numbers of any size are numbers. */
export function textOf(document) {
  if (typeof document === 'bigint') return String(document);
  if (Array.isArray(document)) return `[${document.map(textOf).join(',')}]`;
  if (document === null || typeof document !== 'object') return JSON.stringify(document);
  const fields = Object.entries(document).map(([name, value]) => `${JSON.stringify(name)}:${textOf(value)}`);
  return `{${fields.join(',')}}`;
}
