// Orders, receipts and verdicts as they stand in canonical CBOR. A value on the wire is [1, record]; a record is a map
// whose keys are the positions of its fields, from 1. The fields get their EIP-712 names here, so that what was decoded
// is what is hashed.

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesOf, hexOf, keccak256, numberOf, type Bytes } from './bytes.js';
import { decode, encode, type Cbor, type CborKey } from './cbor.js';
import { Signature } from './signatures.js';
import type { Message } from './typed-data.js';

export const OUTCOMES = ['Complete', 'Failed', 'Cancelled'] as const;
export const JUDGEMENTS = ['Paid', 'Unpaid', 'Fraud'] as const;
export const PAID = 0n;
export const COMPLETE = 0n;

export type Outcome = typeof OUTCOMES[number];

const WIRE_VERSION = 1n;
const TIMES = 1n << 64n;

/** A proof cannot be read, or does not hold: a sentence for each thing that is wrong. */
export class ProofError extends Error {
  override readonly name = 'ProofError';

  constructor(readonly faults: readonly string[]) {
    super(faults.join(' '));
  }
}

/** A message (fields by their EIP-712 names), who is to have signed it, and its canonical bytes. */
export interface Signed {
  readonly message: Message;
  readonly signature: Signature;
  readonly raw: Bytes;
}

export interface SignedReceipt extends Signed {
  /** Opens the commitment that came before the receipt. */
  readonly salt: Bytes;
}

/** A validator's signature. */
export interface Vote {
  readonly validator: string;
  readonly signature: Signature;
}

export interface SignedVerdict {
  readonly message: Message;
  readonly votes: readonly Vote[];
  readonly raw: Bytes;
}

type Reader<T> = (value: Cbor) => T;
type Fields = Readonly<Record<string, Reader<unknown>>>;
type Read<F extends Fields> = { [name in keyof F]: ReturnType<F[name]> };

function integer(bits: number): Reader<bigint> {
  return value => {
    if (typeof value !== 'bigint' || value < 0n || value >= 1n << BigInt(bits))
      throw new Error(`no number of ${bits} bits`);
    return value;
  };
}

const micros: Reader<bigint> = value => {
  if (typeof value !== 'bigint' || value < -(TIMES / 2n) || value >= TIMES / 2n) throw new Error('no time');
  // The signed form has no negative times: the bits are kept.
  return BigInt.asUintN(64, value);
};

function raw(size: number): Reader<Bytes> {
  return value => {
    if (!(value instanceof Uint8Array) || value.length !== size) throw new Error(`not ${size} bytes`);
    return new Uint8Array(value);
  };
}

function bytes(size: number): Reader<string> {
  return value => '0x' + hexOf(raw(size)(value));
}

/** A task's spec enters an order as the hash of its canonical form: it is not looked into. */
const spec: Reader<string> = value => {
  if (!(value instanceof Map)) throw new Error('a spec is a record');
  return '0x' + hexOf(keccak256(encode(value)));
};

const signature: Reader<Signature> = value => {
  const parts = raw(65)(value);
  return new Signature(numberOf(parts.subarray(0, 32)), numberOf(parts.subarray(32, 64)), parts[64]!);
};

const same: Reader<Cbor> = value => value;
const [address, digest, task] = [bytes(20), bytes(32), bytes(16)];

const ORDER = {
  requester: address, idempotencyKey: integer(64), spec, runTimeMax: micros, priceLimit: integer(128),
  deadline: micros, priority: integer(8), modelCreator: address, home: integer(64),
};
const RECEIPT = {
  attempt: integer(64), task, provider: address, offer: integer(64), spec: digest, result: digest, proof: digest,
  resumedFrom: digest, runTime: micros,
};
const FINDING = { attempt: integer(64), provider: address, judgement: integer(8), pay: integer(128) };
const VERDICT = {
  task, round: integer(16), outcome: integer(8), result: digest, findings: same, cheatPassPpb: integer(32),
};
const VOTE = { validator: address, signature };

function record<F extends Fields>(what: string, value: Cbor | undefined, fields: F): Read<F> {
  const names = Object.keys(fields);
  const keys = value instanceof Map ? [...value.keys()] : [];
  if (!(value instanceof Map) || keys.length !== names.length || keys.some((key, at) => key !== BigInt(at + 1)))
    throw new ProofError([`${what}: not a record of ${names.length} fields.`]);
  const read: Record<string, unknown> = {};
  for (const [at, name] of names.entries())
    try {
      read[name] = fields[name]!((value as Map<CborKey, Cbor>).get(BigInt(at + 1))!);
    } catch (bad) {
      throw new ProofError([`${what}.${name}: ${(bad as Error).message}.`]);
    }
  return read as Read<F>;
}

function list<F extends Fields>(what: string, value: Cbor, fields: F): Read<F>[] {
  if (!Array.isArray(value)) throw new ProofError([`${what}: not a list.`]);
  return value.map(item => record(what, item, fields));
}

/** A value, canonical to the last byte. */
export function decodeFor(what: string, data: Uint8Array): Cbor {
  try {
    return decode(data);
  } catch (bad) {
    throw new ProofError([`${what}: ${(bad as Error).message}.`]);
  }
}

function opened(what: string, data: Uint8Array): Cbor | undefined {
  const value = decodeFor(what, data);
  if (!Array.isArray(value) || value.length !== 2 || value[0] !== WIRE_VERSION)
    throw new ProofError([`${what}: not [${WIRE_VERSION}, record].`]);
  return value[1];
}

/** A SignedOrder. */
export function readOrder(data: Bytes): Signed {
  const outer = record('SignedOrder', opened('SignedOrder', data), { order: same, signature });
  return { message: record('TaskOrder', outer.order, ORDER), signature: outer.signature, raw: data };
}

/** A SignedReceipt. */
export function readReceipt(data: Bytes): SignedReceipt {
  const outer = record('SignedReceipt', opened('SignedReceipt', data), { receipt: same, salt: raw(32), signature });
  const message = record('Receipt', outer.receipt, RECEIPT);
  return { message, signature: outer.signature, raw: data, salt: outer.salt };
}

/** A SignedVerdict. */
export function readVerdict(data: Bytes): SignedVerdict {
  const outer = record('SignedVerdict', opened('SignedVerdict', data), { verdict: same, signatures: same });
  const verdict = record('Verdict', outer.verdict, VERDICT);
  const findings = list('Finding', verdict.findings, FINDING);
  if (verdict.outcome >= OUTCOMES.length || findings.some(each => each.judgement >= JUDGEMENTS.length))
    throw new ProofError(['Verdict: an outcome or a judgement that does not exist.']);
  return { message: { ...verdict, findings }, votes: list('Vote', outer.signatures, VOTE), raw: data };
}

/** The digest of a result: SHA-256 of the canonical form of its files. */
export function manifestDigest(files: readonly { name: string; digest: string; size: number }[]): string {
  const entries = files.map(file => new Map<CborKey, Cbor>([
    [1n, file.name], [2n, bytesOf(file.digest.replace(/^sha256:/, ''))], [3n, BigInt(file.size)]]));
  return 'sha256:' + hexOf(sha256(encode([WIRE_VERSION, new Map<CborKey, Cbor>([[1n, entries]])])));
}
