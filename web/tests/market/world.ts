// A network of a thousand providers, made from a seed, put before the pages in the place of the node's answers: what a
// network on one machine cannot show. Shapes are the API's own; a test of the same pages on a real network is beside it.
import type { Page, Route } from '@playwright/test';
import type { ProposalView } from '../../src/api/governance';
import type { ProviderDetail, ProviderView } from '../../src/api/providers';
import type { StatisticsView } from '../../src/api/statistics';
import type { OfferView } from '../../src/api/views';

const REGIONS = ['eu-de', 'eu-fr', 'eu-pl', 'eu-fi', 'us-east', 'us-west', 'na-ca', 'sa-br', 'as-jp', 'as-sg', 'as-in', 'oc-au', 'af-za', 'lab-7'];
const GPUS = [['', 0, 0], ['', 0, 0], ['H100', 81_920, 8], ['RTX4090', 24_576, 1], ['A100', 40_960, 4]] as const;
const COIN = 10n ** 18n;

/** Lehmer's generator: the same world each time. */
function dice(seed: number): () => number {
  let state = seed;
  return () => (state = state * 48_271 % 2_147_483_647) / 2_147_483_647;
}

export interface World {
  readonly now: number;
  readonly providers: ProviderView[];
  readonly offers: OfferView[];
}

export function makeWorld(size: number, seed = 7): World {
  const roll = dice(seed);
  const now = Date.now();
  const hex = (digits: number) => Array.from({ length: digits }, () => Math.floor(roll() * 16).toString(16)).join('');
  const ago = (ms: number) => new Date(now - ms).toISOString();
  const providers: ProviderView[] = [];
  const offers: OfferView[] = [];
  for (let at = 0; at < size; at++) {
    const address = `0x${hex(40)}`;
    const region = REGIONS[Math.floor(roll() ** 1.6 * REGIONS.length)]!;
    const [online, frauds] = [roll() < 0.86, roll() < 0.02 ? 1 : 0];
    const [finished, price] = [Math.floor(roll() ** 3 * 40_000), 60 + Math.floor(roll() ** 2 * 900)];
    const [gpu_model, gpu_memory_mib, gpu_count] = GPUS[Math.floor(roll() * GPUS.length)]!;
    providers.push({
      address, online, since: ago(roll() * 9e6), first_seen: ago(9e6 + roll() * 9e9), regions: [region], offers: online ? 1 : 0,
      price_min: online ? String(price) : null, price_max: online ? String(price) : null,
      reputation_ppm: frauds > 0 ? Math.floor(roll() * 200_000) : 500_000 + Math.floor(roll() ** 0.4 * 499_000),
      paid_count: finished, fraud_count: frauds, running: online ? Math.floor(roll() * 9) : 0, finished,
      failed: Math.floor(finished * roll() * 0.02), lost: Math.floor(finished * roll() * 0.004), refused: Math.floor(roll() * 300),
      revoked: 0, earned: String(BigInt(finished) * COIN / 40n), payouts: finished, slashed: frauds > 0 ? String(3n * COIN) : '0',
      stake: String(BigInt(20 + Math.floor(roll() * 400)) * COIN), unbonding: '0',
    });
    if (online)
      offers.push({
        provider: address, id: '1', version: 1, price_per_second: String(price), region, posted_at: ago(roll() * 9e6),
        hardware: {
          gpu_model: gpu_model === '' ? 'any' : gpu_model, gpu_count, gpu_memory_mib, compute_capability: gpu_count > 0 ? '9.0' : '0.0',
          cpu_millis: 2_000 << Math.floor(roll() * 5), memory_mib: 4_096 << Math.floor(roll() * 6), disk_mib: 65_536,
        },
      });
  }
  return { now, providers, offers };
}

