// HTTP to one node: with the key, within bounds of time, tried again where that is safe. It is the platform's fetch,
// which browsers, Node and others have alike.

import { ApiError, errorOf, InvalidRequest, NodeUnreachable } from './errors.js';
import { follow, type EventsOptions, type NetworkEvent } from './events.js';
import { joined, type Bytes } from './receipts/bytes.js';
import { mayGoWell, pausesOf, sleep, type RetryPolicy } from './retry.js';

/** No document of the API is near that large; what is larger is no answer but an attack. */
const ANSWER_MAX = 64 << 20;
const REFUSAL_MAX = 1 << 20;

export interface Line {
  readonly node: string;
  readonly apiKey: string | undefined;
  readonly timeoutMs: number;
  readonly retry: RetryPolicy;
  readonly allowPlain: boolean;
}

/** A request: what goes with it, and how long it may take. */
export interface Call {
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly document?: unknown;
  readonly body?: Blob | Bytes;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the node may take besides the usual time. */
  readonly patienceMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** Leaves trying again to the caller. */
  readonly isOnce?: boolean;
}

/** An answer that was not refused. */
export class Answer {
  constructor(readonly status: number, readonly headers: Headers, readonly body: Bytes) {}

  get text(): string {
    return new TextDecoder().decode(this.body);
  }

  /** The body as a document. */
  get json(): any {
    try {
      return JSON.parse(this.text);
    } catch (bad) {
      throw new NodeUnreachable(`The answer is no JSON: ${(bad as Error).message}. Is this the address of a node?`);
    }
  }
}

/** An answer while it comes. */
export interface Coming {
  readonly status: number;
  readonly headers: Headers;
  /** Pieces as they come; throws NodeUnreachable if the line breaks. Leaving the loop closes the line. */
  readonly pieces: AsyncIterable<Bytes>;
  /** Closes the line, if it is still open. */
  close(): void;
}

/** A path of the API from its parts. Slashes within a part are kept: names of files have them. */
export function pathOf(...parts: string[]): string {
  return '/v1/' + parts.map(part => encodeURIComponent(part).replace(/%2F/g, '/').replace(/%3A/g, ':')).join('/');
}

export class Transport {
  readonly retry: RetryPolicy;
  readonly #base: string;
  readonly #host: string;
  readonly #apiKey: string | undefined;
  readonly #timeoutMs: number;

  constructor(line: Line) {
    const url = addressOf(line.node);
    if (line.apiKey !== undefined && !/^[\x21-\x7e]+$/.test(line.apiKey))
      throw new InvalidRequest('The API key holds characters that no key has.');
    if (url.protocol === 'http:' && line.apiKey !== undefined && !line.allowPlain && !isHere(url.hostname))
      throw new InvalidRequest('The key would go over the line in the clear: use https, or pass allowPlain: true '
        + 'where the line itself is safe.');
    this.#base = url.origin + url.pathname.replace(/\/+$/, '');
    this.#host = url.host;
    this.#apiKey = line.apiKey;
    this.#timeoutMs = line.timeoutMs;
    this.retry = line.retry;
  }

  /** Sends and reads the whole answer. */
  send(method: string, path: string, call: Call = {}): Promise<Answer> {
    const once = async () => {
      const coming = await this.open(method, path, call);
      const body = method === 'HEAD' ? new Uint8Array() : await read(coming, ANSWER_MAX);
      coming.close();
      return new Answer(coming.status, coming.headers, body);
    };
    return call.isOnce === true ? once() : this.again(once, call.signal);
  }

  /** The answer while it comes, for streams; throws if it is a refusal. Nothing is tried again. */
  async open(method: string, path: string, call: Call = {}): Promise<Coming> {
    const watch = new Watch(this.#timeoutMs + (call.patienceMs ?? 0), call.signal);
    let answer: Response;
    try {
      answer = await fetch(this.#base + path + queryOf(call.query), {
        method, headers: this.#headers(call), body: bodyOf(call), signal: watch.signal, cache: 'no-store',
        credentials: 'omit',
        // Who leads elsewhere would get the key, or be believed for it.
        redirect: 'manual',
      });
    } catch (broken) {
      throw watch.failure(`${this.#host} did not answer`, broken);
    }
    const coming = comingOf(answer, watch);
    if (answer.ok) return coming;
    const said = await read(coming, REFUSAL_MAX);
    coming.close();
    throw errorOf(answer.status, new TextDecoder().decode(said), answer.headers);
  }

