// What is asked for: a task and its parts, as the API takes them. What is left out has a default of the node's, which
// is safe and not large: 10 minutes, one core, 512 MiB, two of three runs that agree, a deadline in a day.

import { InvalidRequest } from './errors.js';

/** An amount in the smallest unit. A number must be such that nothing of it was rounded away. */
export type Amount = bigint | number;

/** A file that the program finds under `name`: a blob that was uploaded before. */
export interface Input {
  readonly name: string;
  readonly digest: string;
  readonly size: number;
}

/** What the program needs. */
export interface Resources {
  readonly gpuCount?: number;
  readonly gpuModel?: string;
  readonly gpuMemoryMib?: number;
  readonly computeCapability?: string;
  readonly cpuMillis?: number;
  readonly memoryMib?: number;
  readonly diskMib?: number;
  readonly regions?: readonly string[];
  readonly nodes?: number;
}

/** How a result is checked before anybody is paid. Make one by name: `verification.redundant(2, 3)`. */
export interface Verification {
  readonly kind: string;
  readonly ratePpm?: number;
  readonly agreeing?: number;
  readonly attempts?: number;
  readonly circuit?: string;
  readonly policy?: string;
}

export const verification = {
  /** One run, believed. */
  none: (): Verification => ({ kind: 'none' }),
  /** One run; so many in a million are run again by validators, who do not say which. */
  audit: (ratePpm: number): Verification => ({ kind: 'audit', ratePpm }),
  /** Up to `attempts` runs by different providers until `agreeing` of them agree. */
  redundant: (agreeing = 2, attempts = 3): Verification => ({ kind: 'redundant', agreeing, attempts }),
} as const;

/** When two results count as the same: byte for byte, or by what they mean. */
export interface Comparator {
  readonly kind?: string;
  readonly absoluteUnits?: number;
  readonly absoluteExponent?: number;
  readonly relativePpb?: number;
  readonly distancePpm?: number;
}

/** Which providers are wanted. */
export interface ProviderChoice {
  readonly reputationPpmMin?: number;
  readonly stakeMin?: Amount;
  readonly allowed?: readonly string[];
  readonly denied?: readonly string[];
}

/** A task to be run. `priceLimit` is the most that it may cost, in the smallest unit. */
export interface TaskRequest {
  /** `docker://HOST/NAME@sha256:DIGEST`, or the digest alone. */
  readonly image?: string;
  readonly command?: readonly string[];
  readonly inputs?: readonly Input[];
  /** Names of the files that are the result. Without any, it is what the program writes to its standard output. */
  readonly outputs?: readonly string[];
  readonly resources?: Resources;
  readonly verification?: Verification;
  readonly comparator?: Comparator;
  readonly providers?: ProviderChoice;
  readonly privacy?: string;
  readonly runTimeMaxSeconds?: number;
  readonly priceLimit?: Amount;
  readonly deadline?: Date;
  readonly priority?: string;
  /** A model by digest, instead of an image. */
  readonly model?: string;
  /** Instead of both: the digest of a statement, of which the provider's own prover makes a proof. */
  readonly proof?: string;
  /** Instead of all of them: the digest of a challenge, which the provider answers with its key and evidence. */
  readonly attestation?: string;
  readonly modelCreator?: string;
  readonly home?: string;
}

/** Amounts go as text: they may have more digits than other readers of JSON keep. */
const AMOUNTS = new Set(['priceLimit', 'stakeMin']);

/** The JSON form of a request or of a part of it, without what was left out. */
export function formOf(request: object): Record<string, unknown> {
  const form: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(request))
    if (value !== undefined && value !== null)
      form[name.replace(/[A-Z]/g, letter => '_' + letter.toLowerCase())] = valueOf(name, value);
  return form;
}

function valueOf(name: string, value: unknown): unknown {
  if (AMOUNTS.has(name)) return amount(name, value);
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw new InvalidRequest(`${name} is no time.`);
    return value.toISOString();
  }
  if (typeof value === 'number' && !Number.isSafeInteger(value))
    throw new InvalidRequest(`${name} is ${value}, and no whole number that nothing was rounded away of.`);
  if (Array.isArray(value)) return value.map(each => valueOf(name, each));
  if (typeof value === 'bigint') throw new InvalidRequest(`${name} is a number, not a bigint.`);
  return typeof value === 'object' ? formOf(value as object) : value;
}

function amount(name: string, value: unknown): string {
  if (typeof value !== 'bigint' && !Number.isSafeInteger(value))
    throw new InvalidRequest(`${name} is ${String(value)}: give an amount as a bigint, as 1_000n.`);
  return String(value);
}
