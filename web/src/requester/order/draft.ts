// What the form of a task holds, and the request that comes of it. Fields are text as they were typed: what is wrong in
// them is said beside them, before anything is sent.
import { verification, type Input, type TaskRequest, type Verification } from 'stun-sdk';

export type Check = 'none' | 'audit' | 'redundant';

export interface Draft {
  readonly work: 'image' | 'model';
  readonly image: string;
  readonly model: string;
  readonly command: string;
  readonly inputs: readonly Input[];
  readonly outputs: string;
  readonly cpu: string;
  readonly memory: string;
  readonly disk: string;
  readonly gpus: string;
  readonly gpuMemory: string;
  readonly regions: string;
  readonly check: Check;
  readonly auditShare: string;
  readonly agreeing: string;
  readonly attempts: string;
  readonly comparator: 'bytes' | 'json' | 'numeric' | 'histogram';
  readonly distance: string;
  readonly tolerance: string;
  readonly reputation: string;
  readonly runTime: string;
  readonly priceLimit: string;
  readonly deadlineHours: string;
}

export const BLANK: Draft = {
  work: 'image', image: '', model: '', command: '', inputs: [], outputs: '', cpu: '1', memory: '512', disk: '256', gpus: '0',
  gpuMemory: '', regions: '', check: 'redundant', auditShare: '5', agreeing: '2', attempts: '3', comparator: 'bytes', distance: '1',
  tolerance: '0.001', reputation: '', runTime: '60', priceLimit: '100000', deadlineHours: '24',
};

export type Faults = Partial<Record<keyof Draft, string>>;

/** Words as a shell would cut them: quotes keep spaces, a backslash keeps the next letter. Nothing is expanded. */
export function wordsOf(line: string): string[] | undefined {
  const words: string[] = [];
  let word = '';
  let isIn = false;
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const letter = line[at]!;
    if (quote === "'" ? letter !== "'" : letter === '\\' && at + 1 < line.length) {
      if (quote === "'") word += letter;
      else if (quote === '"' && !'"\\$`\n'.includes(line[at + 1]!)) word += letter + line[++at]!;
      else word += line[++at]!;
      isIn = true;
    } else if (letter === quote) quote = '';
    else if (quote === '' && (letter === '"' || letter === "'")) [quote, isIn] = [letter, true];
    else if (quote === '' && /\s/.test(letter)) {
      if (isIn) words.push(word);
      [word, isIn] = ['', false];
    } else [word, isIn] = [word + letter, true];
  }
  if (quote !== '') return undefined;
  if (isIn) words.push(word);
  return words;
}

/** The other way, for a task that is to be like another. */
export function lineOf(words: readonly string[]): string {
  return words.map(word => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, `'\\''`)}'`)).join(' ');
}

function whole(text: string, least: number, most: number): number | undefined {
  if (!/^\d{1,15}$/.test(text.trim())) return undefined;
  const value = Number(text);
  return value >= least && value <= most ? value : undefined;
}

function listOf(text: string): string[] {
  return text.split(/[\s,]+/).filter(each => each !== '');
}

