// All providers, kept right by events: who comes and goes is changed at once, figures are fetched anew now and then. A
// thousand providers are five requests, so that a busy network is not asked for all of them at every tick.
import { useEffect, useSyncExternalStore } from 'react';
import type { NetworkEvent } from 'stun-sdk';
import { fetchProvider, fetchProviders, type ProviderView } from '~/api/providers';
import { useEvents } from '~/live/connection';

/** Some 600 bytes each. */
const KEPT_MAX = 10_000;
const WHOLE_EVERY_MS = 15_000;
const SINGLE_AFTER_MS = 900;
const SINGLE_MAX = 12;

export interface ProvidersState {
  readonly providers: readonly ProviderView[];
  readonly isLoading: boolean;
  readonly error: unknown;
  readonly at: number;
}

export class ProviderFeed {
  #state: ProvidersState = { providers: [], isLoading: true, error: undefined, at: 0 };
  readonly #listeners = new Set<() => void>();
  readonly #ends = new AbortController();
  readonly #changed = new Set<string>();
  #single: ReturnType<typeof setTimeout> | undefined;
  #whole: ReturnType<typeof setTimeout> | undefined;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): ProvidersState => this.#state;

  close(): void {
    this.#ends.abort();
    clearTimeout(this.#single);
    clearTimeout(this.#whole);
  }

  readonly load = async (): Promise<void> => {
    this.#tell({ isLoading: true });
    try {
      const providers = await fetchProviders(KEPT_MAX, this.#ends.signal);
      this.#tell({ providers, isLoading: false, error: undefined, at: Date.now() });
    } catch (error) {
      if (!this.#ends.signal.aborted) this.#tell({ error, isLoading: false });
    }
  };

  readonly hear = (events: readonly NetworkEvent[]): void => {
    for (const each of events) {
      if (each.kind === 'provider-online' || each.kind === 'provider-offline') this.#turn(each);
      if (each.kind === 'cheat-caught') this.#changed.add(each.about);
    }
    if (this.#changed.size > 0) this.#single ??= setTimeout(() => void this.#refresh(), SINGLE_AFTER_MS);
    this.#whole ??= setTimeout(() => {
      this.#whole = undefined;
      void this.load();
    }, WHOLE_EVERY_MS);
  };

  #turn(happened: NetworkEvent): void {
    const online = happened.kind === 'provider-online';
    const since = happened.at.toISOString();
    this.#changed.add(happened.about);
    this.#tell({
      providers: this.#state.providers.map(each => (each.address === happened.about ? { ...each, online, since } : each)),
    });
  }

  async #refresh(): Promise<void> {
    this.#single = undefined;
    const wanted = [...this.#changed].slice(0, SINGLE_MAX);
    this.#changed.clear();
    const found = await Promise.all(wanted.map(address =>
      fetchProvider(address, '7d', this.#ends.signal).then(detail => detail.provider, () => undefined)));
    const news = new Map(found.filter(each => each !== undefined).map(each => [each.address, each]));
    const providers = this.#state.providers.map(each => {
      const next = news.get(each.address) ?? each;
      news.delete(each.address);
      return next;
    });
    if (!this.#ends.signal.aborted) this.#tell({ providers: [...providers, ...news.values()] });
  }

  #tell(change: Partial<ProvidersState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

export function useProviders(feed: ProviderFeed): ProvidersState {
  useEvents(feed.hear);
  useEffect(() => {
    void feed.load();
    return () => feed.close();
  }, [feed]);
  return useSyncExternalStore(feed.subscribe, feed.state);
}
