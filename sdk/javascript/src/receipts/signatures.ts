// Who signed: the address behind a signature on the curve secp256k1 (SEC 1, 4.1.6).

import { secp256k1 } from '@noble/curves/secp256k1.js';
import { bytesOf, hexOf, keccak256, numberOf } from './bytes.js';

const HALF = secp256k1.Point.Fn.ORDER / 2n;

/** r, s and the recovery id of a signature on secp256k1. */
export class Signature {
  constructor(readonly r: bigint, readonly s: bigint, readonly recoveryId: number) {}

  /** As wallets write it: 0x, r, s and v, which is 27 or 28. */
  get text(): string {
    const word = (number: bigint) => number.toString(16).padStart(64, '0');
    return `0x${word(this.r)}${word(this.s)}${(this.recoveryId + 27).toString(16).padStart(2, '0')}`;
  }
}

/** The address of a public key of 64 bytes: the last 20 bytes of its hash. */
export function addressOf(key: Uint8Array): string {
  return '0x' + hexOf(keccak256(key).subarray(12));
}

/** The address whose key signed the digest, or undefined where these numbers are no signature.
 *
 * Of the two forms that every signature has only that with the lower s is taken, as by Ethereum since EIP-2: so nobody
 * can make a second one out of a first. For the same reason a recovery id is 0 or 1. */
export function recover(digest: Uint8Array, { r, s, recoveryId }: Signature): string | undefined {
  if (r <= 0n || s <= 0n || s > HALF || (recoveryId !== 0 && recoveryId !== 1)) return undefined;
  try {
    const signature = new secp256k1.Signature(r, s).addRecoveryBit(recoveryId);
    return addressOf(signature.recoverPublicKey(digest).toBytes(false).subarray(1));
  } catch {
    // No point of the curve has this r, or the key would be the point at infinity.
    return undefined;
  }
}

/** The same for a signature as wallets write it. */
export function recoverText(digest: Uint8Array, signature: string): string | undefined {
  let raw: Uint8Array;
  try {
    raw = bytesOf(signature);
  } catch {
    return undefined;
  }
  if (raw.length !== 65) return undefined;
  return recover(
    digest, new Signature(numberOf(raw.subarray(0, 32)), numberOf(raw.subarray(32, 64)), raw[64]! - 27));
}
