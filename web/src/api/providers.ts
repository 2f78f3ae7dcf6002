// Who sells compute here, as the API tells it.
import { useQuery, type Fetched } from '~/live/query';
import { stun } from '~/session/session';
import type { Distribution } from './statistics';
import type { NetworkView, OfferView } from './views';

export interface ProviderView {
  readonly address: string;
  readonly online: boolean;
  readonly since: string;
  readonly first_seen: string;
  readonly regions: readonly string[];
  readonly offers: number;
  readonly price_min?: string | null;
  readonly price_max?: string | null;
  readonly reputation_ppm: number;
  readonly paid_count: number;
  readonly fraud_count: number;
  readonly running: number;
  readonly finished: number;
  readonly failed: number;
  readonly lost: number;
  readonly refused: number;
  readonly revoked: number;
  readonly earned: string;
  readonly payouts: number;
  readonly slashed: string;
  readonly stake: string;
  readonly unbonding: string;
}

export interface ProviderPage {
  readonly providers: readonly ProviderView[];
  readonly cursor?: string | null;
  readonly total: number;
}

export interface MoveView {
  readonly at: string;
  readonly task: string;
  readonly attempt: string;
  readonly judgement: string;
  readonly outcome: string;
  readonly before_ppm: number;
  readonly after_ppm: number;
}

export interface GpuView {
  readonly model: string;
  readonly memory_mib: number;
  readonly compute_capability: string;
  readonly is_mig: boolean;
}

/** What the network measured of its work, by its own clock. */
export interface WorkRecordView {
  readonly last_seen: string;
  readonly watched_from?: string | null;
  readonly online_ppm?: number | null;
  readonly delivered: number;
  readonly verified: number;
  readonly unchecked: number;
  readonly frauds: number;
  readonly disagreements: number;
  readonly program_failures: number;
  readonly run_micros: number;
  readonly delivery: Distribution;
  readonly overhead: Distribution;
  /** Left out where nobody else ran the same tasks. */
  readonly comparison?: ComparisonView | null;
}

export interface ComparisonView {
  readonly count: number;
  readonly own_micros: number;
  readonly others_micros: number;
  /** Its time in parts per million of theirs. */
  readonly time_ppm: number;
}

/** Signed by the provider, checked by nobody. */
export interface CapabilityView {
  readonly cpu_model: string;
  readonly cpu_millis: number;
  readonly memory_mib: number;
  readonly disk_mib: number;
  readonly gpus: readonly GpuView[];
  readonly tees: readonly string[];
  readonly figures: MeasuredView;
  readonly measured_at: string;
  readonly digest: string;
}

/** What the machine measured of itself; 0 or left out for what it has not. */
export type MeasuredView = Readonly<Partial<Record<
  'memory_bytes_per_second' | 'sha256_bytes_per_second' | 'sha256_bytes_per_second_one_core' | 'float_operations_per_second'
  | 'disk_write_bytes_per_second' | 'disk_read_bytes_per_second' | 'disk_random_reads_per_second' | 'gpu_memory_bytes_verified'
  | 'gpu_fill_bytes_per_second', number | null>>>;

export interface RunningView {
  readonly task: string;
  readonly attempt: string;
  readonly since: string;
  readonly price_cap: string;
}

export interface EarningView {
  readonly at: string;
  readonly earned: string;
  readonly payouts: number;
}

export interface RefusalView {
  readonly reason: string;
  readonly count: number;
  readonly last_at: string;
}

export interface ProviderDetail {
  readonly provider: ProviderView;
  readonly newcomer_ppm: number;
  readonly moves: readonly MoveView[];
  readonly offers: readonly OfferView[];
  readonly work: WorkRecordView;
  readonly capability?: CapabilityView | null;
  /** Left out for callers that it does not concern. */
  readonly running_tasks?: readonly RunningView[] | null;
  readonly earnings_bucket_seconds: number;
  readonly earnings: readonly EarningView[];
  readonly refusals: readonly RefusalView[];
}

export type EarningsWindow = '7d' | '90d';
export type Again<T> = Fetched<T> & { readonly again: () => void };

export async function fetchProvider(address: string, window: EarningsWindow, signal?: AbortSignal): Promise<ProviderDetail> {
  const node = await stun();
  return node.request<ProviderDetail>(
    'GET', ['providers', address], { query: { window }, ...(signal === undefined ? {} : { signal }) });
}

/** Every page that there is, up to `most`. */
export async function fetchProviders(most: number, signal: AbortSignal): Promise<readonly ProviderView[]> {
  const node = await stun();
  const found: ProviderView[] = [];
  let cursor: string | undefined;
  do {
    const page: ProviderPage = await node.request<ProviderPage>(
      'GET', ['providers'], { query: { sort: 'address', limit: 200, cursor }, signal });
    found.push(...page.providers);
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined && found.length < most);
  return found;
}

export function useProvider(address: string | undefined, window: EarningsWindow = '7d'): Again<ProviderDetail> {
  return useQuery(
    address === undefined ? undefined : `provider ${address} ${window}`,
    signal => fetchProvider(address!, window, signal),
    { topics: ['providers', 'network'] });
}

export function useNetwork(): Again<NetworkView> {
  return useQuery('network', async signal => (await stun()).request<NetworkView>('GET', ['network'], { signal }));
}
