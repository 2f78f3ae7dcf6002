"""What can go wrong, as types. Every answer that refuses has a code, what was wrong and what to do next.

Codes never change their meaning; ``api/errors.yaml`` lists them all. A class stands for a group of codes, so that a
program can catch what it can mend: ``except RateLimited``, ``except NotFound``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class StunError(Exception):
    """All that this package raises by itself."""


class InvalidRequest(StunError, ValueError):
    """Something was asked for that cannot be sent: it never left this machine."""


class NodeUnreachable(StunError):
    """The node could not be reached, or the line broke before it had answered."""


class WaitedTooLong(StunError, TimeoutError):
    """What was waited for did not come in time. It may still come: nothing was cancelled."""


class TaskFailed(StunError):
    """A task has ended without a result: what it held was given back, less what the network's terms keep."""

    def __init__(self, task: str, state: str, reason: str | None, sentences: tuple[str, ...]) -> None:
        super().__init__(" ".join([f"Task {task} is {state}{f' ({reason})' if reason else ''}.", *sentences]))
        self.task, self.state, self.reason, self.sentences = task, state, reason, sentences


class ContentMismatch(StunError):
    """What was received has another digest than the one that was asked for."""


@dataclass(frozen=True)
class Fault:
    """A place in the request and what is wrong there."""

    path: str
    message: str


class ApiError(StunError):
    """The node refused. ``code`` says what, ``detail`` what was wrong this time, ``cure`` what to do next."""

    def __init__(self, *, code: str, status: int, title: str, detail: str, cure: str, faults: tuple[Fault, ...] = (),
                 request_id: str | None = None, retry_after: float | None = None) -> None:
        places = "".join(f" [{fault.path}: {fault.message}]" for fault in faults)
        super().__init__(f"{code}: {detail}{places} {cure}".rstrip())
        self.code = code
        self.status = status
        self.title = title
        self.detail = detail
        self.cure = cure
        self.faults = faults
        self.request_id = request_id
        self.retry_after = retry_after
        """Seconds that the node asked for; None if it did not say."""


class RequestRefused(ApiError):
    """The request itself is wrong: ``request.*``."""


class AuthRefused(ApiError):
    """The key is missing, not known, or may not do this: ``auth.*``."""


class RateLimited(ApiError):
    """Too many requests: ``rate.limited``."""


class NodeUnavailable(ApiError):
    """The node cannot do its work now: ``node.*``."""


class NotFound(ApiError):
    """There is no such thing, or it is not yours: ``*.unknown``, ``request.not-found``."""


class TaskRefused(ApiError):
    """An order that the network does not take, or a task that is not that far: ``task.*``."""


class IdempotencyConflict(ApiError):
    """The key was used for another task: ``idempotency.conflict``."""


class BlobRefused(ApiError):
    """An upload cannot go on like this: ``blob.*``."""


class AccountRefused(ApiError):
    """It cannot be done with this account or at this escrow: ``account.*``, ``escrow.*``."""


class ModelRefused(ApiError):
    """It cannot be done with this model or service: ``model.*``, ``service.*``, and the codes of other doors."""


class NetworkRefused(ApiError):
    """It cannot be said of the network just now: ``provider.*``, ``governance.*``."""


class UnknownRefusal(ApiError):
    """An answer without an error document that this package knows: a proxy between, or a newer node."""


_GROUPS: Mapping[str, type[ApiError]] = {
    "request": RequestRefused, "auth": AuthRefused, "rate": RateLimited, "node": NodeUnavailable, "task": TaskRefused,
    "idempotency": IdempotencyConflict, "blob": BlobRefused, "account": AccountRefused, "escrow": AccountRefused,
    "quota": RateLimited, "model": ModelRefused, "service": ModelRefused, "replica": ModelRefused,
    "file": ModelRefused, "batch": ModelRefused, "tes": ModelRefused, "provider": NetworkRefused,
    "estimate": NodeUnavailable, "governance": NetworkRefused,
}

_MISSING = {"request.not-found", "task.unknown", "blob.unknown", "blob.upload-unknown", "account.unknown",
            "key.unknown", "model.unknown", "service.unknown", "file.unknown", "batch.unknown",
            "provider.unknown", "governance.none"}


def class_of(code: str) -> type[ApiError]:
    """The class that stands for a code."""
    return NotFound if code in _MISSING else _GROUPS.get(code.split(".")[0], UnknownRefusal)


def error_of(status: int, body: bytes, headers: Mapping[str, str]) -> ApiError:
    """The error that an answer of 400 or more tells. Header names are in lower case."""
    retry_after = _seconds(headers.get("retry-after"))
    try:
        document: Any = json.loads(body)
        code = document["code"]
        if not isinstance(code, str):
            raise TypeError("the code is no text")
        faults = tuple(Fault(str(each["path"]), str(each["message"])) for each in document.get("errors") or ())
        return class_of(code)(
            code=code, status=status, title=str(document.get("title", "")), detail=str(document.get("detail", "")),
            cure=str(document.get("cure", "")), faults=faults, request_id=document.get("request_id"),
            retry_after=retry_after)
    except (ValueError, TypeError, KeyError, AttributeError):
        # HEAD has no body, and a proxy has pages of its own.
        kind = {401: AuthRefused, 403: AuthRefused, 404: NotFound, 429: RateLimited}.get(status, UnknownRefusal)
        return kind(
            code=f"http.{status}", status=status, title="", detail=f"The answer was {status} without a document.",
            cure="Look at the address of the node and at what stands before it.", retry_after=retry_after)


def _seconds(text: str | None) -> float | None:
    return float(text) if text is not None and text.isascii() and text.isdigit() else None
