"""The event study of many flows, from Arrow tables to an Arrow table."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from typing import Any

import numpy as np
import pyarrow as pa

from warehouse.statistics.event_study.anticipation import (
    count_months_to_recovery,
    estimate_stockbuilding,
)
from warehouse.statistics.event_study.event_study import (
    Estimate,
    EventView,
    build_view,
    estimate_effects,
    exclusion_reason,
)
from warehouse.statistics.event_study.seasonal_calendar import Event, Slots, Windows, to_slots

#: `estimator` of the row of a flow that describes its expectation rather than an effect.
EXPECTATION = "expectation"

SCHEMA = pa.schema(
    {
        "flow_id": pa.string(),
        "estimator": pa.string(),
        "horizon_months": pa.int32(),
        "not_estimated_reason": pa.string(),
        "effect_log": pa.float64(),
        "effect_share": pa.float64(),
        "ci_low": pa.float64(),
        "ci_high": pa.float64(),
        "p_placebo": pa.float64(),
        "n_placebo": pa.int32(),
        "n_controls": pa.int32(),
        "is_significant": pa.bool_(),
        "baseline_mean_kg": pa.float64(),
        "post_mean_kg": pa.float64(),
        "zero_months": pa.int32(),
        "months_to_50pct_recovery": pa.int32(),
        "window_months": pa.int32(),
        "observed_kg": pa.float64(),
        "expected_kg": pa.float64(),
        "excess_share": pa.float64(),
        "z_score": pa.float64(),
    }
)


def event_table(flows: pa.Table, months: pa.Table) -> pa.Table:
    """Estimate the effects of all flows.

    Args:
        flows: one row per flow: flow_id, announced_date, effective_date.
        months: one row per flow, series and month: flow_id, role (`flow` or that of controls),
            member_id, month (since year 0), kg; a missing or NULL month is unknown, not zero.
    Returns:
        `SCHEMA`: one row per flow, estimator and horizon, and one `expectation` row per flow;
        weights in kg per month, shares relative to the expectation.
    Raises:
        KeyError: a flow has no series with the role `flow`.
    Source: spec/methods.md M10.
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
    estimates = estimate_effects(slots, event, groups)
    if exclusion_reason(slots, event):
        return [asdict(estimate) for estimate in estimates]
    real = build_view(slots, Windows.of(event))
    return [
        _expectation_row(real),
        *(asdict(estimate) | _means(real, estimate) for estimate in estimates),
    ]


def _means(real: EventView, estimate: Estimate) -> dict[str, Any]:
    """The observed flow: means of the last year before and of the time after."""
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
        "months_to_50pct_recovery": count_months_to_recovery(real),
    }


def _mean(slots: Slots, chosen: np.ndarray) -> float | None:
    months = (slots.end - slots.start + 1)[chosen]
    return float((slots.kg[chosen] * months).sum() / months.sum()) if months.size else None


def _expectation_row(real: EventView) -> dict[str, Any]:
    built = estimate_stockbuilding(real)
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
    """The flows by id, their series by role and member; gaps between months are unknown."""
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
