"""Uncontrolled flows, averaged into one index for comparison."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from warehouse.statistics.event_study.seasonal_calendar import Event, Floats, Slots, Windows

#: Maximum share of empty slots in a control.
MAX_ZERO_SHARE = 0.2


def control_index(
    controls: Sequence[Slots], slots: Slots, event: Event, max_months: int, horizon: int
) -> tuple[Floats | None, int]:
    """The mean of the controls, each relative to its own baseline, and their number.

    A control must be known in every slot where the flow is, up to the end of the horizon.

    Returns:
        An array of shape (n_slots,), or None without any control; the number of controls.
    """
    windows = Windows.of(event)
    baseline = windows.baseline(slots, max_months) & np.isfinite(slots.kg)
    wanted = baseline | (windows.after(slots, horizon) & np.isfinite(slots.kg))
    relative = []
    for control in controls:
        kg = align_to_flow(control, slots)
        if np.all(np.isfinite(kg[wanted])) and np.mean(kg[wanted] == 0) <= MAX_ZERO_SHARE:
            relative.append(kg / kg[baseline].mean())
    return (np.mean(relative, axis=0) if relative else None), len(relative)


def align_to_flow(control: Slots, slots: Slots) -> Floats:
    """The values of the control at the slots of the flow, NaN where it has none."""
    kg = np.full(slots.kg.size, np.nan)
    _, here, there = np.intersect1d(slots.number, control.number, return_indices=True)
    kg[here] = control.kg[there]
    return kg
