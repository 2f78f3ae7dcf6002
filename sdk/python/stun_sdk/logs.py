"""What a task's programs write, while they write it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

from .errors import NodeUnreachable, StunError
from .retry import RetryPolicy, may_go_well
from .transport import Transport, path_of, pieces_of
from .views import LogPiece

_LINES = {"Accept": "application/x-ndjson"}
_LINE_MAX = 1 << 20

SILENCE = 240.0
"""Seconds without a word after which the line is taken for dead and made anew."""


class LogReader:
    """Reads logs once over, without gap and without double, also over breaks of the line."""

    def __init__(self, transport: Transport, task: str, attempt: str | None, stream: str | None) -> None:
        self._transport, self._path = transport, path_of("tasks", task, "logs")
        self._attempt, self._stream = attempt, stream
        self._seen: dict[tuple[str, str], int] = {}

    def read(self, follow: bool, retry: RetryPolicy) -> Iterator[LogPiece]:
        """All that is there, and with ``follow`` what comes, until the task has ended."""
        pauses = retry.pauses()
        while True:
            try:
                for piece in self._once(follow, self._attempt, self._stream, None):
                    pauses = retry.pauses()
                    yield from self._new_of(piece)
                return
            except StunError as failure:
                pause = next(pauses, None)
                if pause is None or not may_go_well(failure):
                    raise
                time.sleep(max(pause, getattr(failure, "retry_after", None) or 0))

    def _new_of(self, piece: LogPiece) -> Iterator[LogPiece]:
        """After a break everything comes from its beginning again, and maybe cut elsewhere."""
        key = (piece.attempt, piece.stream)
        seen = self._seen.get(key, 0)
        if piece.end <= seen:
            return
        if piece.offset < seen:
            # Bytes that are no UTF-8 have become other ones: the text cannot be cut by counting, so the node cuts.
            for rest in self._once(False, piece.attempt, piece.stream, seen):
                if rest.offset == self._seen[key]:
                    self._seen[key] = rest.end
                    yield rest
            return
        self._seen[key] = piece.end
        yield piece

    def _once(self, follow: bool, attempt: str | None, stream: str | None, offset: int | None) -> Iterator[LogPiece]:
        query = {"follow": "1" if follow else None, "attempt": attempt, "stream": stream, "offset": offset}
        with self._transport.open("GET", self._path, query=query, headers=_LINES, patience=SILENCE) as answer:
            rest = b""
            for part in pieces_of(answer):
                *lines, rest = (rest + part).split(b"\n")
                for line in lines:
                    yield _piece(line)
                if len(rest) > _LINE_MAX:
                    raise NodeUnreachable("A line of the log is longer than a node sends.")
            if rest:
                raise NodeUnreachable("The line broke within a piece of the log.")


def _piece(line: bytes) -> LogPiece:
    try:
        view: Any = json.loads(line)
        return LogPiece(view["attempt"], view["stream"], int(view["offset"]), int(view["size"]), view["text"])
    except (ValueError, TypeError, KeyError) as bad:
        raise NodeUnreachable(f"A line of the log is no JSON: {bad}") from bad
