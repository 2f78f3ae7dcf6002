// All that shows what became of a task, read from the bytes that a node gave.

import { base64Of, bytesOfBase64, hexOf, type Bytes } from './bytes.js';
import { exactly, parseExactly, type Json, type JsonObject } from './json.js';
import { commitment, Domain, structHash, type Message } from './typed-data.js';
import {
  decodeFor, JUDGEMENTS, OUTCOMES, ProofError, readOrder, readReceipt, readVerdict, type Signed, type SignedReceipt,
  type SignedVerdict,
} from './wire.js';

const BUNDLE_VERSION = 1n;
const ZERO = '0x' + '00'.repeat(32);

/** Whose signatures count. Whoever checks knows these from elsewhere than from the proof. */
export interface Terms {
  readonly chainId: bigint;
  readonly escrow: string;
  readonly validators: readonly string[];
  readonly quorum: bigint;
}

/** Of the `terms` in /v1/network, kept since a time when that node was trusted, or in a proof. */
export function readTerms(terms: unknown): Terms {
  const view = objectOf(exactly(terms), 'terms');
  return {
    chainId: wholeOf(view['chain_id'], 'terms.chain_id'), escrow: textOf(view['escrow'], 'terms.escrow').toLowerCase(),
    validators: listOf(view['validators'], 'terms.validators')
      .map(each => textOf(each, 'terms.validators').toLowerCase()),
    quorum: wholeOf(view['quorum'], 'terms.quorum'),
  };
}

export function isSameTerms(left: Terms, right: Terms): boolean {
  return left.chainId === right.chainId && left.escrow === right.escrow && left.quorum === right.quorum
    && left.validators.length === right.validators.length
    && left.validators.every((each, index) => each === right.validators[index]);
}

/** Order, receipts and verdict, each with its canonical bytes, and the terms that the bundle claims. */
export interface Bundle {
  readonly terms: Terms;
  readonly domain: Domain;
  /** The task's id, which follows from the order: the first half of its digest. */
  readonly task: string;
  readonly order: Signed;
  readonly receipts: readonly SignedReceipt[];
  readonly verdict: SignedVerdict | undefined;
  /** The readable form, if it came in one: every field of it is compared with the bytes. */
  readonly document: JsonObject | undefined;
}

/** From CBOR, from JSON (bytes or text), or from JSON that was parsed. Throws ProofError for anything else. */
export function readBundle(proof: unknown): Bundle {
  try {
    const form = proof instanceof Uint8Array && isText(proof) ? new TextDecoder().decode(proof) : proof;
    if (form instanceof Uint8Array) return ofCbor(new Uint8Array(form));
    return ofJson(objectOf(typeof form === 'string' ? parseExactly(form) : exactly(form), 'document'));
  } catch (bad) {
    if (bad instanceof ProofError) throw bad;
    throw new ProofError([`This is no proof: ${(bad as Error).message}.`]);
  }
}

/** Whether the first byte that is no blank opens an object. */
function isText(raw: Uint8Array): boolean {
  return raw[raw.findIndex(byte => ![0x20, 0x09, 0x0a, 0x0d].includes(byte))] === 0x7b;
}

interface Parts {
  readonly terms: Terms;
  readonly order: Signed;
  readonly receipts: readonly SignedReceipt[];
  readonly verdict: SignedVerdict | undefined;
  readonly document: JsonObject | undefined;
}

function bundleOf(parts: Parts): Bundle {
  const domain = new Domain(parts.terms.chainId, parts.terms.escrow);
  return { ...parts, domain, task: '0x' + hexOf(domain.digest('TaskOrder', parts.order.message).subarray(0, 16)) };
}

function ofCbor(raw: Bytes): Bundle {
  const value = decodeFor('ProofBundle', raw);
  if (!Array.isArray(value) || value.length !== 8 || value[0] !== BUNDLE_VERSION)
    throw new ProofError([`ProofBundle: not [${BUNDLE_VERSION}, ...] with eight fields.`]);
  const [, order, receipts, verdict, chain, escrow, validators, quorum] = value;
  const bytes = (one: unknown, size?: number): Bytes => {
    if (!(one instanceof Uint8Array) || (size !== undefined && one.length !== size))
      throw new ProofError(['ProofBundle: a field has another form than it should.']);
    return new Uint8Array(one);
  };
  const address = (one: unknown) => '0x' + hexOf(bytes(one, 20));
  if (!Array.isArray(receipts) || !Array.isArray(validators) || typeof chain !== 'bigint' || chain < 0n
    || typeof quorum !== 'bigint' || quorum < 0n)
    throw new ProofError(['ProofBundle: a field has another form than it should.']);
  const judged = bytes(verdict);
  return bundleOf({
    terms: { chainId: chain, escrow: address(escrow), validators: validators.map(address), quorum },
    order: readOrder(bytes(order)), receipts: receipts.map(each => readReceipt(bytes(each))),
    verdict: judged.length > 0 ? readVerdict(judged) : undefined, document: undefined,
  });
}

