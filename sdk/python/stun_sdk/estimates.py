"""What a task may cost, from what is on offer now.

The API has no answer for this yet, so it is worked out here, from ``/v1/offers``. It is no promise: offers come and go,
and reputation, stake and load decide too who gets a task. What is certain is the price limit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .forms import Resources, TaskRequest, Verification
from .views import Offer

_RUN_TIME_USUAL = 600
_CPU_USUAL, _MEMORY_USUAL, _DISK_USUAL = 1_000, 512, 256


@dataclass(frozen=True)
class Estimate:
    """What so many attempts cost on the cheapest offers that fit, if each lasts as long as it may."""

    offers: int
    """How many offers fit. With fewer than ``attempts_min`` the task waits for more."""
    attempts_min: int
    attempts_max: int
    price_min: int | None
    """``attempts_min`` runs on the cheapest offers; None if there are not as many."""
    price_max: int | None
    """``attempts_max`` runs likewise; of one offer for each that is there, the dearest of them for the rest."""


def attempts_of(verification: Verification | None) -> tuple[int, int]:
    """How many runs a task has at least and at most if no run fails."""
    if verification is None or verification.kind == "redundant":
        agreeing = verification.agreeing if verification and verification.agreeing is not None else 2
        attempts = verification.attempts if verification and verification.attempts is not None else 3
        return agreeing, max(agreeing, attempts)
    return 1, 1


def fits(offer: Offer, needs: Resources | None) -> bool:
    """Whether an offer has what a task needs."""
    needs = needs or Resources()
    return (
        offer.gpu_count >= (needs.gpu_count or 0)
        and offer.cpu_millis >= (_CPU_USUAL if needs.cpu_millis is None else needs.cpu_millis)
        and offer.memory_mib >= (_MEMORY_USUAL if needs.memory_mib is None else needs.memory_mib)
        and offer.disk_mib >= (_DISK_USUAL if needs.disk_mib is None else needs.disk_mib)
        and (not needs.regions or offer.region in needs.regions)
        and (not needs.gpu_model or offer.gpu_model == needs.gpu_model)
        and offer.gpu_memory_mib >= (needs.gpu_memory_mib or 0)
        and _version(offer.compute_capability) >= _version(needs.compute_capability or "0")
    )


def estimate(request: TaskRequest, offers: Iterable[Offer]) -> Estimate:
    """Adds up the cheapest offers that fit, of one provider each: attempts of a task never share one."""
    choice = request.providers
    denied = {each.lower() for each in (choice.denied if choice else None) or ()}
    allowed = {each.lower() for each in (choice.allowed if choice else None) or ()}
    cheapest: dict[str, int] = {}
    count = 0
    for offer in offers:
        provider = offer.provider.lower()
        if not fits(offer, request.resources) or provider in denied or (allowed and provider not in allowed):
            continue
        count += 1
        cheapest[provider] = min(offer.price_per_second, cheapest.get(provider, offer.price_per_second))
    prices = sorted(cheapest.values())
    least, most = attempts_of(request.verification)
    seconds = _RUN_TIME_USUAL if request.run_time_max_seconds is None else request.run_time_max_seconds
    if len(prices) < least or not prices:
        return Estimate(count, least, most, None, None)
    longest = prices[:most] + prices[-1:] * max(0, most - len(prices))
    return Estimate(count, least, most, sum(prices[:least]) * seconds, sum(longest) * seconds)


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in text.split("."))
