// The tree over the tasks of a batch: keccak-256 with the prefixes of RFC 6962. A leaf is hashed behind a zero byte and
// an inner node behind a one, so that no inner node can pass for a leaf. A node that stands alone on its level is
// carried up as it is.

import { isSame, joined, keccak256, type Bytes } from './bytes.js';

/** What a batch says of one task: its id and the struct hashes of its order and verdict, a word each. */
export function lineOf(task: Uint8Array, order: Uint8Array, verdict: Uint8Array): Bytes {
  return keccak256(joined(task, new Uint8Array(32 - task.length)), order, verdict);
}

const leaf = (line: Uint8Array): Bytes => keccak256(Uint8Array.of(0), line);
const node = (left: Uint8Array, right: Uint8Array): Bytes => keccak256(Uint8Array.of(1), left, right);

function above(level: readonly Bytes[]): Bytes[] {
  const next: Bytes[] = [];
  for (let at = 0; at < level.length; at += 2)
    next.push(at + 1 < level.length ? node(level[at]!, level[at + 1]!) : level[at]!);
  return next;
}

/** The root over all lines; 32 zeros over none. */
export function rootOf(lines: readonly Uint8Array[]): Bytes {
  let level = lines.map(leaf);
  while (level.length > 1) level = above(level);
  return level[0] ?? new Uint8Array(32);
}

/** The siblings from leaf to root; a level where the node stands alone adds none. */
export function pathOf(lines: readonly Uint8Array[], index: number): Bytes[] {
  const path: Bytes[] = [];
  for (let level = lines.map(leaf); level.length > 1; level = above(level), index >>= 1)
    if ((index ^ 1) < level.length) path.push(level[index ^ 1]!);
  return path;
}

/** Whether the line stands at this place of a tree of so many lines. The path has no more than it needs. */
export function isIn(
  root: Uint8Array, line: Uint8Array, index: bigint, count: bigint, path: readonly Uint8Array[]): boolean {
  if (index < 0n || index >= count) return false;
  let reached = leaf(line);
  let used = 0;
  for (; count > 1n; index >>= 1n, count = (count + 1n) >> 1n) {
    if ((index ^ 1n) >= count) continue;
    const sibling = path[used++];
    if (sibling === undefined) return false;
    reached = index & 1n ? node(sibling, reached) : node(reached, sibling);
  }
  return used === path.length && isSame(reached, root);
}
