"""How a verdict divides the money that is held for a task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .wire import PAID

_PPM = 1_000_000


@dataclass(frozen=True)
class Shares:
    """What treasury and creator have of every pay, in parts per million; terms of the network."""

    treasury_ppm: int = 150_000
    creator_ppm: int = 50_000


@dataclass(frozen=True)
class Payout:
    """What a provider gets for an attempt."""

    attempt: int
    provider: str
    amount: int


@dataclass(frozen=True)
class Division:
    """Where the money goes, to the last unit: refund, treasury, creator and payouts add up to ``held``."""

    held: int
    refund: int
    treasury: int
    creator: int
    payouts: tuple[Payout, ...]

    @property
    def charged(self) -> int:
        """What the task cost its requester."""
        return self.held - self.refund


def divide(order: Mapping[str, Any], verdict: Mapping[str, Any], shares: Shares = Shares()) -> Division:
    """The division that follows from an order and a verdict (messages with EIP-712 names).

    The shares of treasury and creator are rounded down, and the provider has the rest. Without a creator the provider
    has that share too. What was held and is not charged goes back. Raises ValueError if more is charged than was held.
    """
    held, charged, treasury, creator = int(order["priceLimit"]), 0, 0, 0
    has_creator = int(order["modelCreator"], 16) != 0
    payouts = []
    for finding in verdict["findings"]:
        pay = int(finding["pay"])
        if int(finding["judgement"]) != PAID or pay == 0:
            continue
        to_treasury = pay * shares.treasury_ppm // _PPM
        to_creator = pay * shares.creator_ppm // _PPM if has_creator else 0
        payouts.append(Payout(int(finding["attempt"]), finding["provider"], pay - to_treasury - to_creator))
        charged, treasury, creator = charged + pay, treasury + to_treasury, creator + to_creator
    if charged > held:
        raise ValueError(f"{charged} is charged and {held} was held")
    return Division(held, held - charged, treasury, creator, tuple(payouts))
