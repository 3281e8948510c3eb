"""A meter that keeps what it was told, for networks on which each use is charged or rationed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar

from resonanz.networks.metering import PLENTY, Tariff


@dataclass
class Counting:
    """`left`: what the budget has left, in the smallest part of what the tariff counts; None: plenty."""

    left: int | None = None
    answers: bool = True
    used: Counter[str] = field(default_factory=Counter)
    tariff: ClassVar[Tariff]
    anew: ClassVar[timedelta]

    def count(self, use: str, times: int = 1) -> None:
        self.used[use] += times
        if self.left is not None:
            self.left -= self.tariff.prices[use] * times

    def affords(self, use: str) -> int:
        price = self.tariff.prices[use]
        return PLENTY if self.left is None or not price else max(self.left // price, 0)

    def until_anew(self) -> timedelta:
        return self.anew

    def lets_answer(self) -> bool:
        return self.answers
