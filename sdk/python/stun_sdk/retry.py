"""What may be tried again, and when."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from .errors import ApiError, NodeUnreachable, StunError

AGAIN = frozenset({
    "rate.limited", "node.busy", "node.draining", "node.not-ready", "node.failed", "task.unanswered",
    "task.queue-full", "request.too-slow", "http.408", "http.429", "http.500", "http.502", "http.503", "http.504",
})
"""Codes of what may go well next time. Everything that this package sends may come twice: tasks carry an idempotency
key, blobs their digest, pieces of uploads their place; a cancellation twice is one."""


def may_go_well(failure: StunError) -> bool:
    """Whether the same request may go well later."""
    return isinstance(failure, NodeUnreachable) or (isinstance(failure, ApiError) and failure.code in AGAIN)


@dataclass(frozen=True)
class RetryPolicy:
    """How often and after how long. The pause doubles each time; chance takes up to half of it away, so that many who
    failed together do not come back together. Where the node says how long, that is waited at least."""

    tries: int = 5
    first_pause: float = 0.2
    longest_pause: float = 10.0
    chance: random.Random = field(default_factory=random.Random, repr=False, compare=False)

    def pauses(self) -> Iterator[float]:
        """A pause in seconds before each try but the first."""
        pause = self.first_pause
        for _ in range(self.tries - 1):
            yield pause * (1 - self.chance.random() / 2)
            pause = min(2 * pause, self.longest_pause)


NEVER = RetryPolicy(tries=1)
"""For those who try again by themselves."""
