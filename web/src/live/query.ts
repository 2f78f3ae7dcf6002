// What was fetched, by name: shown at once when asked for again, fetched anew when the network says that it changed,
// forgotten some time after nobody looks at it any more.
import { useCallback, useSyncExternalStore } from 'react';
import { subscribe as onSession } from '~/session/session';

export interface Fetched<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  readonly isLoading: boolean;
  /** When the data came. */
  readonly at: number;
}

interface Entry {
  now: Fetched<unknown>;
  readonly listeners: Set<() => void>;
  fetch: (signal: AbortSignal) => Promise<unknown>;
  topics: readonly string[];
  running: AbortController | undefined;
  isStale: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
  lastBegun: number;
  lastUsed: number;
}

/** Entries that nobody looks at: some kilobytes each, so that going back is at once. */
const IDLE_MAX = 60;
/** However much happens, one thing is fetched at most so often. */
const PAUSE_MS = 700;

const NOTHING: Fetched<never> = { data: undefined, error: undefined, isLoading: true, at: 0 };
const entries = new Map<string, Entry>();

export interface QueryOptions {
  /** What makes it stale: see live/connection.ts. */
  readonly topics?: readonly string[];
  /** For what no event tells. */
  readonly everyMs?: number;
}

/** `name` undefined fetches nothing. The fetch must depend on nothing that is not in the name. */
export function useQuery<T>(
  name: string | undefined, fetch: (signal: AbortSignal) => Promise<T>, options: QueryOptions = {},
): Fetched<T> & { readonly again: () => void } {
  const { topics = [], everyMs } = options;
  const subscribe = useCallback((listener: () => void) => {
    if (name === undefined) return () => undefined;
    const entry = entryOf(name);
    entry.fetch = fetch;
    entry.topics = topics;
    entry.listeners.add(listener);
    if (entry.now.at === 0 || entry.isStale || entry.now.error !== undefined) begin(entry);
    const timer = everyMs === undefined ? undefined : setInterval(() => {
      if (document.visibilityState === 'visible') refresh(entry);
    }, everyMs);
    return () => {
      clearInterval(timer);
      entry.listeners.delete(listener);
      entry.lastUsed = performance.now();
      if (entry.listeners.size === 0) leave(entry);
    };
    // The fetch is named by its name.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [name, everyMs, topics.join(' ')]);
  const now = useSyncExternalStore(subscribe, () => (name === undefined ? NOTHING : entries.get(name)?.now ?? NOTHING));
  const again = useCallback(() => {
    const entry = name === undefined ? undefined : entries.get(name);
    if (entry !== undefined) begin(entry);
  }, [name]);
  return { ...(now as Fetched<T>), again };
}

/** Everything that depends on one of these topics is fetched anew, soon and once. */
export function invalidate(topics: ReadonlySet<string>): void {
  for (const entry of entries.values())
    if (entry.topics.some(topic => topics.has(topic))) refresh(entry);
}

export function invalidateAll(): void {
  for (const entry of entries.values()) refresh(entry);
}

/** Puts in what an answer has told already. */
export function put<T>(name: string, data: T): void {
  const entry = entryOf(name);
  entry.isStale = false;
  tell(entry, { data, error: undefined, isLoading: false, at: Date.now() });
}

export function entryCount(): number {
  return entries.size;
}

function entryOf(name: string): Entry {
  let entry = entries.get(name);
  if (entry === undefined) {
    entry = {
      now: NOTHING, listeners: new Set(), fetch: () => Promise.reject(new Error('nothing to fetch')), topics: [],
      running: undefined, isStale: false, timer: undefined, lastBegun: 0, lastUsed: performance.now(),
    };
    entries.set(name, entry);
  }
  return entry;
}

function refresh(entry: Entry): void {
  entry.isStale = true;
  if (entry.listeners.size === 0 || entry.timer !== undefined) return;
  const wait = Math.max(0, entry.lastBegun + PAUSE_MS - performance.now());
  entry.timer = setTimeout(() => {
    entry.timer = undefined;
    if (entry.listeners.size > 0 && entry.isStale && entry.running === undefined) begin(entry);
  }, wait);
}

function begin(entry: Entry): void {
  entry.running?.abort();
  const running = new AbortController();
  entry.running = running;
  entry.isStale = false;
  entry.lastBegun = performance.now();
  if (!entry.now.isLoading) tell(entry, { ...entry.now, isLoading: true });
  entry.fetch(running.signal).then(
    data => {
      if (entry.running === running) over(entry, { data, error: undefined, isLoading: false, at: Date.now() });
    },
    (error: unknown) => {
      // What was shown before stays: an error beside old figures says more than an error alone.
      if (entry.running === running) over(entry, { ...entry.now, error, isLoading: false, at: Date.now() });
    });
}

function over(entry: Entry, now: Fetched<unknown>): void {
  entry.running = undefined;
  tell(entry, now);
  if (entry.isStale) refresh(entry);
}

function tell(entry: Entry, now: Fetched<unknown>): void {
  entry.now = now;
  for (const listener of entry.listeners) listener();
}

function leave(entry: Entry): void {
  clearTimeout(entry.timer);
  entry.timer = undefined;
  const idle = [...entries].filter(([, each]) => each.listeners.size === 0);
  if (idle.length <= IDLE_MAX) return;
  idle.sort(([, left], [, right]) => left.lastUsed - right.lastUsed);
  for (const [name, each] of idle.slice(0, idle.length - IDLE_MAX)) {
    each.running?.abort();
    entries.delete(name);
  }
}

// Another key sees other things. What is still looked at is fetched a moment later: pages that need a session have left
// by then, if there is none any more.
onSession(() => {
  for (const [name, entry] of entries) {
    entry.running?.abort();
    entry.running = undefined;
    entry.now = NOTHING;
    if (entry.listeners.size === 0) entries.delete(name);
  }
  setTimeout(() => {
    for (const entry of entries.values())
      if (entry.listeners.size > 0 && entry.running === undefined && entry.now.at === 0) begin(entry);
  }, 50);
});
