// Amounts as people write them.

const COIN = 10n ** 18n;

/** `1.5`, `1.5 STUN`, `1_000 units` as smallest units; undefined for what is no amount. */
export function unitsOf(text: string): bigint | undefined {
  const found = /^([\d_\u202f ]+)(?:[.,](\d{1,18}))?\s*(stun|units?)?$/i.exec(text.trim());
  if (found === null) return undefined;
  const whole = found[1]!.replace(/[_\u202f ]/g, '');
  const [part, unit] = [found[2] ?? '', found[3]?.toLowerCase() ?? 'stun'];
  if (whole === '' || whole.length > 40) return undefined;
  if (unit !== 'stun') return part === '' ? BigInt(whole) : undefined;
  return BigInt(whole) * COIN + BigInt(part.padEnd(18, '0'));
}

/** The whole of an amount in coins, as it can be written into a field. */
export function coinsOf(units: bigint): string {
  const part = (units % COIN).toString().padStart(18, '0').replace(/0+$/, '');
  return `${units / COIN}${part === '' ? '' : '.' + part}`;
}
