// What the API answers, as types. Amounts are bigints of the smallest unit.

/** A task in one of these stays as it is. */
export const FINAL_STATES: ReadonlySet<string> = new Set(['complete', 'failed', 'cancelled', 'refused']);

/** A task as it is now. */
export interface Task {
  readonly id: string;
  /** verified: there is a result, the money follows. The other words are in the API's document. */
  readonly state: string;
  readonly reason: string | undefined;
  /** The digest of the result's manifest. */
  readonly result: string | undefined;
  /** How likely a cheat passes under the chosen verification, in parts per billion. */
  readonly cheatPassPpb: number | undefined;
  readonly requester: string;
  readonly priceLimit: bigint;
  readonly deadline: Date;
  readonly submittedAt: Date | undefined;
  readonly endedAt: Date | undefined;
  /** Whether nothing more will happen to it. */
  readonly isFinal: boolean;
  /** Whether its files can be read. */
  readonly hasResult: boolean;
}

/** What each factor adds to a candidate's score. */
export interface ScoreParts {
  readonly hardwareFit: number;
  readonly history: number;
  readonly proximity: number;
  readonly price: number;
  readonly load: number;
  readonly reputation: number;
}

/** An offer that fitted a task. */
export interface Candidate {
  /** 1 is the best. */
  readonly rank: number;
  readonly provider: string;
  readonly offer: string;
  readonly chosen: boolean;
  /** What became of it; undefined where it was not chosen. */
  readonly attempt: string | undefined;
  /** The sum of its parts. */
  readonly score: number;
  readonly parts: ScoreParts;
  readonly pricePerSecond: bigint;
}

/** One choice of providers for a task. Of all its candidates those taken and the best of the others are listed. */
export interface Placement {
  readonly generation: string;
  readonly at: Date;
  readonly candidateCount: number;
  /** Whether they were drawn among all candidates; else the first ones were taken. */
  readonly byLot: boolean;
  readonly candidates: readonly Candidate[];
}

/** A file that came out of a task. */
export interface ResultFile {
  readonly name: string;
  readonly digest: string;
  readonly size: number;
}

/** All files that came out of a task, under the digest that the verdict names. */
export interface Result {
  readonly task: string;
  readonly digest: string;
  readonly files: readonly ResultFile[];
}

/** Content that the node keeps. */
export interface BlobRef {
  readonly digest: string;
  readonly size: number;
}

/** Some of what an attempt wrote. `stream` is output or errors; the next piece begins at `end`. */
export interface LogPiece {
  readonly attempt: string;
  readonly stream: string;
  readonly offset: number;
  readonly size: number;
  readonly text: string;
  readonly end: number;
}

/** What the escrow holds for an account. */
export interface Account {
  readonly address: string;
  readonly balance: bigint;
  readonly held: bigint;
  readonly stake: bigint;
  readonly unbonding: bigint;
  /** Whether the node keeps its key. */
  readonly managed: boolean;
}

/** What a provider has on offer. */
export interface Offer {
  readonly provider: string;
  readonly id: string;
  readonly pricePerSecond: bigint;
  readonly region: string;
  readonly gpuModel: string;
  readonly gpuCount: number;
  readonly gpuMemoryMib: number;
  readonly computeCapability: string;
  readonly cpuMillis: number;
  readonly memoryMib: number;
  readonly diskMib: number;
}

/** What everybody in a network agrees on, as a node says it; `terms` is for readTerms. */
export interface Network {
  readonly version: string;
  readonly terms: unknown;
  readonly [name: string]: unknown;
}

/** An order that waits for its requester's signature. */
export interface OrderDraft {
  /** The id that the task will have. */
  readonly task: string;
  readonly order: string;
  /** JSON for eth_signTypedData_v4, as a text. */
  readonly typedData: string;
}

type View = Record<string, any>;

function time(text: string | null | undefined): Date | undefined {
  return text == null ? undefined : new Date(text);
}

export function taskOf(view: View): Task {
  const result = view['result'] ?? undefined;
  return {
    id: view['id'], state: view['state'], reason: view['reason'] ?? undefined, result,
    cheatPassPpb: view['cheat_pass_ppb'] ?? undefined, requester: view['requester'],
    priceLimit: BigInt(view['price_limit']), deadline: new Date(view['deadline']),
    submittedAt: time(view['submitted_at']), endedAt: time(view['ended_at']),
    isFinal: FINAL_STATES.has(view['state']), hasResult: result !== undefined,
  };
}

function candidateOf(view: View): Candidate {
  const { hardware_fit: hardwareFit, history, proximity, price, load, reputation } = view['parts'];
  return {
    rank: view['rank'], provider: view['provider'], offer: view['offer'], chosen: view['chosen'],
    attempt: view['attempt'] ?? undefined, score: view['score'],
    parts: { hardwareFit, history, proximity, price, load, reputation },
    pricePerSecond: BigInt(view['price_per_second']),
  };
}

export function placementOf(view: View): Placement {
  return {
    generation: view['generation'], at: new Date(view['at']), candidateCount: view['candidate_count'],
    byLot: view['by_lot'], candidates: view['candidates'].map(candidateOf),
  };
}

export function accountOf(view: View): Account {
  return {
    address: view['address'], balance: BigInt(view['balance']), held: BigInt(view['held']),
    stake: BigInt(view['stake']), unbonding: BigInt(view['unbonding']), managed: view['managed'],
  };
}

export function offerOf(view: View): Offer {
  const has = view['hardware'] as View;
  return {
    provider: view['provider'], id: view['id'], pricePerSecond: BigInt(view['price_per_second']),
    region: view['region'], gpuModel: has['gpu_model'], gpuCount: has['gpu_count'],
    gpuMemoryMib: has['gpu_memory_mib'], computeCapability: has['compute_capability'], cpuMillis: has['cpu_millis'],
    memoryMib: has['memory_mib'], diskMib: has['disk_mib'],
  };
}
