// What happens in the network, as it happens: a WebSocket that goes on behind the last event after every break, so that
// nothing is missed and nothing comes twice. A browser's WebSocket cannot send the header with the key, so the key goes
// as a subprotocol; it is never part of an address, since addresses are written down by whoever stands between.

import { InvalidRequest, NodeUnreachable } from './errors.js';
import { pausesOf, sleep, type RetryPolicy } from './retry.js';

/** Something that happened. */
export interface NetworkEvent {
  /** Where to go on behind. */
  readonly position: string;
  readonly at: Date;
  /** Undefined for what concerns everybody, as offers do. */
  readonly task: string | undefined;
  readonly kind: string;
  readonly about: string;
  readonly detail: string;
}

/** live: what happens arrives; waiting: the line is broken and is made anew after a pause. */
export type EventsState = 'connecting' | 'live' | 'waiting';

export interface EventsOptions {
  /** Goes on behind this position; from now on if nothing is said. */
  readonly since?: string | undefined;
  readonly signal?: AbortSignal;
  readonly onState?: (state: EventsState) => void;
  /** What opens a WebSocket, where the platform's own is not to be used. */
  readonly open?: (url: string, protocols: string[]) => WebSocket;
}

const PROTOCOL = 'stun.v1';
const KEY_PROTOCOL = 'stun.key.';

/** Events that wait to be read, some 500 bytes each. Who falls behind that far goes on from the node's own record. */
const WAITING_MAX = 20_000;

/** A line that lasted so long was a good one: the next pause is the first again. */
const GOOD_MS = 5_000;

export async function* follow(
  base: string, key: string | undefined, retry: RetryPolicy,
  options: EventsOptions): AsyncGenerator<NetworkEvent, void, void> {
  const { signal, onState } = options;
  if (options.since !== undefined && !/^\d{1,19}$/.test(options.since))
    throw new InvalidRequest(`'${options.since}' is no position of an event.`);
  let position = options.since;
  let pauses = pausesOf({ ...retry, tries: Infinity });
  for (;;) {
    onState?.('connecting');
    const line = new Line(base, key, position, options);
    const begun = performance.now();
    try {
      for await (const happened of line.read(() => onState?.('live'))) {
        position = happened.position;
        yield happened;
      }
    } finally {
      line.close();
    }
    signal?.throwIfAborted();
    if (performance.now() - begun > GOOD_MS) pauses = pausesOf({ ...retry, tries: Infinity });
    onState?.('waiting');
    await sleep(pauses.next().value as number, signal);
  }
}

/** One WebSocket, from its opening to its end, whatever ends it. */
class Line {
  readonly #socket: WebSocket;
  readonly #waiting: NetworkEvent[] = [];
  #wake: () => void = () => undefined;
  #isOver = false;
  #isOpen = false;

  constructor(base: string, key: string | undefined, since: string | undefined, readonly options: EventsOptions) {
    const url = base.replace(/^http/, 'ws') + '/v1/events' + (since === undefined ? '' : `?since=${since}`);
    const protocols = key === undefined ? [PROTOCOL] : [PROTOCOL, KEY_PROTOCOL + key];
    this.#socket = options.open?.(url, protocols) ?? new WebSocket(url, protocols);
    this.#socket.onopen = () => this.#then(() => (this.#isOpen = true));
    this.#socket.onmessage = said => this.#then(() => this.#take(String(said.data)));
    this.#socket.onclose = () => this.#then(() => (this.#isOver = true));
    // What went wrong is told to nobody here: the closing that follows is what counts.
    this.#socket.onerror = () => undefined;
    options.signal?.addEventListener('abort', this.#leave, { once: true });
    if (options.signal?.aborted) this.#leave();
  }

  async *read(opened: () => void): AsyncGenerator<NetworkEvent, void, void> {
    let isTold = false;
    for (;;) {
      if (this.#isOpen && !isTold) {
        isTold = true;
        opened();
      }
      const next = this.#waiting.shift();
      if (next !== undefined) yield next;
      else if (this.#isOver) return;
      else await new Promise<void>(resolve => (this.#wake = resolve));
    }
  }

  close(): void {
    this.options.signal?.removeEventListener('abort', this.#leave);
    this.#isOver = true;
    if (this.#socket.readyState < 2) this.#socket.close();
  }

  readonly #leave = () => this.#then(() => {
    this.#waiting.length = 0;
    this.close();
  });

  #then(change: () => void): void {
    change();
    this.#wake();
  }

  #take(text: string): void {
    if (this.#isOver) return;
    try {
      this.#waiting.push(eventOf(text));
    } catch {
      // Whoever sends that is no node; the line is made anew.
      this.close();
    }
    if (this.#waiting.length >= WAITING_MAX) this.close();
  }
}

function eventOf(text: string): NetworkEvent {
  const view = JSON.parse(text) as Record<string, unknown>;
  const { position, kind } = view;
  if (typeof position !== 'string' || typeof kind !== 'string') throw new NodeUnreachable('A message is no event.');
  return {
    position, kind, at: new Date(String(view['at'])), about: String(view['about'] ?? ''),
    detail: String(view['detail'] ?? ''), task: typeof view['task'] === 'string' ? view['task'] : undefined,
  };
}
