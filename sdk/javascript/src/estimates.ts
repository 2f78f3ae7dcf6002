// What a task may cost, as the node tells it. It is no promise: offers come and go. What is certain is the price limit.

/** What a task would find and cost now, each attempt as long as it may last. */
export interface Estimate {
  /** How many providers have an offer that fits, whatever it costs; with fewer than `attemptsMin` the task waits. */
  readonly offers: number;
  readonly attemptsMin: number;
  readonly attemptsMax: number;
  /** `attemptsMin` runs on the cheapest offers; undefined if there are not as many. */
  readonly priceMin: bigint | undefined;
  /** As many, drawn among all that fit. */
  readonly priceExpected: bigint | undefined;
  /** `attemptsMax` runs on the dearest of them. */
  readonly priceMax: bigint | undefined;
  /** With a lower limit the task would not find its places now. */
  readonly priceLimitLeast: bigint | undefined;
  /** Whether the task, with its limit, would find its places now. */
  readonly sufficient: boolean;
  /** How many offers do not fit, by their first reason. */
  readonly refusals: Readonly<Record<string, number>>;
}

/** Of an EstimateView. */
export function estimateOf(view: Record<string, any>): Estimate {
  const amount = (text: string | undefined) => text === undefined ? undefined : BigInt(text);
  return {
    offers: view['candidates'], attemptsMin: view['attempts_least'], attemptsMax: view['attempts_most'],
    priceMin: amount(view['cost']?.least), priceExpected: amount(view['cost']?.expected),
    priceMax: amount(view['cost']?.most), priceLimitLeast: amount(view['price_limit_least']),
    sufficient: view['sufficient'],
    refusals: Object.fromEntries(
      (view['refusals'] as { reason: string; count: number }[]).map(each => [each.reason, each.count])),
  };
}
