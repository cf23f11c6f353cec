"""Months as the slots of a trade year, and the windows of an event.

January and February are one slot, since the Lunar New Year moves between them: a year has eleven
slots, numbered `year * 11 + season`; the same season of the year before is eleven slots back.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

SLOTS_PER_YEAR = 11


def month_of(day: date) -> int:
    """Months since year 0, so that differences of months are integers."""
    return day.year * 12 + day.month - 1


@dataclass(frozen=True)
class Slots:
    """A monthly series by slots, in kg per month; NaN where a month of the slot is unknown."""

    first: int
    kg: Floats

    @property
    def number(self) -> Ints:
        return np.arange(self.first, self.first + self.kg.size)

    @property
    def season(self) -> Ints:
        return self.number % SLOTS_PER_YEAR

    @property
    def start(self) -> Ints:
        """First month of each slot."""
        season = self.season
        return (self.number // SLOTS_PER_YEAR) * 12 + np.where(season == 0, 0, season + 1)

    @property
    def end(self) -> Ints:
        """Last month of each slot."""
        return (self.number // SLOTS_PER_YEAR) * 12 + self.season + 1


def slot_of(month: int) -> int:
    return (month // 12) * SLOTS_PER_YEAR + max(0, month % 12 - 1)


def to_slots(first_month: int, kg: Floats) -> Slots:
    """Convert consecutive months from `first_month` on; a slot with an unknown month is unknown."""
    months = np.arange(first_month, first_month + kg.size)
    first = slot_of(first_month)
    place = np.array([slot_of(int(month)) for month in months]) - first
    size = int(place[-1]) + 1 if kg.size else 0
    total = np.bincount(place, weights=kg, minlength=size)
    seen = np.bincount(place, minlength=size)
    slots = Slots(first, np.full(size, np.nan))
    wanted = slots.end - slots.start + 1
    return Slots(first, np.where(seen == wanted, total / wanted, np.nan))


@dataclass(frozen=True)
class Event:
    """The dates on which a measure was announced and took effect, in either order."""

    announced: date
    effective: date

    @property
    def untouched_until(self) -> int:
        """The month, exclusive, until which nobody could react to the measure."""
        return month_of(min(self.announced, self.effective))

    @property
    def in_force_from(self) -> int:
        """The first month of which at least half is under the measure."""
        days = monthrange(self.effective.year, self.effective.month)[1]
        is_late = 2 * (days - self.effective.day + 1) < days
        return month_of(self.effective) + int(is_late)


@dataclass(frozen=True)
class Windows:
    """Baseline, anticipation and aftermath of an event, or of a placebo some months earlier.

    A slot that is only partly in a window belongs to none.
    """

    untouched_until: int
    in_force_from: int

    @classmethod
    def of(cls, event: Event, months_earlier: int = 0) -> Windows:
        return cls(event.untouched_until - months_earlier, event.in_force_from - months_earlier)

    def baseline(self, slots: Slots, max_months: int) -> Flags:
        return (slots.end < self.untouched_until) & (
            slots.start >= self.untouched_until - max_months
        )

    def anticipation(self, slots: Slots) -> Flags:
        return (slots.start >= self.untouched_until) & (slots.end < self.in_force_from)

    def after(self, slots: Slots, months: int) -> Flags:
        return (slots.start >= self.in_force_from) & (slots.end < self.in_force_from + months)
