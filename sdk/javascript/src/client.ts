// The client: one object for one node and one key. It keeps no state but whose key it is.

import { fetchFile, type DownloadOptions } from './downloads.js';
import { AuthRefused, ContentMismatch, InvalidRequest, WaitedTooLong } from './errors.js';
import { estimateOf, type Estimate } from './estimates.js';
import type { EventsOptions, NetworkEvent } from './events.js';
import { formOf, type Input, type TaskRequest } from './forms.js';
import { LogReader, type LogOptions } from './logs.js';
import { hexOf, joined, type Bytes } from './receipts/bytes.js';
import { manifestDigest, SHARES, verify, type Proof, type Shares, type Terms } from './receipts/index.js';
import { pausesOf, sleep, USUAL, type RetryPolicy } from './retry.js';
import { pathOf, Transport, type Coming } from './transport.js';
import { upload, type Content, type UploadOptions } from './uploads.js';
import {
  accountOf, offerOf, placementOf, taskOf, type Account, type BlobRef, type LogPiece, type Network, type Offer,
  type OrderDraft, type Placement, type Result, type ResultFile, type Task,
} from './views.js';

/** Seconds that the API lets one request wait. */
const WAIT_MAX = 55;
const PAGE = 200;

export interface StunClientOptions {
  readonly apiKey?: string | undefined;
  /** Its address, as `https://gateway.example:8443`. */
  readonly node?: string | undefined;
  /** The address that the key is for, where the node does not say it by itself. */
  readonly account?: string | undefined;
  /** How long the line may be silent. */
  readonly timeoutMs?: number | undefined;
  readonly retry?: Partial<RetryPolicy> | undefined;
  /** Sends the key over a line in the clear also to another machine. */
  readonly allowPlain?: boolean | undefined;
}

/** Whatever takes long can be given up: the signal's reason is thrown then. */
export interface Abortable {
  readonly signal?: AbortSignal;
}

export interface SubmitOptions extends Abortable {
  readonly idempotencyKey?: string;
}

export interface WaitOptions extends Abortable {
  readonly timeoutMs?: number;
  /** Waits until the money has moved too. */
  readonly untilSettled?: boolean;
}

/** Any other call of the API: the body as a document, the query as it is. */
export interface RequestOptions extends Abortable {
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly document?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TasksQuery extends Abortable {
  readonly state?: string;
  readonly since?: Date;
  readonly until?: Date;
}

export interface ProvidersQuery extends Abortable {
  /** reputation, earned, stake, tasks, running, online, price or address. */
  readonly sort?: string | undefined;
  readonly region?: string | undefined;
  readonly online?: boolean | undefined;
}

export interface OffersQuery extends Abortable {
  readonly region?: string;
  readonly gpuModel?: string;
}

/** Speaks with a node for the owner of a key. */
export class StunClient {
  readonly #transport: Transport;
  #account: string | undefined;

