// Canonical CBOR, as much of it as the wire form of Stun uses (RFC 8949, 4.2.1): whole numbers of any size, byte and
// text strings, arrays, maps with rising keys, booleans. One value has one encoding; what is encoded otherwise is
// refused, because two encodings of one order would have two digests.

import { bytesOf, isSame, joined, numberOf, type Bytes } from './bytes.js';

export type CborKey = bigint | string | boolean | Uint8Array;
export type Cbor = bigint | string | boolean | Uint8Array | Cbor[] | Map<CborKey, Cbor>;

const DEPTH_MAX = 32;
const BIG_UNSIGNED = 2n;
const BIG_NEGATIVE = 3n;

/** These bytes are no canonical CBOR, or hold what the wire form has not. */
export class CborError extends Error {}

const writer = new TextEncoder();

/** The one canonical encoding of a value. */
export function encode(value: Cbor): Bytes {
  if (typeof value === 'boolean') return Uint8Array.of(value ? 0xf5 : 0xf4);
  if (typeof value === 'bigint') return encodeNumber(value);
  if (typeof value === 'string') {
    const text = writer.encode(value);
    return joined(head(3, BigInt(text.length)), text);
  }
  if (value instanceof Uint8Array) return joined(head(2, BigInt(value.length)), value);
  if (Array.isArray(value)) return joined(head(4, BigInt(value.length)), ...value.map(encode));
  const entries = [...value].map(([key, item]) => ({ key: encode(key), item: encode(item) }));
  entries.sort((left, right) => compare(left.key, right.key));
  if (entries.some((each, at) => at > 0 && isSame(each.key, entries[at - 1]!.key)))
    throw new CborError('a map has a key twice');
  return joined(head(5, BigInt(entries.length)), ...entries.flatMap(each => [each.key, each.item]));
}

function encodeNumber(value: bigint): Bytes {
  const number = value >= 0n ? value : -1n - value;
  if (number < 1n << 64n) return head(value >= 0n ? 0 : 1, number);
  const digits = number.toString(16);
  const raw = bytesOf(digits.length % 2 === 0 ? digits : '0' + digits);
  return joined(head(6, value >= 0n ? BIG_UNSIGNED : BIG_NEGATIVE), encode(raw));
}

function head(major: number, number: bigint): Bytes {
  if (number < 24n) return Uint8Array.of((major << 5) | Number(number));
  for (const [code, size] of [[24, 1], [25, 2], [26, 4], [27, 8]] as const)
    if (number < 1n << BigInt(8 * size))
      return joined(
        Uint8Array.of((major << 5) | code), bytesOf(number.toString(16).padStart(2 * size, '0')));
  throw new CborError('a length or number of more than 64 bits has no head');
}

function compare(left: Uint8Array, right: Uint8Array): number {
  const shorter = Math.min(left.length, right.length);
  for (let index = 0; index < shorter; index++)
    if (left[index] !== right[index]) return left[index]! - right[index]!;
  return left.length - right.length;
}

/** The value that these bytes encode. Throws CborError unless they are exactly what encode makes of it: that is checked
 * by making it again. */
export function decode(data: Uint8Array): Cbor {
  const reader = new Reader(data);
  const value = reader.read(0);
  if (reader.at !== data.length) throw new CborError(`${data.length - reader.at} bytes follow the value`);
  if (!isSame(encode(value), data)) throw new CborError('the encoding is not the canonical one');
  return value;
}

class Reader {
  at = 0;
  // Without ignoreBOM a mark at the beginning of a text would be lost.
  readonly #texts = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  constructor(readonly data: Uint8Array) {}

  read(depth: number): Cbor {
    if (depth > DEPTH_MAX) throw new CborError(`deeper than ${DEPTH_MAX} levels`);
    const first = this.#take(1, 'a value')[0]!;
    const major = first >> 5;
    const code = first & 31;
    if (major === 7) {
      if (code !== 20 && code !== 21) throw new CborError('only true and false are used of major type 7');
      return code === 21;
    }
    const number = this.#number(code);
    if (major === 0) return number;
    if (major === 1) return -1n - number;
    if (major === 2) return this.#bytes(number);
    if (major === 3) return this.#text(number);
    if (major === 6) return this.#big(number, depth);
    return major === 4 ? this.#list(number, depth) : this.#map(number, depth);
  }

  #take(size: number, what: string): Uint8Array {
    if (size > this.data.length - this.at) throw new CborError(`the bytes end within ${what}`);
    this.at += size;
    return this.data.subarray(this.at - size, this.at);
  }

  #number(code: number): bigint {
    if (code < 24) return BigInt(code);
    if (code > 27) throw new CborError('lengths are always stated');
    return numberOf(this.#take(1 << (code - 24), 'a number'));
  }

  #bytes(size: bigint): Bytes {
    if (size > BigInt(this.data.length)) throw new CborError('the bytes end within a string');
    return new Uint8Array(this.#take(Number(size), 'a string'));
  }

  #text(size: bigint): string {
    const raw = this.#bytes(size);
    try {
      return this.#texts.decode(raw);
    } catch {
      throw new CborError('a text is no UTF-8');
    }
  }

  #big(tag: bigint, depth: number): bigint {
    const raw = this.read(depth + 1);
    if ((tag !== BIG_UNSIGNED && tag !== BIG_NEGATIVE) || !(raw instanceof Uint8Array))
      throw new CborError('only big numbers are tagged');
    return tag === BIG_UNSIGNED ? numberOf(raw) : -1n - numberOf(raw);
  }

  // Each item takes a byte at least: a count that lies ends at the end of the bytes, not of the memory.
  #list(count: bigint, depth: number): Cbor[] {
    const items: Cbor[] = [];
    for (let index = 0n; index < count; index++) items.push(this.read(depth + 1));
    return items;
  }

  #map(count: bigint, depth: number): Map<CborKey, Cbor> {
    const entries = new Map<CborKey, Cbor>();
    for (let index = 0n; index < count; index++) {
      const key = this.read(depth + 1);
      if (Array.isArray(key) || key instanceof Map) throw new CborError('a key is a list or a map');
      entries.set(key, this.read(depth + 1));
    }
    return entries;
  }
}
