"""What a task may cost, as the node tells it.

It is no promise: offers come and go. What is certain is the price limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Estimate:
    """What a task would find and cost now, each attempt as long as it may last."""

    offers: int
    """How many providers have an offer that fits, whatever it costs; with fewer than ``attempts_min`` it waits."""
    attempts_min: int
    attempts_max: int
    price_min: int | None
    """``attempts_min`` runs on the cheapest offers; None if there are not as many."""
    price_expected: int | None
    """As many, drawn among all that fit."""
    price_max: int | None
    """``attempts_max`` runs on the dearest of them."""
    price_limit_least: int | None
    """With a lower limit the task would not find its places now."""
    sufficient: bool
    """Whether the task, with its limit, would find its places now."""
    refusals: Mapping[str, int]
    """How many offers do not fit, by their first reason."""

    @staticmethod
    def from_json(view: Mapping[str, Any]) -> Estimate:
        """Of an EstimateView."""
        cost = view.get("cost") or {}
        least, expected, most, limit = (
            None if text is None else int(text)
            for text in (cost.get("least"), cost.get("expected"), cost.get("most"), view.get("price_limit_least")))
        return Estimate(
            view["candidates"], view["attempts_least"], view["attempts_most"], least, expected, most, limit,
            view["sufficient"], {each["reason"]: each["count"] for each in view["refusals"]})
