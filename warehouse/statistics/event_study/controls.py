"""Warehouse, methods: flows that no measure touched, made into one index to compare with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from warehouse.statistics.event_study.seasonal_calendar import Event, Floats, Slots, Windows

#: A control that is empty more often says nothing about a normal month.
MOST_EMPTY = 0.2


def control_index(
    controls: Sequence[Slots], slots: Slots, event: Event, most_months: int, horizon: int
) -> tuple[Floats | None, int]:
    """Mean of the controls, each relative to its own baseline, at the slots of the flow; and how
    many are in it. A control must be known wherever the flow is, as far as the event reaches."""
    windows = Windows.of(event)
    baseline = windows.baseline(slots, most_months) & np.isfinite(slots.kg)
    wanted = baseline | (windows.after(slots, horizon) & np.isfinite(slots.kg))
    relative = []
    for control in controls:
        kg = aligned(control, slots)
        if np.all(np.isfinite(kg[wanted])) and np.mean(kg[wanted] == 0) <= MOST_EMPTY:
            relative.append(kg / kg[baseline].mean())
    return (np.mean(relative, axis=0) if relative else None), len(relative)


def aligned(control: Slots, slots: Slots) -> Floats:
    """The control's values at the slots of the flow, NaN where it has none."""
    kg = np.full(slots.kg.size, np.nan)
    _, here, there = np.intersect1d(slots.number, control.number, return_indices=True)
    kg[here] = control.kg[there]
    return kg
