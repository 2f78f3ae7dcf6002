// Bytes and the hexadecimal text that stands for them.

import { keccak_256 } from '@noble/hashes/sha3.js';

export type Bytes = Uint8Array<ArrayBuffer>;

/** The 32 bytes of the Keccak-256 digest, the hash of Ethereum. */
export function keccak256(...parts: Uint8Array[]): Bytes {
  return new Uint8Array(keccak_256(joined(...parts)));
}

export function joined(...parts: Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

/** In lower case, without 0x. */
export function hexOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

/** The bytes of hexadecimal text, with or without 0x. Throws if it is none. */
export function bytesOf(text: string): Bytes {
  const digits = text.startsWith('0x') ? text.slice(2) : text;
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) throw new Error(`'${text}' is no hexadecimal text`);
  const bytes = new Uint8Array(digits.length / 2);
  for (let index = 0; index < bytes.length; index++)
    bytes[index] = parseInt(digits.slice(2 * index, 2 * index + 2), 16);
  return bytes;
}

export function numberOf(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt('0x' + hexOf(bytes));
}

/** So many bytes, the highest first. The number must fit. */
export function bytesOfNumber(number: bigint, size: number): Bytes {
  return bytesOf(number.toString(16).padStart(2 * size, '0'));
}

export function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** The bytes of base64 in its one form: padded, without blanks. Throws if it is none. */
export function bytesOfBase64(text: string): Bytes {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text))
    throw new Error('this is no base64');
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let index = 0; index < raw.length; index++) bytes[index] = raw.charCodeAt(index);
  return bytes;
}
