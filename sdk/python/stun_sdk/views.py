"""What the API answers, as types. Amounts are whole numbers of the smallest unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

FINAL_STATES = frozenset({"complete", "failed", "cancelled", "refused"})
"""A task in one of these stays as it is."""


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


@dataclass(frozen=True)
class TaskView:
    """A task as it is now."""

    id: str
    state: str
    """verified: there is a result, the money follows. The other words are in the API's document."""
    reason: str | None
    result: str | None
    """The digest of the result's manifest."""
    cheat_pass_ppb: int | None
    """How likely a cheat passes under the chosen verification, in parts per billion."""
    requester: str
    price_limit: int
    deadline: datetime
    submitted_at: datetime | None
    ended_at: datetime | None

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in FINAL_STATES

    @property
    def has_result(self) -> bool:
        """Whether its files can be read."""
        return self.result is not None

    @staticmethod
    def from_json(view: Mapping[str, Any]) -> TaskView:
        """Of a TaskView."""
        return TaskView(
            view["id"], view["state"], view.get("reason"), view.get("result"), view.get("cheat_pass_ppb"),
            view["requester"], int(view["price_limit"]), datetime.fromisoformat(view["deadline"]),
            _time(view.get("submitted_at")), _time(view.get("ended_at")))


@dataclass(frozen=True)
class ScoreParts:
    """What each factor adds to a candidate's score."""

    hardware_fit: int
    history: int
    proximity: int
    price: int
    load: int
    reputation: int


@dataclass(frozen=True)
class Candidate:
    """An offer that fitted a task. ``rank`` 1 is the best, and ``score`` is the sum of its parts."""

    rank: int
    provider: str
    offer: str
    chosen: bool
    attempt: str | None
    """What became of it; None where it was not chosen."""
    score: int
    parts: ScoreParts
    price_per_second: int

    @staticmethod
    def from_json(view: Mapping[str, Any]) -> Candidate:
        """Of a CandidateView."""
        return Candidate(
            view["rank"], view["provider"], view["offer"], view["chosen"], view.get("attempt"), view["score"],
            ScoreParts(*(view["parts"][each.name] for each in fields(ScoreParts))), int(view["price_per_second"]))


@dataclass(frozen=True)
class Placement:
    """One choice of providers for a task. Of ``candidate_count`` those taken and the best others are listed."""

    generation: str
    at: datetime
    candidate_count: int
    by_lot: bool
    """Whether they were drawn among all candidates; else the first ones were taken."""
    candidates: tuple[Candidate, ...]

    @staticmethod
    def from_json(view: Mapping[str, Any]) -> Placement:
        """Of a PlacementView."""
        return Placement(
            view["generation"], datetime.fromisoformat(view["at"]), view["candidate_count"], view["by_lot"],
            tuple(map(Candidate.from_json, view["candidates"])))


@dataclass(frozen=True)
class ResultFile:
    """A file that came out of a task."""

    name: str
    digest: str
    size: int


@dataclass(frozen=True)
class Result:
    """All files that came out of a task, under the digest that the verdict names."""

    task: str
    digest: str
    files: tuple[ResultFile, ...]


@dataclass(frozen=True)
class Blob:
    """Content that the node keeps."""

    digest: str
    size: int


@dataclass(frozen=True)
class LogPiece:
    """Some of what an attempt wrote. ``stream`` is output or errors; the next piece begins at offset + size."""

    attempt: str
    stream: str
    offset: int
    size: int
    text: str

    @property
    def end(self) -> int:
        """Where the next piece of the same stream begins."""
        return self.offset + self.size


@dataclass(frozen=True)
class Account:
    """What the escrow holds for an account."""

    address: str
    balance: int
    held: int
    stake: int
    unbonding: int
    managed: bool
    """Whether the node keeps its key."""

    @staticmethod
    def from_json(view: Mapping[str, Any]) -> Account:
        """Of an AccountView."""
        return Account(view["address"], int(view["balance"]), int(view["held"]), int(view["stake"]),
                       int(view["unbonding"]), view["managed"])


@dataclass(frozen=True)
class OrderDraft:
    """An order that waits for its requester's signature."""

    task: str
    """The id that the task will have."""
    order: str
    typed_data: str
    """JSON for eth_signTypedData_v4, as a text."""


@dataclass(frozen=True)
class Offer:
    """What a provider has on offer."""

    provider: str
    id: str
    price_per_second: int
    region: str
    gpu_model: str
    gpu_count: int
    gpu_memory_mib: int
    compute_capability: str
    cpu_millis: int
    memory_mib: int
    disk_mib: int

    @staticmethod
    def from_json(view: Mapping[str, Any]) -> Offer:
        """Of an OfferView."""
        has = view["hardware"]
        return Offer(
            view["provider"], view["id"], int(view["price_per_second"]), view["region"], has["gpu_model"],
            has["gpu_count"], has["gpu_memory_mib"], has["compute_capability"], has["cpu_millis"], has["memory_mib"],
            has["disk_mib"])
