// Files of results on their way here: gone on with after breaks, and believed only if their digest is right.

import { sha256 } from '@noble/hashes/sha2.js';
import { ContentMismatch, NodeUnreachable } from './errors.js';
import { hexOf, type Bytes } from './receipts/bytes.js';
import { mayGoWell } from './retry.js';
import { pathOf, type Transport } from './transport.js';
import type { Progress } from './uploads.js';
import type { ResultFile } from './views.js';

export interface DownloadOptions {
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/** Takes what has come, in order. */
export type Sink = (piece: Bytes) => void | Promise<void>;

/** Gives a file of a result to `into`, piece by piece; throws ContentMismatch if it is not what the result names. */
export async function fetchFile(
  transport: Transport, task: string, file: ResultFile, into: Sink, options: DownloadOptions): Promise<void> {
  const hash = sha256.create();
  const path = pathOf('tasks', task, 'result', file.name);
  let received = 0;

  async function goOn(): Promise<void> {
    // The tag is the digest: a part is only sent of the same content.
    const rest: Record<string, string> = received === 0 ? {}
      : { Range: `bytes=${received}-`, 'If-Range': `"${file.digest}"` };
    const coming = await transport.open('GET', path, { headers: { Accept: '*/*', ...rest }, signal: options.signal });
    if (received > 0 && coming.status !== 206) {
      coming.close();
      throw new ContentMismatch(`${file.name} changed while it was read.`);
    }
    for await (const piece of coming.pieces) {
      received += piece.length;
      if (received > file.size) throw new ContentMismatch(`${file.name} has more than its ${file.size} bytes.`);
      hash.update(piece);
      await into(piece);
      options.progress?.(received, file.size);
    }
  }

  while (received < file.size) {
    const before = received;
    try {
      await transport.again(goOn, options.signal);
    } catch (failure) {
      // A line that brings something each time gets there.
      if (received === before || !mayGoWell(failure)) throw failure;
      continue;
    }
    if (received === before)
      throw new NodeUnreachable(`${file.name} ends after ${received} of ${file.size} bytes.`);
  }
  if ('sha256:' + hexOf(hash.digest()) !== file.digest)
    throw new ContentMismatch(`${file.name} is not the content of ${file.digest}.`);
}