export function statisticsOf(world: World, window = '1h', seed = 11): StatisticsView {
  const roll = dice(seed);
  const spans: Readonly<Record<string, readonly [number, number]>> = {
    '1h': [60, 60], '6h': [300, 72], '24h': [900, 96], '7d': [10_800, 56], '30d': [43_200, 60],
  };
  const [step, many] = spans[window] ?? [60, 60];
  const end = Math.floor(world.now / 1_000 / step) * step;
  const series = Array.from({ length: many }, (_, at) => {
    const wave = 1 + 0.5 * Math.sin(at / 7);
    const complete = Math.floor(step / 60 * (18 + roll() * 16) * wave);
    const [failed, cancelled, refused] = [roll() < 0.3 ? Math.ceil(complete * 0.04 * roll()) : 0, Math.floor(complete * 0.03 * roll()), roll() < 0.2 ? 1 : 0];
    return {
      at: new Date((end - (many - 1 - at) * step) * 1_000).toISOString(), submitted: complete + failed + cancelled + refused, complete, failed, cancelled, refused,
      attempts: 2 * complete, cheats: roll() < 0.05 ? 1 : 0, paid: String(BigInt(complete) * COIN / 30n),
    };
  });
  const sum = (of: (each: (typeof series)[number]) => number) => series.reduce((all, each) => all + of(each), 0);
  const [complete, failed, cancelled, refused] = [sum(each => each.complete), sum(each => each.failed), sum(each => each.cancelled), sum(each => each.refused)];
  const regions = REGIONS.map(region => {
    const here = world.providers.filter(each => each.regions[0] === region && each.online);
    const prices = here.map(each => Number(each.price_min)).sort((left, right) => left - right);
    return { region, online: here.length, offers: here.length, price_min: prices[0] === undefined ? null : String(prices[0]), price_max: String(prices.at(-1) ?? 0) };
  });
  return {
    window, since: series[0]!.at, until: series.at(-1)!.at, bucket_seconds: step, series,
    tasks: { submitted: sum(each => each.submitted), complete, failed, cancelled, refused, under_way: 148 },
    success_ppm: Math.round(1e6 * complete / (complete + failed)),
    latency: {
      queue: waits(roll, 40_000, complete), run: waits(roll, 2_600_000, complete), verification: waits(roll, 310_000, complete),
      total: waits(roll, 4_400_000, complete),
    },
    verification: { complete, failed, cancelled, paid: 2 * complete - 60, unpaid: 42, fraud: 5, disagreements: 13, disputes: 2 },
    cheats: world.providers.slice(0, 7).map((each, at) => ({
      at: new Date(world.now - (at + 1) ** 2 * 170_000).toISOString(), task: `${'0123456789abcdef'.repeat(2)}`.slice(at, 32) + '0'.repeat(at), attempt: `${at}`.repeat(32),
      provider: each.address, kind: at % 3 === 2 ? 'disagreement' : 'fraud', slashed: at % 3 === 2 ? '0' : String(3n * COIN),
      reason: at % 3 === 2 ? 'two others agreed on another result' : 'the validators’ own run gave another result',
    })),
    escrow: {
      held: String(311n * COIN), paid: String(BigInt(complete) * COIN / 30n), fees: String(BigInt(complete) * COIN / 900n), creators: String(4n * COIN),
      refunded: String(57n * COIN), slashed: String(15n * COIN),
    },
    gas: { batches: 19, tasks: complete, gas: 19 * 412_331, gas_per_batch: 412_331, gas_per_task: Math.round(19 * 412_331 / complete) },
    providers: { online: world.providers.filter(each => each.online).length, known: world.providers.length, regions },
    offers: world.offers.length,
  };
}

