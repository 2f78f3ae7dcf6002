// Numbers, times and names as people read them.
import { useSyncExternalStore } from 'react';

/** 1 STUN is 10^18 of the smallest unit; what is far below a thousandth of one is told in units. */
const COIN = 10n ** 18n;
const THIN = '\u202f';

export function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, THIN);
}

export interface Money {
  readonly figure: string;
  readonly unit: string;
}

export function money(amount: string | bigint): Money {
  let units: bigint;
  try {
    units = BigInt(amount);
  } catch {
    return { figure: String(amount), unit: '' };
  }
  const sign = units < 0n ? '−' : '';
  const size = units < 0n ? -units : units;
  if (size < COIN / 10_000n) {
    if (size < 100_000_000_000n) return { figure: sign + grouped(size.toString()), unit: size === 1n ? 'unit' : 'units' };
    return { figure: sign + scaled(Number(size), 4), unit: 'units' };
  }
  const whole = size / COIN;
  const part = ((size % COIN) * 10_000n / COIN).toString().padStart(4, '0').replace(/0+$/, '');
  return { figure: sign + grouped(whole.toString()) + (part === '' ? '' : '.' + part), unit: 'STUN' };
}

export function moneyText(amount: string | bigint): string {
  const { figure, unit } = money(amount);
  return `${figure} ${unit}`.trim();
}

function scaled(value: number, digits = 3): string {
  for (const [size, name] of [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k']] as const)
    if (value >= size) return (value / size).toPrecision(digits) + THIN + name;
  return String(value);
}

export function count(value: number): string {
  return value < 1e6 ? grouped(String(Math.round(value))) : scaled(value);
}

export function share(ppm: number | undefined | null, digits = 1): string {
  return ppm === undefined || ppm === null ? '–' : `${(ppm / 10_000).toFixed(digits)}${THIN}%`;
}

export function spanOf(ms: number): string {
  if (!Number.isFinite(ms)) return '–';
  if (ms === 0) return `0${THIN}s`;
  if (ms < 1) return `${(ms * 1000).toFixed(0)}${THIN}µs`;
  if (ms < 1_000) return `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)}${THIN}ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)}${THIN}s`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)}${THIN}min ${Math.floor(ms / 1_000) % 60}${THIN}s`;
  if (ms < 86_400_000) return `${Math.floor(ms / 3_600_000)}${THIN}h ${Math.floor(ms / 60_000) % 60}${THIN}min`;
  return `${Math.floor(ms / 86_400_000)}${THIN}d ${Math.floor(ms / 3_600_000) % 24}${THIN}h`;
}

export function bytes(size: number): string {
  for (const [step, name] of [[2 ** 40, 'TiB'], [2 ** 30, 'GiB'], [2 ** 20, 'MiB'], [2 ** 10, 'KiB']] as const)
    if (size >= step) return `${(size / step).toFixed(size / step < 10 ? 1 : 0)}${THIN}${name}`;
  return `${size}${THIN}B`;
}

export function ago(at: number, now: number): string {
  const seconds = Math.round((now - at) / 1_000);
  if (seconds < -1) return `in ${spanOf(-1_000 * seconds)}`;
  if (seconds < 5) return 'just now';
  if (seconds < 60) return `${seconds}${THIN}s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}${THIN}min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)}${THIN}h ago`;
  return `${Math.floor(seconds / 86_400)}${THIN}d ago`;
}

export function short(text: string, head = 6, tail = 4): string {
  const bare = text.startsWith('sha256:') ? text.slice(7) : text;
  return bare.length <= head + tail + 3 ? bare : `${bare.slice(0, head)}…${bare.slice(-tail)}`;
}

const ticks = new Set<() => void>();
let clock = Date.now();
let ticking: ReturnType<typeof setInterval> | undefined;

/** Now, to the second; one timer for all who show how long ago something was. */
export function useNow(): number {
  return useSyncExternalStore(listener => {
    ticks.add(listener);
    ticking ??= setInterval(() => {
      clock = Date.now();
      for (const each of ticks) each();
    }, 1_000);
    return () => {
      ticks.delete(listener);
      if (ticks.size > 0) return;
      clearInterval(ticking);
      ticking = undefined;
    };
  }, () => clock);
}
