"""Suites of the USGS Mineral Commodity Summaries."""

from __future__ import annotations

from typing import Any

from great_expectations import ExpectationSuite

from expectations.shared_expectations import (
    VALUE_STATUSES,
    ExpectGroupValueToBeBetween,
    ExpectPeriodsToHaveBegun,
    between,
    one_of,
)

ROW_KINDS = ["country", "other_countries", "world_total", "multi_country"]


def cells() -> list[Any]:
    """Missing is not zero: each cell has a status and an operator."""
    return [
        one_of(
            "value_status", VALUE_STATUSES, "a cell has a known status; a new one needs a decision"
        ),
        one_of("value_operator", ["=", ">", "<", ">=", "<="], "how the number is to be read"),
    ]


def past_years() -> Any:
    return ExpectPeriodsToHaveBegun(
        column="year", min_lag_years=1, notes="edition 2026 is about years up to 2025"
    )


def build_suites() -> list[ExpectationSuite]:
    return [
        ExpectationSuite(
            name="usgs_mcs.world",
            expectations=[
                one_of("statistic", ["production", "capacity", "reserves"], "what is measured"),
                one_of("row_kind", ROW_KINDS, "a total read as a country would double the world"),
                between("year", 1990, 2100, "the year of the cell"),
                between("value", 0, None, "tonnages are not negative"),
                *cells(),
                ExpectGroupValueToBeBetween(
                    column="commodity_key",
                    group_by=["edition"],
                    aggregate="n_unique",
                    min_value=5,
                    severity="warning",
                    notes="an edition covers many commodities",
                ),
                past_years(),
            ],
        ),
        ExpectationSuite(
            name="usgs_mcs.salient",
            expectations=[
                between("year", 1990, 2100, "the year of the cell"),
                *cells(),
                past_years(),
            ],
        ),
        ExpectationSuite(
            name="usgs_mcs.import_sources",
            expectations=[
                between("share", 0, 1.0001, "shares are fractions, not per cent"),
                one_of("row_kind", ROW_KINDS, "what kind of row it is"),
                *cells(),
            ],
        ),
        ExpectationSuite(
            name="usgs_mcs.front_matter",
            expectations=[
                one_of(
                    "table_id",
                    ["export_controls", "trade_agreements", "critical_minerals", "import_reliance"],
                    "tables of the introduction that are understood",
                ),
            ],
        ),
    ]