  constructor(options: StunClientOptions = {}) {
    this.#transport = new Transport({
      node: options.node ?? 'http://127.0.0.1:7800', apiKey: options.apiKey, timeoutMs: options.timeoutMs ?? 30_000,
      retry: { ...USUAL, ...options.retry }, allowPlain: options.allowPlain ?? false,
    });
    this.#account = options.account;
  }

  /** Hands a task in. The same key with the same content is the same task, until its deadline.
   *
   * Without a key one is made, so that trying again after a break never runs a task twice. Give one of your own where
   * also a new start of your program must not. */
  async submit(request: TaskRequest, options: SubmitOptions = {}): Promise<Task> {
    const key = options.idempotencyKey ?? hexOf(crypto.getRandomValues(new Uint8Array(16)));
    if (!/^[\x20-\x7e]{1,255}$/.test(key))
      throw new InvalidRequest('An idempotency key has 1 to 255 plain characters.');
    const answer = await this.#transport.send('POST', pathOf('tasks'), {
      document: formOf(request), headers: { 'Idempotency-Key': key }, signal: options.signal,
    });
    return taskOf(answer.json);
  }

  /** The task as it is now. */
  async status(task: Task | string, options: Abortable = {}): Promise<Task> {
    return taskOf((await this.#transport.send('GET', pathOf('tasks', idOf(task)), options)).json);
  }

  /** The tasks of the key's account, newest first, page by page. */
  async *tasks(query: TasksQuery = {}): AsyncGenerator<Task, void, void> {
    const { state, signal } = query;
    const times = { since: query.since?.toISOString(), until: query.until?.toISOString() };
    for await (const view of this.#pages('tasks', { state, ...times }, signal)) yield taskOf(view);
  }

  /** Waits for the result, or with `untilSettled` until the money has moved too.
   *
   * A task that failed, was refused or cancelled is an answer like any other: look at `state` and `reason`. Throws
   * WaitedTooLong after `timeoutMs`; the task goes on. */
  async wait(task: Task | string, options: WaitOptions = {}): Promise<Task> {
    const { timeoutMs = Infinity, untilSettled = false, signal } = options;
    const until = performance.now() + timeoutMs;
    const pauses = pausesOf({ tries: Infinity, firstPauseMs: 100, longestPauseMs: 5_000 });
    for (;;) {
      const left = (until - performance.now()) / 1000;
      const wait = Math.max(0, Math.min(WAIT_MAX, Math.trunc(left)));
      const answer = await this.#transport.send(
        'GET', pathOf('tasks', idOf(task)), { query: { wait }, patienceMs: 1000 * wait, signal });
      const now = taskOf(answer.json);
      if (now.isFinal || (now.hasResult && !untilSettled)) return now;
      const leftMs = until - performance.now();
      if (leftMs <= 0) throw new WaitedTooLong(`Task ${now.id} is ${now.state} after ${timeoutMs} ms.`);
      // The API answers at once when there is a result, and while too many wait: then it is asked again, slower.
      await sleep(Math.min(leftMs, pauses.next().value as number), signal);
    }
  }

  /** Asks for the task to be cancelled, for an account whose key the node keeps. One that ended stays so. */
  async cancel(task: Task | string, options: Abortable = {}): Promise<Task> {
    const path = pathOf('tasks', idOf(task), 'cancel');
    return taskOf((await this.#transport.send('POST', path, { document: {}, ...options })).json);
  }

  /** Why a task is where it is, as the API tells it: `sentences` is for people. */
  async why(task: Task | string, options: Abortable = {}): Promise<Record<string, any>> {
    return (await this.#transport.send('GET', pathOf('tasks', idOf(task), 'why'), options)).json;
  }

  /** Whom the scheduler chose from, each time that it chose, with the scores: oldest first. */
  async placements(task: Task | string, options: Abortable = {}): Promise<readonly Placement[]> {
    return (await this.why(task, options))['placements'].map(placementOf);
  }

  /** What the attempts write, as they write it, until the task has ended; breaks of the line leave no gap. */
  logs(task: Task | string, options: LogOptions = {}): AsyncGenerator<LogPiece, void, void> {
    return new LogReader(this.#transport, idOf(task), options).read();
  }

  /** What happens to the caller's tasks and to offers, as it happens; breaks of the line leave no gap. It never ends by
   * itself: give a signal, or leave the loop. */
  events(options: EventsOptions = {}): AsyncGenerator<NetworkEvent, void, void> {
    return this.#transport.events(options);
  }

  /** Calls what has no method here: `request('GET', ['keys'])`. The answer is as the API's document says it. */
  async request<T>(method: string, path: readonly string[], options: RequestOptions = {}): Promise<T> {
    const answer = await this.#transport.send(method, pathOf(...path), { ...options, isOnce: method === 'POST' });
    return (answer.body.length > 0 ? answer.json : undefined) as T;
  }

  /** The same for an answer that comes in pieces, as those of models do: it is read as it comes. */
  async stream(method: string, path: readonly string[], options: RequestOptions = {}): Promise<Coming> {
    return this.#transport.open(method, pathOf(...path), { ...options, patienceMs: 600_000 });
  }

  /** Brings content to the node. What is large goes in pieces and goes on after breaks. */
  upload(content: Content, options: UploadOptions = {}): Promise<BlobRef> {
    return upload(this.#transport, content, options);
  }

  /** The same, as an input that a task finds under `name`. */
  async uploadInput(name: string, content: Content, options: UploadOptions = {}): Promise<Input> {
    return { name, ...await this.upload(content, options) };
  }

  /** The files that came out of a task, checked against the digest that the verdict names. */
  async result(task: Task | string, options: Abortable = {}): Promise<Result> {
    const view = (await this.#transport.send('GET', pathOf('tasks', idOf(task), 'result'), options)).json;
    const files = (view.files as ResultFile[]).map(each =>
      ({ name: each.name, digest: each.digest, size: Number(each.size) }));
    if (manifestDigest(files) !== view.digest)
      throw new ContentMismatch(`The files are not those of the result ${view.digest}.`);
    return { task: view.task, digest: view.digest, files };
  }

  /** A file of a result, in memory. Without outputs named, a task's is `stdout`. */
  async readFile(task: Task | string, name = 'stdout', options: DownloadOptions = {}): Promise<Bytes> {
    const pieces: Bytes[] = [];
    const file = await this.#file(task, name, options);
    await fetchFile(this.#transport, idOf(task), file, piece => void pieces.push(piece), options);
    return joined(...pieces);
  }

  /** A file of a result, as it comes, into a stream: closed if it is whole and right, aborted if not. What was written
   * before must not be believed until then. */
  async download(
    task: Task | string, name: string, into: WritableStream<Uint8Array>,
    options: DownloadOptions = {}): Promise<ResultFile> {
    const writer = into.getWriter();
    try {
      const file = await this.#file(task, name, options);
      await fetchFile(this.#transport, idOf(task), file, piece => writer.write(piece), options);
      await writer.close();
      return file;
    } catch (failure) {
      // A stream that has failed by itself cannot be aborted any more.
      await writer.abort(failure).catch(() => undefined);
      throw failure;
    }
  }

  /** What the task would find and cost now. No promise: the price limit is one. */
  async estimate(request: TaskRequest, options: Abortable = {}): Promise<Estimate> {
    return estimateOf((await this.#transport.send(
      'POST', pathOf('tasks', 'estimate'), { document: formOf(request), ...options })).json);
  }

  /** The order of a task for a wallet to sign: `typedData` is JSON for eth_signTypedData_v4. Nothing is kept. */
  async draftOrder(request: TaskRequest, options: Abortable = {}): Promise<OrderDraft> {
    const view = (await this.#transport.send(
      'POST', pathOf('orders'), { document: formOf(request), ...options })).json;
    return { task: view['task'], order: view['order'], typedData: view['typed_data'] };
  }

  /** Hands in an order that its requester has signed. */
  async submitSigned(draft: OrderDraft, signature: string, options: Abortable = {}): Promise<Task> {
    return taskOf((await this.#transport.send(
      'POST', pathOf('tasks'), { document: { order: draft.order, signature }, ...options })).json);
  }

  /** What the network does; the window is 1h, 6h, 24h, 7d or 30d. As the API's document describes it. */
  async statistics(window = '1h', options: Abortable = {}): Promise<Network> {
    return (await this.#transport.send('GET', pathOf('statistics'), { query: { window }, ...options })).json;
  }

  /** Who offers, or has offered, something; page by page, as the API's document describes them. */
  providers(query: ProvidersQuery = {}): AsyncGenerator<Record<string, any>, void, void> {
    const { sort, region, online, signal } = query;
    return this.#pages(
      'providers', { sort, region, online: online === undefined ? undefined : online ? '1' : '0' }, signal);
  }

  /**
   * One provider, with all that is known of it: `work` is what the network measured of its work, `capability` what its
   * machine measured of itself and nobody has checked.
   */
  async provider(address: string, options: Abortable = {}): Promise<Record<string, any>> {
    return (await this.#transport.send('GET', pathOf('providers', address), options)).json;
  }

  /** What the owners of the network's token vote on, newest first. */
  async proposals(options: Abortable = {}): Promise<Record<string, any>[]> {
    return (await this.#transport.send('GET', pathOf('governance', 'proposals'), options)).json.proposals;
  }

  /** What is wrong with a policy, or what it says to tasks. `kind` is provider or requester. */
  async checkPolicy(
    text: string, kind = 'provider', tasks: readonly TaskRequest[] = [],
    options: Abortable = {}): Promise<Record<string, any>> {
    return (await this.#transport.send('POST', pathOf('policies', 'check'), {
      document: { kind, text, tasks: tasks.map(formOf) }, ...options,
    })).json;
  }

  /** What providers have on offer, cheapest first, page by page. */
  async *offers(query: OffersQuery = {}): AsyncGenerator<Offer, void, void> {
    const { region, gpuModel, signal } = query;
    for await (const view of this.#pages('offers', { region, gpu_model: gpuModel }, signal)) yield offerOf(view);
  }

  /** What the escrow holds for an account: the key's own, if none is named. */
  async account(address?: string, options: Abortable = {}): Promise<Account> {
    const path = pathOf('accounts', address ?? await this.#own(options));
    return accountOf((await this.#transport.send('GET', path, options)).json);
  }

  /** What the account may spend, in the smallest unit. */
  async balance(address?: string, options: Abortable = {}): Promise<bigint> {
    return (await this.account(address, options)).balance;
  }

  /** What everybody in this network agrees on, as this node says it. */
  async network(options: Abortable = {}): Promise<Network> {
    return (await this.#transport.send('GET', pathOf('network'), options)).json;
  }

  /** The verdict with all that proves it, as JSON text: keep it, it can be checked for ever. */
  async proof(task: Task | string, options: Abortable = {}): Promise<string> {
    return (await this.#transport.send('GET', pathOf('tasks', idOf(task), 'verdict'), options)).text;
  }

  /** The proof, fetched and checked. Throws ProofError if it does not hold, or is of another task. */
  async verified(
    task: Task | string, trusted: Terms, shares: Shares = SHARES, options: Abortable = {}): Promise<Proof> {
    const proof = verify(await this.proof(task, options), trusted, shares);
    if (proof.task !== idOf(task)) throw new ContentMismatch(`The node gave the proof of task ${proof.task}.`);
    return proof;
  }

  async #file(task: Task | string, name: string, options: Abortable): Promise<ResultFile> {
    const { files } = await this.result(task, options);
    const file = files.find(each => each.name === name);
    if (file !== undefined) return file;
    const names = files.map(each => each.name).join(', ') || 'none';
    throw new InvalidRequest(`The result has no file '${name}'; it has ${names}.`);
  }

  async #own(options: Abortable): Promise<string> {
    if (this.#account !== undefined) return this.#account;
    let keys: { account: string }[] = [];
    try {
      keys = (await this.#transport.send('GET', pathOf('keys'), options)).json.keys;
    } catch (refused) {
      if (!(refused instanceof AuthRefused) || refused.status !== 403) throw refused;
    }
    if (keys.length === 0)
      throw new InvalidRequest('The node does not say whose this key is: pass account to the client.');
    this.#account = keys[0]!.account;
    return this.#account;
  }

  async *#pages(
    what: string, query: Record<string, string | undefined>,
    signal: AbortSignal | undefined): AsyncGenerator<Record<string, any>, void, void> {
    let cursor: string | undefined;
    do {
      const view = (await this.#transport.send(
        'GET', pathOf(what), { query: { ...query, limit: PAGE, cursor }, signal })).json;
      yield* view[what];
      cursor = view.cursor ?? undefined;
    } while (cursor !== undefined);
  }
}

/** The id of a task, as paths have it. */
function idOf(task: Task | string): string {
  const text = typeof task === 'string' ? task.replace(/^0x/, '') : task.id;
  if (!/^[0-9a-fA-F]{32}$/.test(text))
    throw new InvalidRequest(`'${text}' is no task: an id has 32 hexadecimal digits.`);
  return text.toLowerCase();
}