/** What the draft asks for, as far as it can be read, and what is wrong with it. */
export function requestOf(draft: Draft): { readonly request: TaskRequest; readonly faults: Faults } {
  const faults: Faults = {};
  const number = (name: keyof Draft, least: number, most: number): number => {
    const value = whole(draft[name] as string, least, most);
    if (value === undefined) faults[name] = `A whole number from ${least} to ${most.toLocaleString('en')}.`;
    return value ?? least;
  };
  const command = wordsOf(draft.command);
  if (command === undefined) faults.command = 'A quote is not closed.';
  if (draft.work === 'image' && !/^(\S+@)?sha256:[0-9a-f]{64}$/i.test(draft.image.trim()))
    faults.image = 'Name it by its digest: docker://HOST/NAME@sha256:… or sha256:… alone. A tag can change.';
  if (draft.work === 'model' && !/^sha256:[0-9a-f]{64}$/.test(draft.model)) faults.model = 'Choose a model.';
  const cpu = Number(draft.cpu);
  if (!(cpu >= 0.1 && cpu <= 1024)) faults.cpu = 'From 0.1 to 1024.';
  if (!/^\d{1,29}$/.test(draft.priceLimit.trim())) faults.priceLimit = 'A whole number of the smallest unit.';
  const gpus = number('gpus', 0, 64);
  const request: TaskRequest = {
    ...(draft.work === 'image' ? { image: draft.image.trim() } : { model: draft.model }),
    command: command ?? [],
    inputs: draft.inputs,
    outputs: listOf(draft.outputs),
    resources: {
      cpuMillis: Math.round(cpu * 1_000), memoryMib: number('memory', 1, 16 << 20), diskMib: number('disk', 1, 64 << 20),
      ...(gpus > 0 ? { gpuCount: gpus, ...(draft.gpuMemory === '' ? {} : { gpuMemoryMib: number('gpuMemory', 1, 1 << 20) }) } : {}),
      ...(draft.regions.trim() === '' ? {} : { regions: listOf(draft.regions) }),
    },
    verification: checkOf(draft, faults, number),
    comparator: comparatorOf(draft, faults),
    ...(draft.reputation === '' ? {} : { providers: { reputationPpmMin: 10_000 * number('reputation', 0, 100) } }),
    runTimeMaxSeconds: number('runTime', 1, 86_400 * 30),
    priceLimit: faults.priceLimit === undefined ? BigInt(draft.priceLimit.trim()) : 0n,
    deadline: new Date(Date.now() + 3_600_000 * number('deadlineHours', 1, 24 * 30)),
  };
  return { request, faults };
}

function checkOf(
  draft: Draft, faults: Faults, number: (name: keyof Draft, least: number, most: number) => number): Verification {
  if (draft.check === 'none') return verification.none();
  if (draft.check === 'audit') {
    const percent = Number(draft.auditShare);
    if (!(percent > 0 && percent <= 100)) faults.auditShare = 'More than 0 and at most 100.';
    return verification.audit(Math.round(percent * 10_000));
  }
  const agreeing = number('agreeing', 2, 16);
  const attempts = number('attempts', 2, 32);
  if (attempts < agreeing) faults.attempts = 'At least as many as have to agree.';
  return verification.redundant(agreeing, attempts);
}

function comparatorOf(draft: Draft, faults: Faults): NonNullable<TaskRequest['comparator']> {
  if (draft.comparator === 'histogram') {
    const percent = Number(draft.distance);
    if (!(percent >= 0 && percent <= 100)) faults.distance = 'From 0 to 100.';
    return { kind: 'histogram', distancePpm: Math.round(percent * 10_000) };
  }
  if (draft.comparator === 'numeric') {
    const percent = Number(draft.tolerance);
    if (!(percent >= 0 && percent <= 100)) faults.tolerance = 'From 0 to 100.';
    return { kind: 'numeric', relativePpb: Math.round(percent * 1e7) };
  }
  return { kind: draft.comparator };
}

/** What a fault of the API is about, by the path that it names. */
export const PATHS: Readonly<Record<string, keyof Draft>> = {
  image: 'image', model: 'model', command: 'command', outputs: 'outputs', price_limit: 'priceLimit',
  run_time_max_seconds: 'runTime', deadline: 'deadlineHours', 'resources.cpu_millis': 'cpu', 'resources.memory_mib': 'memory',
  'resources.disk_mib': 'disk', 'resources.gpu_count': 'gpus', 'resources.regions': 'regions',
  'verification.agreeing': 'agreeing', 'verification.attempts': 'attempts', 'verification.rate_ppm': 'auditShare',
  'providers.reputation_ppm_min': 'reputation',
};

/** What is to be run says nothing about the price, and is often filled in last. */
export function estimable(request: TaskRequest, faults: Faults): TaskRequest | undefined {
  if (Object.keys(faults).some(name => !['image', 'model', 'command'].includes(name))) return undefined;
  const { image: _, model: __, command: ___, ...rest } = request;
  return { ...rest, image: faults.image === undefined && request.image !== undefined ? request.image : `sha256:${'0'.repeat(64)}` };
}