function waits(roll: () => number, middle: number, count: number): StatisticsView['latency']['total'] {
  const all = Array.from({ length: count }, () => Math.round(middle * Math.exp((roll() + roll() + roll() - 1.5) * 1.9))).sort((left, right) => left - right);
  const found = new Map<number, number>();
  for (const each of all) {
    const up = Math.round(2 ** (Math.ceil(Math.log2(each) * 4) / 4));
    found.set(up, (found.get(up) ?? 0) + 1);
  }
  const at = (share: number) => all[Math.floor(share * (all.length - 1))]!;
  return {
    count, p50_micros: at(0.5), p95_micros: at(0.95), p99_micros: at(0.99),
    buckets: [...found].map(([up_to_micros, many]) => ({ up_to_micros, count: many })),
  };
}

function workOf(world: World, provider: ProviderView, roll: () => number): ProviderDetail['work'] {
  const { finished, failed } = provider;
  const others = finished * 9e6;
  return {
    last_seen: provider.online ? new Date(world.now).toISOString() : provider.since, watched_from: provider.first_seen,
    online_ppm: 940_000 + Math.floor(roll() * 59_000), delivered: finished, verified: Math.floor(finished * 0.98), unchecked: finished - Math.floor(finished * 0.98),
    frauds: provider.fraud_count, disagreements: provider.fraud_count, program_failures: Math.floor(failed * 0.7), run_micros: finished * 7_300_000,
    delivery: waits(roll, 9e6, Math.min(finished, 4_000)), overhead: waits(roll, 6e5, Math.min(finished, 4_000)),
    comparison: finished === 0 ? null : { count: finished, own_micros: Math.floor(others * 0.8), others_micros: others, time_ppm: 800_000 },
  };
}

export function detailOf(world: World, address: string, window: string): ProviderDetail {
  const provider = world.providers.find(each => each.address === address)!;
  const roll = dice(address.length + provider.finished);
  const [step, many] = window === '7d' ? [3_600, 168] : [86_400, 90];
  const end = Math.floor(world.now / 1_000 / step) * step;
  const task = (at: number) => `${at}f`.padEnd(32, '3a');
  return {
    provider, newcomer_ppm: 500_000,
    moves: Array.from({ length: 14 }, (_, at) => {
      const isFraud = at === 5 && provider.fraud_count > 0;
      const after = provider.reputation_ppm - at * 900;
      return {
        at: new Date(world.now - at * 3e6).toISOString(), task: task(at), attempt: `${at}`.padEnd(32, '7'), judgement: isFraud ? 'Fraud' : 'Paid',
        outcome: 'Complete', before_ppm: isFraud ? after + 310_000 : after - 900, after_ppm: after,
      };
    }),
    offers: world.offers.filter(each => each.provider === address),
    work: workOf(world, provider, roll),
    capability: {
      cpu_model: 'AMD EPYC 9354P 32-Core Processor', cpu_millis: 32_000, memory_mib: 131_072, disk_mib: 983_040,
      gpus: [{ model: 'RTX4090', memory_mib: 24_576, compute_capability: '8.9', is_mig: false }], tees: ['sev-snp'],
      figures: {
        memory_bytes_per_second: 38_654_705_664, sha256_bytes_per_second: 2_040_109_465, sha256_bytes_per_second_one_core: 201_109_465,
        float_operations_per_second: 8.12e11, disk_write_bytes_per_second: 1_932_735_283, disk_read_bytes_per_second: 3_435_973_836,
        disk_random_reads_per_second: 412_003, gpu_memory_bytes_verified: 25_769_803_776, gpu_fill_bytes_per_second: 912_680_550_000,
      },
      measured_at: new Date(world.now - 7_200_000).toISOString(), digest: `sha256:${'5'.repeat(64)}`,
    },
    running_tasks: Array.from({ length: provider.running }, (_, at) => ({
      task: task(at + 40), attempt: `${at}`.padEnd(32, '9'), since: new Date(world.now - at * 41_000).toISOString(), price_cap: '2000',
    })),
    earnings_bucket_seconds: step,
    earnings: Array.from({ length: many }, (_, at) => ({
      at: new Date((end - (many - 1 - at) * step) * 1_000).toISOString(), payouts: Math.floor(roll() * 40),
      earned: String(BigInt(Math.floor((1 + Math.sin(at / 9)) * 800 + roll() * 700)) * COIN / 1_000n),
    })).filter(() => roll() < 0.9),
    refusals: [
      { reason: 'price.per-second-min', count: 41, last_at: new Date(world.now - 130_000).toISOString() },
      { reason: 'hours.windows', count: 17, last_at: new Date(world.now - 8_130_000).toISOString() },
      { reason: 'Capacity', count: 6, last_at: new Date(world.now - 83_000_000).toISOString() },
    ],
  };
}

