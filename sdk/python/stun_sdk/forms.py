"""What is asked for: a task and its parts, as the API takes them.

What is left out has a default of the node's, which is safe and not large: 10 minutes, one core, 512 MiB, two of three
runs that agree, a deadline in a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from .errors import InvalidRequest


@dataclass(frozen=True)
class Input:
    """A file that the program finds under ``name``: a blob that was uploaded before."""

    name: str
    digest: str
    size: int


@dataclass(frozen=True)
class Resources:
    """What the program needs."""

    gpu_count: int | None = None
    gpu_model: str | None = None
    gpu_memory_mib: int | None = None
    compute_capability: str | None = None
    cpu_millis: int | None = None
    memory_mib: int | None = None
    disk_mib: int | None = None
    regions: Sequence[str] | None = None
    nodes: int | None = None


@dataclass(frozen=True)
class Verification:
    """How a result is checked before anybody is paid. Make one by name: ``Verification.redundant(2, 3)``."""

    kind: str
    rate_ppm: int | None = None
    agreeing: int | None = None
    attempts: int | None = None
    circuit: str | None = None
    policy: str | None = None

    @staticmethod
    def none() -> Verification:
        """One run, believed."""
        return Verification("none")

    @staticmethod
    def audit(rate_ppm: int) -> Verification:
        """One run; so many in a million are run again by validators, who do not say which."""
        return Verification("audit", rate_ppm=rate_ppm)

    @staticmethod
    def redundant(agreeing: int = 2, attempts: int = 3) -> Verification:
        """Up to ``attempts`` runs by different providers until ``agreeing`` of them agree."""
        return Verification("redundant", agreeing=agreeing, attempts=attempts)


@dataclass(frozen=True)
class Comparator:
    """When two results count as the same: byte for byte, or by what they mean."""

    kind: str = "bytes"
    absolute_units: int | None = None
    absolute_exponent: int | None = None
    relative_ppb: int | None = None
    distance_ppm: int | None = None


@dataclass(frozen=True)
class ProviderChoice:
    """Which providers are wanted."""

    reputation_ppm_min: int | None = None
    stake_min: int | None = None
    allowed: Sequence[str] | None = None
    denied: Sequence[str] | None = None


@dataclass(frozen=True)
class TaskRequest:
    """A task to be run. ``price_limit`` is the most that it may cost, in the smallest unit."""

    image: str | None = None
    """``docker://HOST/NAME@sha256:DIGEST``, or the digest alone."""
    command: Sequence[str] | None = None
    inputs: Sequence[Input] | None = None
    outputs: Sequence[str] | None = None
    """Names of the files that are the result. Without any, it is what the program writes to its standard output."""
    resources: Resources | None = None
    verification: Verification | None = None
    comparator: Comparator | None = None
    providers: ProviderChoice | None = None
    privacy: str | None = None
    run_time_max_seconds: int | None = None
    price_limit: int | None = None
    deadline: datetime | None = None
    priority: str | None = None
    model: str | None = None
    """A model by digest, instead of an image."""
    proof: str | None = None
    """Instead of both: the digest of a statement, of which the provider's own prover makes a proof."""
    attestation: str | None = None
    """Instead of all of them: the digest of a challenge, which the provider answers with its key and evidence."""
    model_creator: str | None = None
    home: str | None = None


# Amounts go as text: they may have more digits than other readers of JSON keep.
_AMOUNTS = {"price_limit", "stake_min"}


def form_of(request: Any) -> dict[str, Any]:
    """The JSON form of a request or of a part of it, without what was left out."""
    form: dict[str, Any] = {}
    for each in fields(request):
        value = getattr(request, each.name)
        if value is not None:
            form[each.name] = str(value) if each.name in _AMOUNTS else _plain(each.name, value)
    return form


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise InvalidRequest(f"{name} has no time zone: nobody could know when it is.")
        return value.isoformat()
    if isinstance(value, (str, int)):
        return value
    if isinstance(value, Sequence):
        return [_plain(name, each) for each in value]
    return form_of(value)
