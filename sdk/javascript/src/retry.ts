// What may be tried again, and when.

import { ApiError, NodeUnreachable } from './errors.js';

/** Codes of what may go well next time. Everything that this package sends may come twice: tasks carry an idempotency
 * key, blobs their digest, pieces of uploads their place; a cancellation twice is one. */
export const AGAIN: ReadonlySet<string> = new Set([
  'rate.limited', 'node.busy', 'node.draining', 'node.not-ready', 'node.failed', 'task.unanswered', 'task.queue-full',
  'request.too-slow', 'http.408', 'http.429', 'http.500', 'http.502', 'http.503', 'http.504',
]);

/** Whether the same request may go well later. */
export function mayGoWell(failure: unknown): boolean {
  return failure instanceof NodeUnreachable || (failure instanceof ApiError && AGAIN.has(failure.code));
}

/** How often and after how long. The pause doubles each time; chance takes up to half of it away, so that many who
 * failed together do not come back together. Where the node says how long, that is waited at least. */
export interface RetryPolicy {
  readonly tries: number;
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

export const USUAL: RetryPolicy = { tries: 5, firstPauseMs: 200, longestPauseMs: 10_000 };

/** A pause before each try but the first. */
export function* pausesOf(policy: RetryPolicy): Generator<number, void, void> {
  let pause = policy.firstPauseMs;
  for (let tried = 1; tried < policy.tries; tried++) {
    yield pause * (1 - Math.random() / 2);
    pause = Math.min(2 * pause, policy.longestPauseMs);
  }
}

/** Waits, unless the signal is aborted first: then its reason is thrown. */
export function sleep(pauseMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', leave);
      resolve();
    }, pauseMs);
    function leave(): void {
      clearTimeout(timer);
      reject(signal!.reason);
    }
    signal?.addEventListener('abort', leave, { once: true });
  });
}
