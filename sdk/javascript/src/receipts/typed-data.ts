// The EIP-712 digests that are signed in the network:
//   digest = keccak(0x1901, separator of the domain, keccak(type hash, fields of 32 bytes each))
// A signature made for one escrow on one chain is worth nothing at another, because both stand in the domain.

import { bytesOf, bytesOfNumber, joined, keccak256, type Bytes } from './bytes.js';

/** Fields and their order are consensus: contracts hash the same strings. */
export const TYPES: Readonly<Record<string, string>> = {
  EIP712Domain: 'string name,string version,uint256 chainId,address verifyingContract',
  TaskOrder: 'address requester,uint64 idempotencyKey,bytes32 spec,uint64 runTimeMax,uint128 priceLimit,'
    + 'uint64 deadline,uint8 priority,address modelCreator,uint64 home',
  CancelTask: 'bytes16 task',
  Receipt: 'uint64 attempt,bytes16 task,address provider,uint64 offer,bytes32 spec,bytes32 result,bytes32 proof,'
    + 'bytes32 resumedFrom,uint64 runTime',
  CapabilityRecord: 'address node,bytes32 record,uint64 measuredAt,bytes32 nonce',
  Finding: 'uint64 attempt,address provider,uint8 judgement,uint128 pay',
  Verdict: 'bytes16 task,uint16 round,uint8 outcome,bytes32 result,Finding[] findings,uint32 cheatPassPpb',
  Batch: 'uint64 number,bytes32 root,uint32 tasks,bytes32 moves',
};

/** A message by the EIP-712 names of its fields: numbers are bigints, bytes and addresses hexadecimal text. */
export interface Message { readonly [field: string]: bigint | string | readonly Message[] }

const texts = new TextEncoder();

/** The name and the type of each field of a type, in order. */
export function fieldsOf(type: string): { name: string; kind: string }[] {
  return TYPES[type]!.split(',').map(part => {
    const [kind, name] = part.split(' ') as [string, string];
    return { name, kind };
  });
}

const typeHashes = new Map(Object.keys(TYPES).map(type => [type, typeHash(type)]));

function typeHash(type: string): Bytes {
  const inner = [...new Set(fieldsOf(type).map(field => field.kind.replace('[]', '')))].filter(kind => kind in TYPES);
  const text = [type, ...inner.sort()].map(each => `${each}(${TYPES[each]})`).join('');
  return keccak256(texts.encode(text));
}

function word(kind: string, value: Message[string] | undefined): Bytes {
  if (kind.endsWith('[]') && Array.isArray(value))
    return keccak256(...value.map(item => structHash(kind.slice(0, -2), item as Message)));
  if (kind === 'string' && typeof value === 'string') return keccak256(texts.encode(value));
  if (kind.startsWith('uint') && (typeof value === 'bigint' || typeof value === 'string')) {
    const number = BigInt(value);
    if (number < 0n || number >= 1n << BigInt(kind.slice(4))) throw new RangeError(`${number} is no ${kind}`);
    return bytesOfNumber(number, 32);
  }
  if (typeof value !== 'string') throw new TypeError(`${String(value)} is no ${kind}`);
  const raw = bytesOf(value);
  const size = kind === 'address' ? 20 : Number(kind.slice(5));
  if (raw.length !== size) throw new RangeError(`${value} is no ${kind}`);
  const padding = new Uint8Array(32 - size);
  // Numbers and addresses stand at the right end of their word, bytes at the left one.
  return kind === 'address' ? joined(padding, raw) : joined(raw, padding);
}

/** The hash of a message without its domain. */
export function structHash(type: string, message: Message): Bytes {
  return keccak256(typeHashes.get(type)!, ...fieldsOf(type).map(field => word(field.kind, message[field.name])));
}

/** For which escrow on which chain a signature holds. */
export class Domain {
  /** The hash that every digest begins with. */
  readonly separator: Bytes;

  constructor(chainId: bigint, escrow: string) {
    this.separator = structHash('EIP712Domain', { name: 'Stun', version: '1', chainId, verifyingContract: escrow });
  }

  /** What is signed for a message of this type. */
  digest(type: string, message: Message): Bytes {
    return keccak256(Uint8Array.of(0x19, 0x01), this.separator, structHash(type, message));
  }
}

/** What a provider showed before it saw the results of others; the salt hides a result that can be guessed. */
export function commitment(receiptDigest: Uint8Array, salt: Uint8Array): Bytes {
  return keccak256(receiptDigest, salt);
}
