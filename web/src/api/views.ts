// What the API answers, as its document says it; amounts are text of whole numbers.

export interface TaskView {
  readonly id: string;
  readonly state: string;
  readonly reason?: string | null;
  readonly result?: string | null;
  readonly cheat_pass_ppb?: number | null;
  readonly requester: string;
  readonly price_limit: string;
  readonly deadline: string;
  readonly submitted_at?: string | null;
  readonly ended_at?: string | null;
  readonly work?: string | null;
}

export interface TaskPage {
  readonly tasks: readonly TaskView[];
  readonly cursor?: string | null;
}

export interface AttemptView {
  readonly id: string;
  readonly provider: string;
  readonly offer: string;
  readonly replica: number;
  readonly rank: number;
  readonly granted_at: string;
  readonly closed_at?: string | null;
  readonly end?: string | null;
  readonly failure?: string | null;
  readonly refusal?: string | null;
  readonly detail?: string | null;
  readonly price_cap: string;
  readonly paid?: string | null;
  readonly run_time_micros?: number | null;
  readonly result?: string | null;
}

/** What each factor adds to a candidate's score. */
export interface ScorePartsView {
  readonly hardware_fit: number;
  readonly history: number;
  readonly proximity: number;
  readonly price: number;
  readonly load: number;
  readonly reputation: number;
}

export interface CandidateView {
  readonly rank: number;
  readonly provider: string;
  readonly offer: string;
  readonly chosen: boolean;
  readonly attempt?: string | null;
  readonly score: number;
  readonly parts: ScorePartsView;
  readonly price_per_second: string;
}

/** Whom the scheduler chose from: those taken and the best of the others. */
export interface PlacementView {
  readonly generation: string;
  readonly at: string;
  readonly candidate_count: number;
  readonly by_lot: boolean;
  readonly candidates: readonly CandidateView[];
}

export interface HistoryView {
  readonly at: string;
  readonly kind: string;
  readonly about: string;
  readonly detail: string;
}

export interface FindingView {
  readonly attempt: string;
  readonly provider: string;
  readonly judgement: string;
  readonly pay: string;
}

export interface VerdictView {
  readonly round: number;
  readonly outcome: string;
  readonly result?: string | null;
  readonly cheat_pass_ppb: number;
  readonly findings: readonly FindingView[];
  readonly posted_at?: string | null;
  readonly payable_at?: string | null;
}

export interface PayoutView {
  readonly attempt: string;
  readonly provider: string;
  readonly amount: string;
}

export interface SettlementView {
  readonly at: string;
  readonly held: string;
  readonly refund: string;
  readonly treasury: string;
  readonly creator: string;
  readonly payouts: readonly PayoutView[];
  readonly slashings: readonly PayoutView[];
}

export interface WhyView {
  readonly task: string;
  readonly state: string;
  readonly reason?: string | null;
  readonly sentences: readonly string[];
  readonly placements: readonly PlacementView[];
  readonly attempts: readonly AttemptView[];
  readonly refusals: readonly { readonly reason: string; readonly count: number }[];
  readonly history: readonly HistoryView[];
  readonly verdict?: VerdictView | null;
  readonly settlement?: SettlementView | null;
  readonly batch?: MoneyTrailView | null;
}

/** Where the money of a task went to the chain: the batch, and the transactions that brought and settled it. */
export interface MoneyTrailView {
  readonly number: string;
  readonly state: string;
  readonly root: string;
  readonly posted_in?: string | null;
  readonly settled_in?: string | null;
}

export interface ChainView {
  readonly network: string;
  readonly book: string;
  readonly endpoint?: string | null;
  readonly contracts: Readonly<Record<string, string>>;
}

export interface NetworkView {
  readonly version: string;
  readonly terms: {
    readonly chain_id: number;
    readonly escrow: string;
    readonly domain_separator: string;
    readonly validators: readonly string[];
    readonly quorum: number;
  };
  readonly gateway: string;
  readonly scheduler: string;
  readonly treasury: string;
  readonly treasury_ppm: number;
  readonly creator_ppm: number;
  readonly dispute_window_micros: number;
  readonly dispute_bond: string;
  readonly slash_multiple: number;
  readonly offer_stake_min: string;
  readonly audit_floor_ppm: number;
  readonly validators_rerun: boolean;
  readonly chain?: ChainView | null;
}

export interface HardwareView {
  readonly gpu_model: string;
  readonly gpu_count: number;
  readonly gpu_memory_mib: number;
  readonly compute_capability: string;
  readonly cpu_millis: number;
  readonly memory_mib: number;
  readonly disk_mib: number;
}

export interface OfferView {
  readonly provider: string;
  readonly id: string;
  readonly version: number;
  readonly price_per_second: string;
  readonly region: string;
  readonly hardware: HardwareView;
  readonly posted_at: string;
}

export interface AccountView {
  readonly address: string;
  readonly balance: string;
  readonly held: string;
  readonly stake: string;
  readonly unbonding: string;
  readonly managed: boolean;
}

export interface WhoView {
  readonly key: string;
  readonly account: string;
  readonly role: string;
  readonly rights: readonly string[];
}
