// The one line over which the node tells what happens. Events are gathered for a moment and handed out together: ten
// thousand a second cost the page as much as ten.
import { useEffect, useRef, useSyncExternalStore } from 'react';
import type { EventsState, NetworkEvent } from 'stun-sdk';
import { currentSession, may, stun, subscribe as onSession } from '~/session/session';
import { invalidate, invalidateAll } from './query';

export type LineState = EventsState | 'off' | 'offline';

const GATHER_MS = 120;
/** Positions survive a reload of the tab, so that what happened meanwhile is not missed. */
const POSITION = 'stun.position';

const stateListeners = new Set<() => void>();
const eventListeners = new Set<(events: readonly NetworkEvent[]) => void>();
let state: LineState = 'off';
let running: AbortController | undefined;
let gathered: NetworkEvent[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;
let position: string | undefined;
let wasLive = false;

export function useLine(): LineState {
  return useSyncExternalStore(
    listener => {
      stateListeners.add(listener);
      return () => stateListeners.delete(listener);
    },
    () => state);
}

/** Called with what happened, a few times a second at most. */
export function useEvents(listener: (events: readonly NetworkEvent[]) => void): void {
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => listen(events => latest.current(events)), []);
}

/** The same for what is no component. */
export function listen(listener: (events: readonly NetworkEvent[]) => void): () => void {
  eventListeners.add(listener);
  return () => void eventListeners.delete(listener);
}

export function startLine(): void {
  onSession(() => {
    position = undefined;
    keep(undefined);
    restart();
  });
  window.addEventListener('online', restart);
  window.addEventListener('offline', () => {
    running?.abort();
    become('offline');
  });
  document.addEventListener('visibilitychange', () => {
    // A phone that slept has lost its line without a word; looking again is the moment to make it anew.
    if (document.visibilityState === 'visible' && (state === 'waiting' || state === 'connecting')) restart();
  });
  position = kept();
  restart();
}

function restart(): void {
  running?.abort();
  running = undefined;
  if (!navigator.onLine) {
    become('offline');
    return;
  }
  if (currentSession() === undefined || !may('events:read')) {
    become('off');
    return;
  }
  const mine = new AbortController();
  running = mine;
  become('connecting');
  void followAll(mine.signal);
}

async function followAll(signal: AbortSignal): Promise<void> {
  try {
    const node = await stun();
    const events = node.events({
      signal, since: position,
      onState: next => {
        if (!signal.aborted) become(next);
      },
    });
    for await (const happened of events) gather(happened);
  } catch (failure) {
    if (signal.aborted) return;
    console.warn('events', failure);
    become('off');
  }
}

function become(next: LineState): void {
  if (next === state) return;
  state = next;
  if (next === 'live') {
    // What no event tells may have changed while the line was broken.
    if (wasLive) invalidateAll();
    wasLive = true;
  }
  for (const listener of stateListeners) listener();
}

function gather(happened: NetworkEvent): void {
  position = happened.position;
  gathered.push(happened);
  timer ??= setTimeout(handOut, GATHER_MS);
}

function handOut(): void {
  timer = undefined;
  const events = gathered;
  gathered = [];
  keep(position);
  const topics = new Set<string>(['events']);
  for (const each of events) for (const topic of topicsOf(each)) topics.add(topic);
  invalidate(topics);
  for (const listener of eventListeners) listener(events);
}

/** What an event makes stale. */
function topicsOf(happened: NetworkEvent): string[] {
  if (happened.task !== undefined) {
    const topics = ['tasks', `task:${happened.task}`];
    if (MONEY.has(happened.kind)) topics.push('money');
    return topics;
  }
  if (happened.kind.startsWith('offer')) return ['offers', 'providers'];
  return ['providers', 'network'];
}

const MONEY = new Set(['held', 'settled', 'hold-expired', 'posted', 'complete', 'failed', 'cancelled']);

function kept(): string | undefined {
  try {
    const [account, at] = (sessionStorage.getItem(POSITION) ?? '').split(' ');
    return account !== undefined && account === currentSession()?.account ? at : undefined;
  } catch {
    return undefined;
  }
}

function keep(at: string | undefined): void {
  try {
    if (at === undefined) sessionStorage.removeItem(POSITION);
    else sessionStorage.setItem(POSITION, `${currentSession()?.account} ${at}`);
  } catch {
    // A reload begins from now, then.
  }
}