export function proposalsOf(world: World): ProposalView[] {
  const time = (hours: number) => new Date(world.now + hours * 3_600_000).toISOString();
  const base = {
    proposer: world.providers[0]!.address, quorum: String(40_000_000n * COIN),
    calls: [{ target: '0x9fe46736679d2d9a65f0992f2272de9f3c7fa6e0', contract: 'Escrow', value: '0', function: 'setShares', arguments: ['(50000, 100000, 3)'], data: '0x1234' }],
  };
  const votes = (yes: bigint, no: bigint, none: bigint) => ({ for: String(yes * COIN), against: String(no * COIN), abstain: String(none * COIN) });
  return [
    { ...base, id: '71', title: 'Lower the treasury’s share to 5 %', description: '# Lower the treasury’s share to 5 %\n\nThe treasury holds enough for four years at the present rate.\nWhat is left goes to providers.', state: 'active', votes: votes(31_200_000n, 4_100_000n, 900_000n), starts_at: time(-30), ends_at: time(42) },
    { ...base, id: '70', title: 'Add a fifth validator', description: 'Add a fifth validator', state: 'queued', votes: votes(66_000_000n, 1_200_000n, 0n), starts_at: time(-200), ends_at: time(-80), eta: time(20) },
    { ...base, id: '69', title: 'Double the bond of a challenge', description: 'Double the bond of a challenge', state: 'defeated', votes: votes(12_000_000n, 38_000_000n, 6_000_000n), starts_at: time(-900), ends_at: time(-800) },
    { ...base, id: '68', title: 'Cap deposits at 2 million coins until the audit is over', description: 'Cap deposits', state: 'executed', votes: votes(88_000_000n, 300_000n, 1_000_000n), starts_at: time(-1900), ends_at: time(-1800) },
  ];
}

function page<T>(all: readonly T[], url: URL): { items: readonly T[]; cursor?: string } {
  const from = Number(url.searchParams.get('cursor') ?? 0);
  const to = from + Number(url.searchParams.get('limit') ?? 50);
  return { items: all.slice(from, to), ...(to < all.length ? { cursor: String(to) } : {}) };
}

/** Puts the world before the node. What it does not know of is the node's. */
export async function putBefore(on: Page, world: World): Promise<void> {
  const answer = (route: Route, json: unknown) => route.fulfill({ json });
  await on.route(/\/v1\/statistics/, route => answer(route, statisticsOf(world, new URL(route.request().url()).searchParams.get('window') ?? '1h')));
  await on.route(/\/v1\/offers/, route => {
    const { items, cursor } = page(world.offers, new URL(route.request().url()));
    return answer(route, { offers: items, cursor });
  });
  await on.route(/\/v1\/providers(\?|$)/, route => {
    const { items, cursor } = page(world.providers, new URL(route.request().url()));
    return answer(route, { providers: items, cursor, total: world.providers.length });
  });
  await on.route(/\/v1\/providers\/0x/, route => {
    const url = new URL(route.request().url());
    return answer(route, detailOf(world, url.pathname.split('/').at(-1)!, url.searchParams.get('window') ?? '7d'));
  });
  await on.route(/\/v1\/governance\/proposals/, route => answer(route, { proposals: proposalsOf(world) }));
}
