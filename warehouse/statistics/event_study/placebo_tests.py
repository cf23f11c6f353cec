"""Warehouse, methods: what an event seems to do at dates at which nothing happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from warehouse.statistics.event_study.seasonal_calendar import Event, Slots, Windows

LEAST_MONTHS = 24
#: Fake dates lie at least so many months before the real one.
PLACEBO_GAP = 12


@dataclass(frozen=True)
class Placebos:
    """Log changes at the fake dates, of windows of the same length as the real one."""

    logs: Sequence[float]
    horizon_months: int

    @property
    def n(self) -> int:
        return len(self.logs)

    def p(self, log: float) -> float | None:
        """Share of dates, the real one among them, with a change at least as large."""
        if not self.n:
            return None
        return (1 + sum(abs(fake) >= abs(log) for fake in self.logs)) / (1 + self.n)

    def reach(self) -> float:
        """Half-width of a 95 % interval out of the spread of the fake changes; 0 without any.

        Neighbouring windows share most of their months: as many are counted as fit side by side.
        """
        # heavy to load: a run in which every flow is blocked never comes here
        from scipy.stats import t  # type: ignore[import-untyped]

        spread = [fake for fake in self.logs if np.isfinite(fake)]
        if not spread:
            return 0.0
        side_by_side = (len(spread) + self.horizon_months - 1) / self.horizon_months
        return float(t.ppf(0.975, side_by_side) * np.sqrt(np.mean(np.square(spread))))


def placebo_windows(slots: Slots, event: Event) -> list[Windows]:
    """Every date far enough before the event that has enough months before itself."""
    known = slots.start[np.isfinite(slots.kg)]
    if not known.size:
        return []
    most = event.untouched_until - int(known.min()) - LEAST_MONTHS
    return [Windows.of(event, earlier) for earlier in range(PLACEBO_GAP, most + 1)]