  events(options: EventsOptions): AsyncGenerator<NetworkEvent, void, void> {
    return follow(this.#base, this.#apiKey, this.retry, options);
  }

  /** Tries until it goes well, cannot go well, or has been tried often enough. */
  async again<T>(once: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    for (const pause of pausesOf(this.retry))
      try {
        return await once();
      } catch (failure) {
        if (!mayGoWell(failure)) throw failure;
        const askedMs = failure instanceof ApiError ? 1000 * (failure.retryAfter ?? 0) : 0;
        if (askedMs > 10 * this.retry.longestPauseMs) throw failure;
        await sleep(Math.max(pause, askedMs), signal);
      }
    return once();
  }

  #headers(call: Call): Record<string, string> {
    const headers: Record<string, string> = { Accept: 'application/json', ...call.headers };
    if (call.document !== undefined) headers['Content-Type'] = 'application/json';
    if (this.#apiKey !== undefined) headers['Authorization'] = 'Bearer ' + this.#apiKey;
    return headers;
  }
}

function addressOf(node: string): URL {
  let url: URL | undefined;
  try {
    url = new URL(node.includes('://') ? node : 'http://' + node);
  } catch {
    // Told below, like all the others.
  }
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.hostname === '' || url.search !== ''
    || url.hash !== '' || url.username !== '' || url.password !== '')
    throw new InvalidRequest(`'${node}' is no address of a node: give it as https://HOST:PORT.`);
  return url;
}

function isHere(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function queryOf(query: Call['query']): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) given.set(name, String(value));
  return given.size > 0 ? '?' + given.toString() : '';
}

function bodyOf(call: Call): BodyInit | null {
  return call.document !== undefined ? JSON.stringify(call.document) : call.body ?? null;
}

/** Ends a request whose line is silent for too long, or whose caller wants it no more. */
class Watch {
  readonly #ends = new AbortController();
  readonly #leave = () => this.#ends.abort(this.caller!.reason);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isSilent = false;

  constructor(readonly silenceMs: number, readonly caller: AbortSignal | undefined) {
    if (caller?.aborted) this.#leave();
    caller?.addEventListener('abort', this.#leave, { once: true });
    this.heard();
  }

  get signal(): AbortSignal {
    return this.#ends.signal;
  }

  /** Something came: the time begins anew. */
  heard(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#isSilent = true;
      this.#ends.abort();
    }, this.silenceMs);
  }

  /** Nothing is waited for: who reads may take its time. */
  pause(): void {
    clearTimeout(this.#timer);
  }

  over(): void {
    clearTimeout(this.#timer);
    this.caller?.removeEventListener('abort', this.#leave);
  }

  /** What to throw: the caller's own reason, if it was the caller. */
  failure(what: string, broken: unknown): unknown {
    this.over();
    if (this.caller?.aborted) return this.caller.reason;
    const cause = broken instanceof Error && broken.cause instanceof Error ? broken.cause : broken;
    const why = this.#isSilent ? `silent for ${this.silenceMs} ms` : (cause as Error).message;
    return new NodeUnreachable(`${what}: ${why}.`, { cause: broken });
  }
}

function comingOf(answer: Response, watch: Watch): Coming {
  const reader = answer.body?.getReader();
  let isOver = false;
  const close = () => {
    watch.over();
    // A body that has ended or broken has nothing to be cancelled.
    if (!isOver) reader?.cancel().catch(() => undefined);
    isOver = true;
  };
  async function* pieces(): AsyncGenerator<Bytes, void, void> {
    try {
      while (reader !== undefined) {
        watch.heard();
        const piece = await reader.read();
        watch.pause();
        if (piece.done) break;
        yield piece.value;
      }
      isOver = true;
    } catch (broken) {
      isOver = true;
      throw watch.failure('The line broke within an answer', broken);
    } finally {
      close();
    }
  }
  return { status: answer.status, headers: answer.headers, pieces: pieces(), close };
}

async function read(coming: Coming, sizeMax: number): Promise<Bytes> {
  const pieces: Bytes[] = [];
  let size = 0;
  for await (const piece of coming.pieces) {
    size += piece.length;
    if (size > sizeMax) throw new NodeUnreachable(`The answer has more than ${sizeMax} bytes.`);
    pieces.push(piece);
  }
  return joined(...pieces);
}
