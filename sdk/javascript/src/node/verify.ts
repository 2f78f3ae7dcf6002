#!/usr/bin/env node
// stun-verify PROOF --terms FILE: checks a proof that lies in a file, with no network at all.
// 0 if everything holds, 1 if something does not, 2 if a file cannot be read.

import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { ProofError, readTerms, verify, type Proof, type Terms } from '../receipts/index.js';

const USE = `stun-verify PROOF --terms FILE
  PROOF  what /v1/tasks/ID/verdict answered, as JSON or CBOR
  FILE   what /v1/network answered when you trusted the node, or its 'terms' alone`;

function tell(proof: Proof, trusted: Terms): string[] {
  const { division } = proof;
  const lines = [`task ${proof.task}: ${proof.outcome ?? 'not judged yet'}, result ${proof.result ?? 'none'}, `
    + `signed by ${proof.signers.length} of ${trusted.validators.length} validators`];
  if (division) {
    lines.push(`cost ${division.charged} of ${division.held}: treasury ${division.treasury}, `
      + `creator ${division.creator}`);
    for (const payout of division.payouts) lines.push(`  ${payout.provider} a${payout.attempt} +${payout.amount}`);
  }
  if (proof.batch !== undefined) lines.push(`in batch ${proof.batch}`);
  return [...lines, 'checked:', ...proof.checked.map(each => '  ' + each), 'not checked:',
    ...proof.unchecked.map(each => '  ' + each)];
}

async function main(given: readonly string[]): Promise<number> {
  const at = given.indexOf('--terms');
  const termsPath = given[at + 1];
  const proofPath = given.find((_, index) => at < 0 || (index !== at && index !== at + 1));
  if (at < 0 || given.length !== 3 || proofPath === undefined || termsPath === undefined) {
    console.error(USE);
    return 2;
  }
  let trusted: Terms;
  let raw: Uint8Array;
  try {
    const network = JSON.parse(new TextDecoder().decode(await readFile(termsPath))) as Record<string, unknown>;
    trusted = readTerms(network['terms'] ?? network);
    raw = await readFile(proofPath);
  } catch (bad) {
    console.error(`Cannot be read: ${(bad as Error).message}`);
    return 2;
  }
  try {
    console.log(tell(verify(raw, trusted), trusted).join('\n'));
    return 0;
  } catch (wrong) {
    if (!(wrong instanceof ProofError)) throw wrong;
    console.error(wrong.faults.join('\n'));
    return 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
