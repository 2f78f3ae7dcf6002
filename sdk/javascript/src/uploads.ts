// Content on its way to a node: whole while it is small, in pieces that can be gone on with when it is not.

import { sha256 } from '@noble/hashes/sha2.js';
import { ApiError, ContentMismatch, InvalidRequest, NodeUnreachable, NotFound } from './errors.js';
import { hexOf, type Bytes } from './receipts/bytes.js';
import { mayGoWell } from './retry.js';
import { Answer, pathOf, type Transport } from './transport.js';
import type { BlobRef } from './views.js';

/** Up to here one request does it, and a break costs no more than sending it again. */
const WHOLE_MAX = 1 << 20;
/** As much is sent again after a break, at most. */
const PIECE = 8 << 20;
const READ = 1 << 20;
const BYTES = { 'Content-Type': 'application/octet-stream' };

/** Called with the bytes that have arrived, and the bytes in all. */
export type Progress = (arrived: number, size: number) => void;

/** Bytes that can be read again from any place: a Blob is one as it is, a file by `stun-sdk/node`. */
export interface Source {
  readonly size: number;
  /** The bytes from `begin` up to `end`. */
  read(begin: number, end: number): Promise<Bytes>;
}

/** What can be uploaded. A stream is gathered first: its digest must be known before its first byte is sent. */
export type Content = Blob | Uint8Array | ArrayBuffer | string | ReadableStream<Uint8Array> | Source;

export interface UploadOptions {
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/** Where small ends, and how large a piece is; for tests. */
export interface Pieces {
  readonly wholeMax: number;
  readonly piece: number;
}

interface Digested {
  readonly source: Source;
  readonly digest: string;
}

async function sourceOf(content: Content): Promise<Source> {
  if (isSource(content)) return content;
  let blob: Blob;
  if (content instanceof Blob) blob = content;
  else if (content instanceof ReadableStream) blob = await new Response(content).blob();
  else blob = new Blob([content instanceof Uint8Array ? new Uint8Array(content) : content]);
  return { size: blob.size, read: async (begin, end) => new Uint8Array(await blob.slice(begin, end).arrayBuffer()) };
}

function isSource(content: Content): content is Source {
  return typeof content === 'object' && 'read' in content && typeof content.read === 'function';
}

async function digested(source: Source, signal: AbortSignal | undefined): Promise<Digested> {
  const hash = sha256.create();
  for (let at = 0; at < source.size; at += READ) {
    signal?.throwIfAborted();
    hash.update(await part(source, at, Math.min(at + READ, source.size)));
  }
  return { source, digest: 'sha256:' + hexOf(hash.digest()) };
}

async function part(source: Source, begin: number, end: number): Promise<Bytes> {
  const bytes = await source.read(begin, end);
  if (bytes.length !== end - begin)
    throw new InvalidRequest(`The content has shrunk below ${source.size} bytes while it was sent.`);
  return bytes;
}

/** Brings content to the node, and goes on after breaks where the node says that it stands. */
export async function upload(
  transport: Transport, content: Content, options: UploadOptions = {},
  pieces: Pieces = { wholeMax: WHOLE_MAX, piece: PIECE }): Promise<BlobRef> {
  const { source, digest } = await digested(await sourceOf(content), options.signal);
  const tell = options.progress ?? (() => undefined);
  const ref = { digest, size: source.size };
  if (await isThere(transport, digest, options.signal)) {
    tell(source.size, source.size);
    return ref;
  }
  if (source.size > pieces.wholeMax)
    return new Pushing(transport, source, ref, options.signal).all(tell, pieces.piece);
  const body = await part(source, 0, source.size);
  const answer = await transport.send(
    'PUT', pathOf('blobs', digest), { body, headers: BYTES, signal: options.signal });
  tell(source.size, source.size);
  return kept(ref, answer);
}

async function isThere(transport: Transport, digest: string, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await transport.send('HEAD', pathOf('blobs', digest), { signal });
    return true;
  } catch (failure) {
    if (failure instanceof NotFound) return false;
    throw failure;
  }
}

function kept(ref: BlobRef, answer: Answer): BlobRef {
  const view = answer.json as { digest: string };
  if (view.digest !== ref.digest)
    throw new ContentMismatch(`The node kept ${view.digest} and was sent ${ref.digest}.`);
  return ref;
}

/** One upload in pieces. */
class Pushing {
  #offset = 0;
  #place = '';

  constructor(
    readonly transport: Transport, readonly source: Source, readonly ref: BlobRef,
    readonly signal: AbortSignal | undefined) {}

  async all(tell: Progress, piece: number): Promise<BlobRef> {
    const begun = await this.transport.send('POST', pathOf('blobs'), { document: this.ref, signal: this.signal });
    this.#place = pathOf('blobs', 'uploads', begun.json.id as string);
    this.#offset = Number(begun.json.offset);
    tell(this.#offset, this.ref.size);
    for (;;) {
      const before = this.#offset;
      try {
        const whole = await this.transport.again(() => this.#goOn(piece), this.signal);
        tell(this.#offset, this.ref.size);
        if (whole !== undefined) return whole;
      } catch (failure) {
        // A line that brings something each time gets there.
        if (this.#offset === before || !mayGoWell(failure)) throw failure;
        tell(this.#offset, this.ref.size);
      }
    }
  }

  /** One piece, from where the node stands; what is kept once it is whole. */
  async #goOn(piece: number): Promise<BlobRef | undefined> {
    const body = await part(this.source, this.#offset, Math.min(this.#offset + piece, this.source.size));
    let answer: Answer;
    try {
      answer = await this.transport.send('PATCH', this.#place, {
        body, headers: { ...BYTES, 'Upload-Offset': String(this.#offset) }, signal: this.signal, isOnce: true,
      });
    } catch (failure) {
      const isBehind = failure instanceof ApiError
        && ['blob.wrong-offset', 'blob.upload-busy'].includes(failure.code);
      if (!isBehind && !mayGoWell(failure)) throw failure;
      return this.#findPlace(failure as Error);
    }
    if (answer.status === 201) {
      this.#offset = this.ref.size;
      return kept(this.ref, answer);
    }
    this.#offset = Number(answer.json.offset);
    return undefined;
  }

  /** After a break: what of the piece has arrived is not sent again. */
  async #findPlace(failure: Error): Promise<BlobRef> {
    try {
      const stands = await this.transport.send('HEAD', this.#place, { signal: this.signal, isOnce: true });
      this.#offset = Number(stands.headers.get('upload-offset'));
    } catch (gone) {
      // The answer to the last piece was lost, and the upload ended with it.
      if (!(gone instanceof NotFound)) throw gone;
      if (!await isThere(this.transport, this.ref.digest, this.signal)) throw failure;
      this.#offset = this.ref.size;
      return this.ref;
    }
    throw new NodeUnreachable(`The upload stands at byte ${this.#offset}: ${failure.message}`, { cause: failure });
  }
}
