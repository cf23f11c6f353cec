"""Placebo tests: the estimated effect at dates without an event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from warehouse.statistics.event_study.seasonal_calendar import Event, Slots, Windows

MIN_HISTORY_MONTHS = 24
#: Placebo dates are at least this many months before the real one.
PLACEBO_GAP = 12


@dataclass(frozen=True)
class Placebos:
    """Log changes at the placebo dates, for windows of the same length as the real one."""

    logs: Sequence[float]
    horizon_months: int

    @property
    def n(self) -> int:
        return len(self.logs)

    def p(self, log: float) -> float | None:
        """Share of dates, the real one included, with a change at least as large.

        Source: spec/methods.md M10, p = (1 + #{|placebo| >= |effect|}) / (1 + N).
        """
        if not self.n:
            return None
        return (1 + sum(abs(placebo) >= abs(log) for placebo in self.logs)) / (1 + self.n)

    def half_width(self) -> float:
        """Half-width of a 95 % interval from the spread of the placebo changes; 0 without any.

        Neighbouring windows share most of their months: only as many count as do not overlap.
        """
        # slow to import, and not needed if no flow has an estimate
        from scipy.stats import t  # type: ignore[import-untyped]

        spread = [placebo for placebo in self.logs if np.isfinite(placebo)]
        if not spread:
            return 0.0
        side_by_side = (len(spread) + self.horizon_months - 1) / self.horizon_months
        return float(t.ppf(0.975, side_by_side) * np.sqrt(np.mean(np.square(spread))))


def placebo_windows(slots: Slots, event: Event) -> list[Windows]:
    """The windows of every date far enough before the event that has enough history."""
    known = slots.start[np.isfinite(slots.kg)]
    if not known.size:
        return []
    most = event.untouched_until - int(known.min()) - MIN_HISTORY_MONTHS
    return [Windows.of(event, earlier) for earlier in range(PLACEBO_GAP, most + 1)]
