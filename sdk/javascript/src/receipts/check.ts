// Checks a proof from its bytes alone: nobody is asked, and nothing that a node said besides is believed.

import { isSameTerms, lineHashes, listOf, objectOf, readBundle, textOf, viewOf, wholeOf, type Bundle, type Terms }
  from './bundle.js';
import { bytesOf, hexOf } from './bytes.js';
import { divide, SHARES, type Division, type Shares } from './division.js';
import type { Json, JsonObject } from './json.js';
import { isIn, lineOf } from './merkle.js';
import { recover, recoverText, type Signature } from './signatures.js';
import type { Message } from './typed-data.js';
import { COMPLETE, OUTCOMES, PAID, ProofError, type Outcome } from './wire.js';

/** What a proof that holds shows. */
export interface Proof {
  readonly task: string;
  readonly requester: string;
  /** Undefined where the validators have not judged yet. */
  readonly outcome: Outcome | undefined;
  /** `sha256:` and the digest of the result's manifest. */
  readonly result: string | undefined;
  /** Validators whose votes for the verdict are good. */
  readonly signers: readonly string[];
  readonly division: Division | undefined;
  /** The number of the batch, if the proof has one and its path and signatures hold. */
  readonly batch: bigint | undefined;
  /** A sentence for each thing that was checked and holds. */
  readonly checked: readonly string[];
  /** A sentence for each thing that could not be checked from these bytes, and who knows it. */
  readonly unchecked: readonly string[];
  readonly bundle: Bundle;
}

/** What the proof shows, if all of it holds; throws ProofError with every fault otherwise.
 *
 * `proof` is what /v1/tasks/ID/verdict answers: JSON (text, bytes or parsed), or canonical CBOR. `trusted` are the
 * network's terms as you know them. With undefined the proof only shows that it agrees with itself, since it names its
 * own validators: use that for a look, never for a decision. */
export function verify(proof: unknown, trusted: Terms | undefined, shares: Shares = SHARES): Proof {
  const bundle = readBundle(proof);
  const wrong = faults(bundle, trusted);
  if (wrong.length > 0) throw new ProofError(wrong);
  const verdict = bundle.verdict;
  const batch = bundle.document?.['batch'] ?? undefined;
  const result = verdict?.message['result'] as string | undefined;
  return {
    task: bundle.task.slice(2), requester: bundle.order.message['requester'] as string,
    outcome: verdict && OUTCOMES[Number(verdict.message['outcome'])],
    result: result === undefined || BigInt(result) === 0n ? undefined : 'sha256:' + result.slice(2),
    signers: [...new Set(verdict?.votes.map(vote => vote.validator))],
    division: verdict && divide(bundle.order.message, verdict.message, shares),
    batch: batch === undefined ? undefined : wholeOf(objectOf(batch, 'batch')['number'], 'batch.number'),
    checked: checkedIn(bundle, trusted), unchecked: uncheckedIn(bundle, trusted), bundle,
  };
}

function checkedIn(bundle: Bundle, trusted: Terms | undefined): string[] {
  const said = ['The order is signed by its requester, and the task\'s id follows from it.'];
  if (trusted) said.push('Escrow, chain, validators and quorum are those that were trusted.');
  if (bundle.receipts.length > 0)
    said.push('Each receipt is signed by its provider, for this task and what was ordered.');
  if (bundle.verdict) {
    said.push(`The verdict is about this task and signed by ${bundle.terms.quorum} validators at least.`);
    said.push('Who is paid has a receipt, and all pays together keep within the price limit.');
    said.push('The result is in a receipt, and the division follows from order and verdict.');
  }
  if (bundle.document) said.push('Every readable field that is known says what the signed bytes say.');
  if (bundle.document?.['batch'])
    said.push('The validators signed the batch, and the path leads from this task to its root.');
  return said;
}

function uncheckedIn(bundle: Bundle, trusted: Terms | undefined): string[] {
  const said: string[] = [];
  if (!trusted) said.push('Whether these validators are those of the network: no terms were given to compare with.');
  if (!bundle.document && bundle.receipts.length > 0)
    said.push('The salts of the receipts: no signature covers them, and no commitment stands beside them.');
  if (!bundle.verdict) said.push('What became of the task: the validators have not judged it yet.');
  else said.push('The shares of treasury and creator: the network\'s terms say them.');
  if (bundle.document?.['batch'])
    said.push('Whether the chain has carried the batch out, its state and when it is payable: the chain knows.');
  else if (bundle.verdict) said.push('Whether the money has moved: this proof names no batch.');
  return said;
}

/** What is wrong, one sentence each; nothing if all holds. */
export function faults(bundle: Bundle, trusted: Terms | undefined): string[] {
  const found: string[] = [];
  if (trusted !== undefined && !isSameTerms(trusted, bundle.terms))
    found.push('The proof names other validators, another quorum or another escrow than the network has.');
  found.push(...orderFaults(bundle), ...receiptFaults(bundle), ...verdictFaults(bundle));
  if (bundle.document === undefined) return found;
  found.push(...differences(viewOf(bundle), bundle.document, ''));
  const batch = bundle.document['batch'] ?? null;
  if (batch === null) return found;
  try {
    found.push(...batchFaults(bundle, objectOf(batch, 'batch')));
  } catch (bad) {
    found.push(`The batch cannot be read: ${(bad as Error).message}.`);
  }
  return found;
}

function isBy(signer: unknown, digest: Uint8Array, signature: Signature): boolean {
  return recover(digest, signature) === signer;
}

