/** Checks offline what a node says became of a task. Nothing here speaks with anybody.
 *
 *     import { readTerms, verify } from 'stun-sdk/receipts';
 *     const proof = verify(document, readTerms(termsFromElsewhere));
 *     proof.outcome; proof.result; proof.division; proof.checked; proof.unchecked;
 */
export { readBundle, readTerms, type Bundle, type Terms } from './bundle.js';
export { keccak256 } from './bytes.js';
export { faults, verify, type Proof } from './check.js';
export { divide, SHARES, type Division, type Payout, type Shares } from './division.js';
export { Signature } from './signatures.js';
export { Domain, type Message } from './typed-data.js';
export { manifestDigest, ProofError, type Outcome } from './wire.js';
