// What a task's programs write, while they write it.

import { ApiError, NodeUnreachable } from './errors.js';
import { joined, type Bytes } from './receipts/bytes.js';
import { mayGoWell, pausesOf, sleep } from './retry.js';
import { pathOf, type Transport } from './transport.js';
import type { LogPiece } from './views.js';

const LINE_MAX = 1 << 20;
const NEW_LINE = 10;

/** After so long without a word the line is taken for dead and made anew. */
const SILENCE_MS = 240_000;

export interface LogOptions {
  /** Whether to wait for what comes, until the task has ended. It is so if nothing is said. */
  readonly follow?: boolean;
  readonly attempt?: string;
  /** output or errors; both if nothing is said. */
  readonly stream?: string;
  readonly signal?: AbortSignal;
}

/** Which part of the logs. */
interface Part {
  readonly attempt: string | undefined;
  readonly stream: string | undefined;
  readonly offset?: number;
}

/** Reads logs once over, without gap and without double, also over breaks of the line. */
export class LogReader {
  readonly #path: string;
  readonly #seen = new Map<string, number>();

  constructor(readonly transport: Transport, task: string, readonly options: LogOptions) {
    this.#path = pathOf('tasks', task, 'logs');
  }

  async *read(): AsyncGenerator<LogPiece, void, void> {
    const { attempt, stream, signal, follow } = this.options;
    let pauses = pausesOf(this.transport.retry);
    for (;;)
      try {
        for await (const piece of this.#once(follow ?? true, { attempt, stream })) {
          pauses = pausesOf(this.transport.retry);
          yield* this.#newOf(piece);
        }
        return;
      } catch (failure) {
        const pause = pauses.next();
        if (pause.done || !mayGoWell(failure)) throw failure;
        const asked = failure instanceof ApiError ? failure.retryAfter ?? 0 : 0;
        await sleep(Math.max(pause.value, 1000 * asked), signal);
      }
  }

  /** After a break everything comes from its beginning again, and maybe cut elsewhere. */
  async *#newOf(piece: LogPiece): AsyncGenerator<LogPiece, void, void> {
    const key = `${piece.attempt} ${piece.stream}`;
    const seen = this.#seen.get(key) ?? 0;
    if (piece.end <= seen) return;
    if (piece.offset >= seen) {
      this.#seen.set(key, piece.end);
      yield piece;
      return;
    }
    // Bytes that are no UTF-8 have become other ones: the text cannot be cut by counting, so the node cuts.
    for await (const rest of this.#once(false, { attempt: piece.attempt, stream: piece.stream, offset: seen }))
      if (rest.offset === this.#seen.get(key)) {
        this.#seen.set(key, rest.end);
        yield rest;
      }
  }

  async *#once(follow: boolean, part: Part): AsyncGenerator<LogPiece, void, void> {
    const coming = await this.transport.open('GET', this.#path, {
      query: { follow: follow ? 1 : undefined, ...part }, headers: { Accept: 'application/x-ndjson' },
      patienceMs: SILENCE_MS, signal: this.options.signal,
    });
    let rest: Bytes = new Uint8Array();
    for await (const bytes of coming.pieces) {
      rest = joined(rest, bytes);
      let begin = 0;
      for (let end = rest.indexOf(NEW_LINE); end >= 0; end = rest.indexOf(NEW_LINE, begin)) {
        yield pieceOf(rest.subarray(begin, end));
        begin = end + 1;
      }
      rest = rest.slice(begin);
      if (rest.length > LINE_MAX) throw new NodeUnreachable('A line of the log is longer than a node sends.');
    }
    if (rest.length > 0) throw new NodeUnreachable('The line broke within a piece of the log.');
  }
}

function pieceOf(line: Uint8Array): LogPiece {
  try {
    const { attempt, stream, offset, size, text } = JSON.parse(new TextDecoder().decode(line)) as LogPiece;
    if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(size) || typeof text !== 'string')
      throw new TypeError('it is no piece of a log');
    return { attempt, stream, offset, size, text, end: offset + size };
  } catch (bad) {
    throw new NodeUnreachable(`A line of the log is no JSON: ${(bad as Error).message}`);
  }
}
