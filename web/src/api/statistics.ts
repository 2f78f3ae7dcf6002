// What the network tells everybody about itself.
import { useQuery, type Fetched } from '~/live/query';
import { stun } from '~/session/session';

export interface Bucket {
  readonly up_to_micros: number | null;
  readonly count: number;
}

export interface Distribution {
  readonly count: number;
  readonly p50_micros?: number | null;
  readonly p95_micros?: number | null;
  readonly p99_micros?: number | null;
  readonly buckets: readonly Bucket[];
}

export interface Minute {
  readonly at: string;
  readonly submitted: number;
  readonly complete: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly refused: number;
  readonly attempts: number;
  readonly cheats: number;
  readonly paid: string;
}

export interface CaughtCheat {
  readonly at: string;
  readonly task: string;
  readonly attempt: string;
  readonly provider: string;
  readonly kind: string;
  readonly reason: string;
  readonly slashed: string;
}

export interface RegionView {
  readonly region: string;
  readonly online: number;
  readonly offers: number;
  readonly price_min?: string | null;
  readonly price_max?: string | null;
}

export interface StatisticsView {
  readonly window: string;
  readonly since: string;
  readonly until: string;
  readonly bucket_seconds: number;
  readonly series: readonly Minute[];
  readonly tasks: Readonly<Record<'submitted' | 'complete' | 'failed' | 'cancelled' | 'refused' | 'under_way', number>>;
  readonly success_ppm?: number | null;
  readonly latency: Readonly<Record<'queue' | 'run' | 'verification' | 'total', Distribution>>;
  readonly verification: Readonly<Record<'complete' | 'failed' | 'cancelled' | 'paid' | 'unpaid' | 'fraud' | 'disputes', number>>
    & { readonly disagreements?: number };
  readonly cheats: readonly CaughtCheat[];
  readonly escrow: Readonly<Record<'held' | 'paid' | 'fees' | 'creators' | 'refunded' | 'slashed', string>>;
  readonly gas?: (Readonly<Record<'batches' | 'tasks' | 'gas', number>>
    & { readonly gas_per_batch?: number | null; readonly gas_per_task?: number | null }) | null;
  readonly providers: { readonly online: number; readonly known: number; readonly regions: readonly RegionView[] };
  readonly offers: number;
}

export const WINDOWS = ['1h', '6h', '24h', '7d', '30d'] as const;

export function useStatistics(window: string): Fetched<StatisticsView> & { readonly again: () => void } {
  return useQuery(
    `statistics ${window}`,
    async signal => (await stun()).request<StatisticsView>('GET', ['statistics'], { query: { window }, signal }),
    // Who is not signed in has no line, and asks now and then.
    { topics: ['network', 'providers'], everyMs: 5_000 });
}
