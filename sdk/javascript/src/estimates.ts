// What a task may cost, from what is on offer now. The API has no answer for this yet, so it is worked out here, from
// /v1/offers. It is no promise: offers come and go, and reputation, stake and load decide too who gets a task. What is
// certain is the price limit.

import type { Resources, TaskRequest, Verification } from './forms.js';
import type { Offer } from './views.js';

const RUN_TIME_USUAL = 600;
const [CPU_USUAL, MEMORY_USUAL, DISK_USUAL] = [1_000, 512, 256];

/** What so many attempts cost on the cheapest offers that fit, if each lasts as long as it may. */
export interface Estimate {
  /** How many offers fit. With fewer than `attemptsMin` the task waits for more. */
  readonly offers: number;
  readonly attemptsMin: number;
  readonly attemptsMax: number;
  /** `attemptsMin` runs on the cheapest offers; undefined if there are not as many. */
  readonly priceMin: bigint | undefined;
  /** `attemptsMax` runs likewise; of one offer for each that is there, the dearest of them for the rest. */
  readonly priceMax: bigint | undefined;
}

/** How many runs a task has at least and at most if no run fails. */
export function attemptsOf(verification: Verification | undefined): { least: number; most: number } {
  if (verification !== undefined && verification.kind !== 'redundant') return { least: 1, most: 1 };
  const least = verification?.agreeing ?? 2;
  return { least, most: Math.max(least, verification?.attempts ?? 3) };
}

/** Whether an offer has what a task needs. */
export function fits(offer: Offer, needs: Resources = {}): boolean {
  return offer.gpuCount >= (needs.gpuCount ?? 0)
    && offer.cpuMillis >= (needs.cpuMillis ?? CPU_USUAL)
    && offer.memoryMib >= (needs.memoryMib ?? MEMORY_USUAL)
    && offer.diskMib >= (needs.diskMib ?? DISK_USUAL)
    && (!needs.regions?.length || needs.regions.includes(offer.region))
    && (!needs.gpuModel || offer.gpuModel === needs.gpuModel)
    && offer.gpuMemoryMib >= (needs.gpuMemoryMib ?? 0)
    && isAsNew(offer.computeCapability, needs.computeCapability ?? '0');
}

/** Adds up the cheapest offers that fit, of one provider each: attempts of a task never share one. */
export function estimateOf(request: TaskRequest, offers: Iterable<Offer>): Estimate {
  const denied = new Set(request.providers?.denied?.map(each => each.toLowerCase()));
  const allowed = new Set(request.providers?.allowed?.map(each => each.toLowerCase()));
  const cheapest = new Map<string, bigint>();
  let count = 0;
  for (const offer of offers) {
    const provider = offer.provider.toLowerCase();
    if (!fits(offer, request.resources) || denied.has(provider) || (allowed.size > 0 && !allowed.has(provider)))
      continue;
    count += 1;
    const known = cheapest.get(provider);
    if (known === undefined || offer.pricePerSecond < known) cheapest.set(provider, offer.pricePerSecond);
  }
  const { least, most } = attemptsOf(request.verification);
  const prices = [...cheapest.values()].sort((left, right) => (left < right ? -1 : left > right ? 1 : 0));
  if (prices.length === 0 || prices.length < least)
    return { offers: count, attemptsMin: least, attemptsMax: most, priceMin: undefined, priceMax: undefined };
  const seconds = BigInt(request.runTimeMaxSeconds ?? RUN_TIME_USUAL);
  const priceOf = (runs: number) => {
    let sum = 0n;
    for (let run = 0; run < runs; run++) sum += prices[Math.min(run, prices.length - 1)]!;
    return sum * seconds;
  };
  return {
    offers: count, attemptsMin: least, attemptsMax: most, priceMin: priceOf(least), priceMax: priceOf(most),
  };
}

/** Whether a version is another one or a later one; what is no number counts as 0. */
function isAsNew(version: string, least: string): boolean {
  const parts = (text: string) => text.split('.').map(part => (/^\d+$/.test(part) ? Number(part) : 0));
  const [has, needs] = [parts(version), parts(least)];
  for (let at = 0; at < Math.max(has.length, needs.length); at++)
    if ((has[at] ?? -1) !== (needs[at] ?? -1)) return (has[at] ?? -1) > (needs[at] ?? -1);
  return true;
}