function ofJson(document: JsonObject): Bundle {
  const cbor = (view: Json | undefined, place: string) =>
    bytesOfBase64(textOf(objectOf(view, place)['cbor'], `${place}.cbor`));
  const verdict = document['verdict'] ?? null;
  return bundleOf({
    terms: readTerms(document['terms']), order: readOrder(cbor(document['order'], 'order')),
    receipts: listOf(document['receipts'], 'receipts')
      .map(each => readReceipt(cbor(objectOf(each, 'receipts')['signed'], 'receipts.signed'))),
    verdict: verdict === null ? undefined : readVerdict(cbor(verdict, 'verdict')), document,
  });
}

export function objectOf(value: Json | undefined, place: string): JsonObject {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new Error(`'${place}' is no object`);
  return value;
}

export function listOf(value: Json | undefined, place: string): Json[] {
  if (!Array.isArray(value)) throw new Error(`'${place}' is no list`);
  return value;
}

export function textOf(value: Json | undefined, place: string): string {
  if (typeof value !== 'string') throw new Error(`'${place}' is no text`);
  return value;
}

export function wholeOf(value: Json | undefined, place: string): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'string' && /^(?:0|[1-9]\d*)$/.test(value)) return BigInt(value);
  throw new Error(`'${place}' is no whole number`);
}

/** The readable form as the API writes it, made anew from the bytes; without the batch. */
export function viewOf(bundle: Bundle): JsonObject {
  const { domain, order, terms, verdict } = bundle;
  const messages: JsonObject = {
    order: messageView(order.message), receipts: bundle.receipts.map(each => messageView(each.message)),
  };
  const view: JsonObject = {
    task: bundle.task.slice(2),
    terms: {
      chain_id: terms.chainId, escrow: terms.escrow, validators: [...terms.validators], quorum: terms.quorum,
      domain_separator: hexOf(domain.separator),
    },
    order: signedView(domain.digest('TaskOrder', order.message), order.message['requester'] as string, order),
    receipts: bundle.receipts.map(each => receiptView(domain, each)),
    messages,
  };
  if (verdict !== undefined) {
    view['verdict'] = verdictView(domain, verdict);
    messages['verdict'] = messageView(verdict.message);
  }
  return view;
}

function signedView(digest: Bytes, signer: string, signed: Signed): JsonObject {
  return { digest: hexOf(digest), signer, signature: signed.signature.text, cbor: base64Of(signed.raw) };
}

function receiptView(domain: Domain, signed: SignedReceipt): JsonObject {
  const message = signed.message as Readonly<Record<string, string>>;
  const digest = domain.digest('Receipt', signed.message);
  return {
    attempt: `a${message['attempt']}`, provider: message['provider']!,
    offer: (signed.message['offer'] as bigint).toString(16).padStart(16, '0'), spec: message['spec']!.slice(2),
    result: 'sha256:' + message['result']!.slice(2), proof: sha256View(message['proof']!),
    resumed_from: sha256View(message['resumedFrom']!), run_time_micros: signed.message['runTime'] as bigint,
    salt: hexOf(signed.salt), commitment: hexOf(commitment(digest, signed.salt)),
    signed: signedView(digest, message['provider']!, signed),
  };
}

function verdictView(domain: Domain, signed: SignedVerdict): JsonObject {
  const message = signed.message;
  return {
    round: message['round'] as bigint, outcome: OUTCOMES[Number(message['outcome'])]!,
    result: sha256View(message['result'] as string), cheat_pass_ppb: message['cheatPassPpb'] as bigint,
    findings: (message['findings'] as readonly Message[]).map(each => ({
      attempt: `a${String(each['attempt'])}`, provider: each['provider'] as string,
      judgement: JUDGEMENTS[Number(each['judgement'])]!, pay: String(each['pay']),
    })),
    digest: hexOf(domain.digest('Verdict', message)),
    signatures: signed.votes.map(vote => ({ validator: vote.validator, signature: vote.signature.text })),
    cbor: base64Of(signed.raw),
  };
}

function sha256View(digest: string): string | null {
  return digest === ZERO ? null : 'sha256:' + digest.slice(2);
}

/** Fields of a message that are JSON numbers; all others are text, as they may need more than 53 bits. */
const NUMBERS = new Set(['priority', 'round', 'outcome', 'judgement', 'cheatPassPpb']);

function messageView(message: Message): JsonObject {
  const view: JsonObject = {};
  for (const [name, value] of Object.entries(message)) {
    const snake = name.replace(/[A-Z]/g, letter => '_' + letter.toLowerCase());
    if (typeof value === 'object') view[snake] = value.map(messageView);
    else view[snake] = NUMBERS.has(name) ? value : String(value);
  }
  return view;
}

/** The struct hashes of order and verdict, as a batch's line has them. */
export function lineHashes(bundle: Bundle): { order: Bytes; verdict: Bytes } {
  if (bundle.verdict === undefined) throw new ProofError(['Without a verdict a task is in no batch.']);
  return {
    order: structHash('TaskOrder', bundle.order.message), verdict: structHash('Verdict', bundle.verdict.message),
  };
}
