"""The tree over the tasks of a batch: keccak-256 with the prefixes of RFC 6962.

A leaf is hashed behind a zero byte and an inner node behind a one, so that no inner node can pass for a leaf. A node
that stands alone on its level is carried up as it is.
"""

from __future__ import annotations

from collections.abc import Sequence

from .keccak import keccak256


def line_of(task: bytes, order: bytes, verdict: bytes) -> bytes:
    """What a batch says of one task: its id and the struct hashes of its order and verdict, a word each."""
    return keccak256(task.ljust(32, b"\0") + order + verdict)


def _leaf(line: bytes) -> bytes:
    return keccak256(b"\x00" + line)


def _node(left: bytes, right: bytes) -> bytes:
    return keccak256(b"\x01" + left + right)


def root_of(lines: Sequence[bytes]) -> bytes:
    """The root over all lines; 32 zeros over none."""
    level = [_leaf(line) for line in lines]
    while len(level) > 1:
        level = [_node(*level[at:at + 2]) if at + 1 < len(level) else level[at] for at in range(0, len(level), 2)]
    return level[0] if level else bytes(32)


def path_of(lines: Sequence[bytes], index: int) -> list[bytes]:
    """The siblings from leaf to root; a level where the node stands alone adds none."""
    level, path = [_leaf(line) for line in lines], []
    while len(level) > 1:
        if index ^ 1 < len(level):
            path.append(level[index ^ 1])
        level = [_node(*level[at:at + 2]) if at + 1 < len(level) else level[at] for at in range(0, len(level), 2)]
        index >>= 1
    return path


def is_in(root: bytes, line: bytes, index: int, count: int, path: Sequence[bytes]) -> bool:
    """Whether the line stands at this place of a tree of so many lines. The path has no more than it needs."""
    if not 0 <= index < count:
        return False
    node, left = _leaf(line), list(path)
    while count > 1:
        if index ^ 1 < count:
            if not left:
                return False
            sibling = left.pop(0)
            node = _node(sibling, node) if index & 1 else _node(node, sibling)
        index, count = index >> 1, (count + 1) >> 1
    return not left and node == root
