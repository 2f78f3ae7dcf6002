// Looks after one's own provider as long as a page of the console is open anywhere, and tells what is worth telling: in
// the list, and as a notification of the browser where that was allowed. Looks and alerts are kept in this browser, so that
// what happened while nobody looked is told at the next look.
import { useSyncExternalStore } from 'react';
import type { NetworkEvent } from 'stun-sdk';
import { fetchProvider } from '~/api/providers';
import type { NetworkView } from '~/api/views';
import { listen } from '~/live/connection';
import { currentSession, stun, subscribe as onSession } from '~/session/session';
import { mineNow } from '../mine/choice';
import { alertsOf, KINDS, lookAt, type Alert, type AlertKind, type Look } from './rules';

export interface AlertRules {
  readonly kinds: readonly AlertKind[];
  /** In smallest units; undefined for the least that the network asks of an offer. */
  readonly stakeMin?: string;
  readonly isNotifying: boolean;
}

export interface Watch {
  readonly address: string | undefined;
  readonly alerts: readonly Alert[];
  readonly rules: AlertRules;
  /** When the owner last looked at the list. */
  readonly seenAt: string;
}

const KEPT_MAX = 100;
const LOOK_EVERY_MS = 60_000;
const PAUSE_MS = 1_200;
const USUAL: AlertRules = { kinds: Object.keys(KINDS) as AlertKind[], isNotifying: false };

const listeners = new Set<() => void>();
let watch: Watch = { address: undefined, alerts: [], rules: USUAL, seenAt: '' };
let look: Look | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
let offerStakeMin: bigint | undefined;
let isWatching = false;

export function useWatch(): Watch {
  return useSyncExternalStore(listener => {
    listeners.add(listener);
    startWatch();
    return () => listeners.delete(listener);
  }, () => watch);
}

export function startWatch(): void {
  if (isWatching) {
    if (mineNow() !== watch.address) take();
    return;
  }
  isWatching = true;
  onSession(take);
  listen(hear);
  setInterval(soon, LOOK_EVERY_MS);
  take();
}

export function setRules(rules: AlertRules): void {
  become({ rules });
  keep('rules', rules);
  stayOn(rules.isNotifying);
  soon();
}

export function markSeen(): void {
  const seenAt = new Date().toISOString();
  become({ seenAt });
  keep('seen', seenAt);
}

export function clearAlerts(): void {
  become({ alerts: [] });
  keep('alerts', []);
}

/** Another provider is watched: what is kept of it is taken up. */
function take(): void {
  const address = currentSession() === undefined ? undefined : mineNow();
  watch = { ...watch, address };
  look = kept<Look>('look');
  become({
    alerts: kept<Alert[]>('alerts') ?? [], rules: { ...USUAL, ...kept<AlertRules>('rules') }, seenAt: kept<string>('seen') ?? '',
  });
  soon();
}

function hear(events: readonly NetworkEvent[]): void {
  if (mineNow() !== watch.address) take();
  if (events.some(each => each.about === watch.address || each.kind === 'statistics')) soon();
}

function soon(): void {
  timer ??= setTimeout(() => {
    timer = undefined;
    void lookAgain();
  }, PAUSE_MS);
}

async function lookAgain(): Promise<void> {
  const { address } = watch;
  if (address === undefined) return;
  try {
    offerStakeMin ??= BigInt((await (await stun()).request<NetworkView>('GET', ['network'])).offer_stake_min);
    const detail = await fetchProvider(address, '7d');
    // Another one may have been chosen meanwhile.
    if (address !== watch.address) return;
    const stakeMin = watch.rules.stakeMin === undefined ? offerStakeMin : BigInt(watch.rules.stakeMin);
    const next = lookAt(detail, stakeMin, Date.now());
    const fresh = alertsOf(look, next, detail, stakeMin).filter(each => watch.rules.kinds.includes(each.kind));
    look = next;
    keep('look', next);
    if (fresh.length > 0) add(fresh);
  } catch {
    // A node that does not answer says nothing about the provider; the next look will.
  }
}

function add(fresh: readonly Alert[]): void {
  const alerts = [...[...fresh].reverse(), ...watch.alerts].slice(0, KEPT_MAX);
  become({ alerts });
  keep('alerts', alerts);
  if (!watch.rules.isNotifying || !('Notification' in window) || Notification.permission !== 'granted') return;
  for (const each of fresh)
    new Notification(each.title, { body: each.text, tag: `stun ${each.kind}`, icon: '/icon.svg' });
}

/** The console then looks after the provider from its first page on; see main.tsx. */
function stayOn(isOn: boolean): void {
  try {
    if (isOn) localStorage.setItem('stun.alerts.on', '1');
    else localStorage.removeItem('stun.alerts.on');
  } catch {
    // Then it begins when a page of the provider is opened.
  }
}

function become(change: Partial<Watch>): void {
  watch = { ...watch, ...change };
  for (const listener of listeners) listener();
}

function kept<T>(what: string): T | undefined {
  try {
    const text = localStorage.getItem(`stun.alerts.${what} ${watch.address}`);
    return text === null ? undefined : JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}

function keep(what: string, value: unknown): void {
  try {
    localStorage.setItem(`stun.alerts.${what} ${watch.address}`, JSON.stringify(value));
  } catch {
    // Then it lasts as long as the page.
  }
}
