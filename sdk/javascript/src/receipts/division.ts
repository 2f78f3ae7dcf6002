// How a verdict divides the money that is held for a task.

import type { Message } from './typed-data.js';

const PPM = 1_000_000n;
const PAID = 0n;

/** What treasury and creator have of every pay, in parts per million; terms of the network. */
export interface Shares {
  readonly treasuryPpm: number;
  readonly creatorPpm: number;
}

export const SHARES: Shares = { treasuryPpm: 150_000, creatorPpm: 50_000 };

/** What a provider gets for an attempt. */
export interface Payout {
  readonly attempt: bigint;
  readonly provider: string;
  readonly amount: bigint;
}

/** Where the money goes, to the last unit: refund, treasury, creator and payouts add up to what was held. */
export interface Division {
  readonly held: bigint;
  readonly refund: bigint;
  readonly treasury: bigint;
  readonly creator: bigint;
  readonly payouts: readonly Payout[];
  /** What the task cost its requester. */
  readonly charged: bigint;
}

/** The division that follows from an order and a verdict (messages with EIP-712 names).
 *
 * The shares of treasury and creator are rounded down, and the provider has the rest. Without a creator the provider
 * has that share too. What was held and is not charged goes back. Throws if more is charged than was held. */
export function divide(order: Message, verdict: Message, shares: Shares = SHARES): Division {
  const held = order['priceLimit'] as bigint;
  const hasCreator = BigInt(order['modelCreator'] as string) !== 0n;
  let [charged, treasury, creator] = [0n, 0n, 0n];
  const payouts: Payout[] = [];
  for (const finding of verdict['findings'] as readonly Message[]) {
    const pay = finding['pay'] as bigint;
    if (finding['judgement'] !== PAID || pay === 0n) continue;
    const toTreasury = (pay * BigInt(shares.treasuryPpm)) / PPM;
    const toCreator = hasCreator ? (pay * BigInt(shares.creatorPpm)) / PPM : 0n;
    payouts.push({
      attempt: finding['attempt'] as bigint, provider: finding['provider'] as string,
      amount: pay - toTreasury - toCreator,
    });
    [charged, treasury, creator] = [charged + pay, treasury + toTreasury, creator + toCreator];
  }
  if (charged > held) throw new RangeError(`${charged} is charged and ${held} was held`);
  return { held, refund: held - charged, treasury, creator, payouts, charged };
}