function* orderFaults({ domain, order }: Bundle): Iterable<string> {
  const requester = order.message['requester'];
  if (!isBy(requester, domain.digest('TaskOrder', order.message), order.signature))
    yield `The order is not signed by its requester ${String(requester)}.`;
}

function* receiptFaults(bundle: Bundle): Iterable<string> {
  for (const { message, signature } of bundle.receipts) {
    const name = `The receipt of a${String(message['attempt'])}`;
    if (!isBy(message['provider'], bundle.domain.digest('Receipt', message), signature))
      yield `${name} is not signed by its provider ${String(message['provider'])}.`;
    if (message['task'] !== bundle.task) yield `${name} is for another task.`;
    if (message['spec'] !== bundle.order.message['spec']) yield `${name} is for another spec than the order's.`;
  }
}

interface CountedVote {
  readonly validator: string;
  readonly isGood: boolean;
}

function* quorumFaults(what: string, terms: Terms, votes: readonly CountedVote[]): Iterable<string> {
  const signers = new Set<string>();
  for (const { validator, isGood } of votes) {
    if (!terms.validators.includes(validator)) yield `${validator} signed the ${what} and is no validator.`;
    else if (!isGood) yield `The signature of ${validator} is not for this ${what}.`;
    else signers.add(validator);
  }
  if (terms.quorum < 1n) yield 'A quorum of nobody proves nothing.';
  if (BigInt(signers.size) < terms.quorum)
    yield `${signers.size} validators signed the ${what}; ${terms.quorum} must.`;
}

function* verdictFaults(bundle: Bundle): Iterable<string> {
  if (bundle.verdict === undefined) return;
  const { message, votes } = bundle.verdict;
  if (message['task'] !== bundle.task) yield 'The verdict is about another task.';
  const digest = bundle.domain.digest('Verdict', message);
  yield* quorumFaults('verdict', bundle.terms, votes.map(vote =>
    ({ validator: vote.validator, isGood: isBy(vote.validator, digest, vote.signature) })));
  const findings = message['findings'] as readonly Message[];
  const isComplete = message['outcome'] === COMPLETE;
  for (const finding of isComplete ? findings.filter(each => each['judgement'] === PAID) : []) {
    const name = `a${String(finding['attempt'])}`;
    const receipt = bundle.receipts.find(each => each.message['attempt'] === finding['attempt']);
    if (receipt === undefined) yield `${name} is paid and has no receipt here.`;
    else if (receipt.message['provider'] !== finding['provider'])
      yield `${name} is paid to another than its receipt's provider.`;
  }
  const pay = findings.reduce((sum, each) => sum + (each['pay'] as bigint), 0n);
  if (pay > (bundle.order.message['priceLimit'] as bigint))
    yield 'The verdict pays more than the order\'s price limit.';
  // With a comparator results may differ and count as the same; the verdict's is then one of them.
  if (isComplete && bundle.receipts.every(each => each.message['result'] !== message['result']))
    yield 'The result of the verdict is in no receipt.';
}

function* batchFaults(bundle: Bundle, batch: JsonObject): Iterable<string> {
  const { order, verdict } = lineHashes(bundle);
  const root = textOf(batch['root'], 'batch.root');
  const [tasks, index] = [batch['tasks'], batch['index']];
  if (typeof tasks !== 'bigint' || typeof index !== 'bigint') throw new Error('a place is no whole number');
  const digest = bundle.domain.digest('Batch', {
    number: wholeOf(batch['number'], 'batch.number'), root, tasks, moves: textOf(batch['moves'], 'batch.moves'),
  });
  const line = lineOf(bytesOf(bundle.task), order, verdict);
  yield* differences({
    task: bundle.task.slice(2), order: hexOf(order), verdict: hexOf(verdict), line: hexOf(line), digest: hexOf(digest),
  }, batch, 'batch');
  const votes = listOf(batch['signatures'], 'batch.signatures').map(each => {
    const vote = objectOf(each, 'batch.signatures');
    const validator = textOf(vote['validator'], 'batch.signatures.validator').toLowerCase();
    const signature = textOf(vote['signature'], 'batch.signatures.signature');
    return { validator, isGood: recoverText(digest, signature) === validator };
  });
  yield* quorumFaults('batch', bundle.terms, votes);
  const path = listOf(batch['path'], 'batch.path').map(each => bytesOf(textOf(each, 'batch.path')));
  if (!isIn(bytesOf(root), line, index, tasks, path))
    yield 'The path does not lead from this task to the root of the batch.';
}

/** Where the readable form says something else than the bytes. Names that we do not know are left alone. */
function* differences(expected: Json, found: Json | undefined, place: string): Iterable<string> {
  if (Array.isArray(expected)) {
    if (Array.isArray(found) && found.length === expected.length) {
      for (const [index, value] of expected.entries()) yield* differences(value, found[index], `${place}[${index}]`);
      return;
    }
  } else if (expected !== null && typeof expected === 'object') {
    if (found !== null && typeof found === 'object' && !Array.isArray(found)) {
      for (const [name, value] of Object.entries(expected))
        yield* differences(value, found[name], place === '' ? name : `${place}.${name}`);
      return;
    }
  } else if (typeof expected === 'string' && typeof found === 'string' && !place.endsWith('cbor')) {
    if (expected.toLowerCase() === found.toLowerCase()) return;
  } else if (expected === (found ?? null)) return;
  yield `'${place}' says something else than what was signed.`;
}
