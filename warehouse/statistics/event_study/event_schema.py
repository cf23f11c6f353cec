"""Warehouse, methods: the columns of the event study, known without loading what fills them."""

from __future__ import annotations

#: The row of a flow that tells of its expectation rather than of an effect.
EXPECTATION = "expectation"

#: Names and SQL types.
COLUMNS = {
    "flow_id": "varchar",
    "estimator": "varchar",
    "horizon_months": "integer",
    "not_estimated_reason": "varchar",
    "effect_log": "double",
    "effect_share": "double",
    "ci_low": "double",
    "ci_high": "double",
    "p_placebo": "double",
    "n_placebo": "integer",
    "n_controls": "integer",
    "is_significant": "boolean",
    "baseline_mean_kg": "double",
    "post_mean_kg": "double",
    "zero_months": "integer",
    "months_to_50pct_recovery": "integer",
    "window_months": "integer",
    "observed_kg": "double",
    "expected_kg": "double",
    "excess_share": "double",
    "z_score": "double",
}

#: A query that has these columns and no row.
NO_ROWS = (
    "select "
    + ", ".join(f"cast(null as {kind}) as {name}" for name, kind in COLUMNS.items())
    + " where false"
)
