// What the tests stand on: the golden vectors of the repository, and keys that sign.
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bytesOfNumber, numberOf } from '../dist/receipts/bytes.js';
import { addressOf, Signature } from '../dist/receipts/signatures.js';

export const SDK = dirname(dirname(fileURLToPath(import.meta.url)));
export const REPOSITORY = dirname(dirname(SDK));

export function vectors(name) {
  return JSON.parse(readFileSync(join(REPOSITORY, 'api', 'vectors', name), 'utf8'));
}

export class Key {
  constructor(secret) {
    this.secret = bytesOfNumber(BigInt(secret), 32);
    this.address = addressOf(secp256k1.getPublicKey(this.secret, false).subarray(1));
  }

  sign(digest) {
    const raw = secp256k1.sign(digest, this.secret, { prehash: false, format: 'recovered' });
    return new Signature(numberOf(raw.subarray(1, 33)), numberOf(raw.subarray(33, 65)), raw[0]);
  }
}

/** The place of every text and number in a document. */
export function* leaves(value, path = []) {
  if (value !== null && typeof value === 'object')
    for (const [name, inner] of Object.entries(value)) yield* leaves(inner, [...path, name]);
  else if (value !== null && value !== undefined) yield path;
}

/** A copy in which this one text or number is another. */
export function changed(document, path) {
  const copied = structuredClone(document);
  const holder = path.slice(0, -1).reduce((inner, step) => inner[step], copied);
  const last = path.at(-1);
  const value = holder[last];
  if (typeof value === 'string') {
    const middle = value.length >> 1;
    holder[last] = value.slice(0, middle) + (value[middle] === '1' ? '2' : '1') + value.slice(middle + 1);
  } else holder[last] = typeof value === 'bigint' ? value + 1n : value + 1;
  return copied;
}
