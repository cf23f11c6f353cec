"""Imports exposed to export controls in force."""

from __future__ import annotations

from expectations.shared_expectations import TRADE, country
from expectations.suites import Suite, none_of, one_of, shares

COLUMNS = [
    "entity_id",
    "netting",
    "item_kind",
    "item_id",
    "stage_id",
    "as_of_date",
    "known_on_date",
    "window_rule",
    "path",
    "base_imports_usd",
    "exposed_usd_low",
    "exposed_usd_high",
    "exposure_share_low",
    "exposure_share_high",
    "n_active_clauses",
    "dominant_clause_id",
    "dominant_issuer_id",
    "severity_weighted_share",
    "exposure_if_suspensions_lapse_high",
]

SUITES = [
    Suite(
        "control_exposure",
        COLUMNS,
        rules=[
            country("entity_id"),
            *shares("exposure_share_low", "exposure_share_high", "severity_weighted_share"),
            one_of(
                "window_rule",
                ["pre_effective", "trailing_to_t"],
                "the headline looks before the effect",
            ),
        ],
        facts=[
            none_of(
                "exposure_without_a_clause",
                "select * from data where n_active_clauses = 0 and exposure_share_high > 0",
                "no clause, no exposure",
            ),
            none_of(
                "bases_of_the_future",
                "select * from data where base_period_end_date > as_of_date",
                "trade of the future is not known",
            ),
        ],
        sources=TRADE,
    )
]
