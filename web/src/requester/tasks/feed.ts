// The list of tasks: loaded page by page as one scrolls, and kept right by events. It holds what was loaded and no more
// than a limit; what is older than that is a matter for a search.
import { useEffect, useSyncExternalStore } from 'react';
import type { NetworkEvent } from 'stun-sdk';
import type { TaskPage, TaskView } from '~/api/views';
import { useEvents } from '~/live/connection';
import { stun } from '~/session/session';

const PAGE = 200;
/** Some 400 bytes each. */
const KEPT_MAX = 20_000;
/** Tasks that changed and are looked up one by one; more than that, and the first page is asked for instead. */
const SINGLE_MAX = 24;
const PAUSE_MS = 800;

export interface FeedState {
  readonly tasks: readonly TaskView[];
  readonly isLoading: boolean;
  readonly isWhole: boolean;
  readonly error: unknown;
  /** When the first page came; 0 before. */
  readonly at: number;
}

export class TaskFeed {
  #state: FeedState = { tasks: [], isLoading: true, isWhole: false, error: undefined, at: 0 };
  readonly #listeners = new Set<() => void>();
  readonly #changed = new Set<string>();
  readonly #ends = new AbortController();
  #cursor: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isBusy = false;

  constructor(readonly query: Readonly<Record<string, string | undefined>>) {
    void this.more();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): FeedState => this.#state;

  close(): void {
    this.#ends.abort();
    clearTimeout(this.#timer);
  }

  /** The next page. */
  readonly more = async (): Promise<void> => {
    if (this.#isBusy || this.#state.isWhole) return;
    this.#isBusy = true;
    this.#tell({ isLoading: true, error: undefined });
    try {
      const page = await this.#page(this.#cursor);
      this.#cursor = page.cursor ?? undefined;
      const tasks = merge(this.#state.tasks, page.tasks);
      const isWhole = this.#cursor === undefined || tasks.length >= KEPT_MAX;
      this.#tell({ tasks, isWhole, isLoading: false, at: Date.now() });
    } catch (error) {
      if (!this.#ends.signal.aborted) this.#tell({ error, isLoading: false });
    } finally {
      this.#isBusy = false;
    }
  };

  /** Notes whose tasks changed, and asks for them soon. */
  readonly hear = (events: readonly NetworkEvent[]): void => {
    for (const each of events) if (each.task !== undefined) this.#changed.add(each.task);
    if (this.#changed.size > 0) this.#timer ??= setTimeout(() => void this.#refresh(), PAUSE_MS);
  };

  async #refresh(): Promise<void> {
    const changed = [...this.#changed];
    this.#changed.clear();
    const known = new Set(this.#state.tasks.map(task => task.id));
    const isNew = changed.some(id => !known.has(id));
    try {
      // New ones are on the first page; so are most of those that changed.
      const first = isNew || changed.length > SINGLE_MAX ? (await this.#page(undefined)).tasks : [];
      const seen = new Set(first.map(task => task.id));
      const rest = changed.filter(id => known.has(id) && !seen.has(id)).slice(0, SINGLE_MAX);
      const singles = await Promise.all(rest.map(id => this.#single(id)));
      const fresh = [...first, ...singles.filter(task => task !== undefined)];
      const state = this.query['state'];
      const tasks = merge(this.#state.tasks, fresh).filter(task => state === undefined || task.state === state);
      this.#tell({ tasks: tasks.slice(0, KEPT_MAX), error: undefined, at: Date.now() });
    } catch (error) {
      if (!this.#ends.signal.aborted) this.#tell({ error });
    } finally {
      this.#timer = undefined;
      if (this.#changed.size > 0 && !this.#ends.signal.aborted)
        this.#timer = setTimeout(() => void this.#refresh(), PAUSE_MS);
    }
  }

  async #page(cursor: string | undefined): Promise<TaskPage> {
    const node = await stun();
    return node.request<TaskPage>('GET', ['tasks'], {
      query: { ...this.query, limit: PAGE, cursor }, signal: this.#ends.signal,
    });
  }

  async #single(id: string): Promise<TaskView | undefined> {
    const node = await stun();
    return node.request<TaskView>('GET', ['tasks', id], { signal: this.#ends.signal }).catch(() => undefined);
  }

  #tell(change: Partial<FeedState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

/** Newest first; a task that came again replaces what was known. */
export function merge(old: readonly TaskView[], fresh: readonly TaskView[]): readonly TaskView[] {
  if (fresh.length === 0) return old;
  const news = new Map(fresh.map(task => [task.id, task]));
  const merged = old.map(task => {
    const next = news.get(task.id);
    if (next !== undefined) news.delete(task.id);
    return next ?? task;
  });
  merged.push(...news.values());
  return news.size === 0 ? merged : merged.sort((left, right) => timeOf(right) - timeOf(left));
}

function timeOf(task: TaskView): number {
  // One that was just handed in has no time yet, and is the newest.
  return task.submitted_at == null ? Infinity : Date.parse(task.submitted_at);
}

export function useFeed(feed: TaskFeed): FeedState {
  useEvents(feed.hear);
  useEffect(() => () => feed.close(), [feed]);
  return useSyncExternalStore(feed.subscribe, feed.state);
}
