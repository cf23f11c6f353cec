"""Warehouse, methods: the event study of many flows, from table to table."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from typing import Any

import numpy as np
import pyarrow as pa

from warehouse.statistics.event_study.anticipation import months_to_recovery, stockbuilding
from warehouse.statistics.event_study.event_schema import COLUMNS, EXPECTATION
from warehouse.statistics.event_study.event_study import (
    Estimate,
    View,
    exclusion_reason,
    study,
    view,
)
from warehouse.statistics.event_study.seasonal_calendar import Event, Slots, Windows, to_slots

_KINDS = {
    "varchar": pa.string(),
    "integer": pa.int32(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
}
SCHEMA = pa.schema({name: _KINDS[kind] for name, kind in COLUMNS.items()})


def event_table(flows: pa.Table, months: pa.Table) -> pa.Table:
    """Estimates of every flow.

    `flows`: flow_id, announced_date, effective_date. `months`: flow_id, role (`flow` or the kind
    of its controls), member_id, month, kg; a month that is missing or NULL is unknown, never zero.
    """
    series = _series(months)
    rows: list[dict[str, Any]] = []
    for flow in sorted(flows.to_pylist(), key=lambda row: str(row["flow_id"])):
        members = series[flow["flow_id"]]
        groups: dict[str, list[Slots]] = defaultdict(list)
        for (role, _), slots in sorted(members.items()):
            groups[role].append(slots)
        event = Event(flow["announced_date"], flow["effective_date"])
        (own,) = groups.pop("flow")
        rows += [{"flow_id": flow["flow_id"]} | row for row in _rows(own, event, groups)]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _rows(slots: Slots, event: Event, groups: dict[str, list[Slots]]) -> list[dict[str, Any]]:
    estimates = study(slots, event, groups)
    if exclusion_reason(slots, event):
        return [asdict(estimate) for estimate in estimates]
    real = view(slots, Windows.of(event))
    return [_told(real), *(asdict(estimate) | _means(real, estimate) for estimate in estimates)]


def _means(real: View, estimate: Estimate) -> dict[str, Any]:
    """What flowed, beside the estimate: before (a year's mean) and after."""
    if estimate.not_estimated_reason:
        return {}
    slots = real.slots
    months = slots.end - slots.start + 1
    after = real.windows.after(slots, estimate.horizon_months)
    last_year = real.baseline & (slots.start >= real.windows.untouched_until - 12)
    known = last_year & np.isfinite(slots.kg)
    return {
        "is_significant": estimate.is_significant,
        "baseline_mean_kg": _mean(slots, known),
        "post_mean_kg": _mean(slots, after),
        "zero_months": int(months[after & (slots.kg == 0)].sum()),
        "months_to_50pct_recovery": months_to_recovery(real),
    }


def _mean(slots: Slots, chosen: np.ndarray) -> float | None:
    months = (slots.end - slots.start + 1)[chosen]
    return float((slots.kg[chosen] * months).sum() / months.sum()) if months.size else None


def _told(real: View) -> dict[str, Any]:
    built = stockbuilding(real)
    row: dict[str, Any] = {"estimator": EXPECTATION, "horizon_months": 0}
    if built is None:
        return row | {"not_estimated_reason": "no_window"}
    return row | {
        "window_months": built.months,
        "observed_kg": built.observed_kg,
        "expected_kg": built.expected_kg,
        "excess_share": built.excess_share,
        "z_score": built.z_score,
    }


def _series(months: pa.Table) -> dict[str, dict[tuple[str, str], Slots]]:
    """Flows by id, their members by role and name; gaps between months are unknown."""
    points: dict[tuple[str, str, str], dict[int, float]] = defaultdict(dict)
    for row in months.to_pylist():
        weight = float("nan") if row["kg"] is None else float(row["kg"])
        points[row["flow_id"], row["role"], row["member_id"]][int(row["month"])] = weight
    found: dict[str, dict[tuple[str, str], Slots]] = defaultdict(dict)
    for (flow, role, member), known in points.items():
        first, last = min(known), max(known)
        kg = np.array([known.get(month, float("nan")) for month in range(first, last + 1)])
        found[flow][role, member] = to_slots(first, kg)
    return found
