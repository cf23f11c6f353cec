"""Frames that a suite accepts, and for each of its expectations one that it must refuse.

The frame of a bundled table is the bundle; the others are a row or two in the words of the
publisher. An expectation on a column is refused by one changed cell (`mutate`); those on groups and
pairs are in `MUTATIONS`, by subject, kind and column.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd

Frame = pd.DataFrame
DAY = date(2026, 2, 2)
SHA = "0" * 64
LINEAGE = {
    "edition": "2026",
    "known_from_date": DAY,
    "payload_sha256": SHA,
    "row_locator": "row 1",
}

#: Rows of tables that are not bundled.
ROWS: dict[str, list[dict[str, Any]]] = {
    "bgs_wms.statistics": [
        {"bgs_statistic_type_trans": "Production", "value_status": "reported", "quantity": 5.0,
         "value_operator": "=", "year": 2023},
    ],
    "eto_chip_explorer.inputs": [{"input_id": "N20", "type": "tool_resource"}],
    "eto_chip_explorer.providers": [{"provider_type": "country"}],
    "eto_chip_explorer.provision": [{"share_provided": 61.1}],
    "eto_chip_explorer.sequence": [{"input_id": "N20"}],
    "global_trade_alert.interventions": [
        {"gta_evaluation": "Red", "date_implemented_precision": "day", "implementing_ids": "CHN",
         "date_removed_precision": "day", "date_implemented": date(2024, 1, 1),
         "date_removed": date(2024, 6, 1)},
    ],
    "global_trade_alert.products": [{"product_code_raw": "10121"}],
    "policy_news.documents": [{"document_kind": "text", "n_characters": 1200}],
    "policy_news.acts": [
        {"modality": "announced", "act_kind": "measure", "score": 0.7, "evidence_sha256": SHA},
    ],
    "policy_tracker.records": [
        {"announced_precision": "day", "description_sha256": SHA, "issuer_ids": "USA"},
    ],
    "un_comtrade.trade": [
        {"freq_code": "A", "period": "2024", "ref_year": 2024, "reporter_code": "842",
         "partner_code": "156", "flow_code": "M", "cmd_code": "811292",
         "primary_value_usd": 1e6, "net_wgt_kg": 1e3},
    ] * 25,
    "un_comtrade.availability": [{"freq_code": "A", "reporter_code": "842", "n_records": 10}],
    "us_federal_register.documents": [{"document_type": "Rule", "content_sha256": SHA}],
    "user_production.production": [
        {"basis_label": "content", "value_status": "reported", "row_kind": "country",
         "quantity": 5.0, "year": 2023},
    ],
}  # fmt: skip


def later(frame: Frame, column: str, period: Any) -> Frame:
    """One row about a period after its edition."""
    return set_cells(frame, {column: period, "known_from_date": DAY})


def set_cells(frame: Frame, cells: dict[str, Any]) -> Frame:
    """The frame with other values in its first row."""
    changed = frame.astype(dict.fromkeys(cells, object)).copy()
    for column, value in cells.items():
        changed.loc[changed.index[0], column] = value
    return changed


def mutate(frame: Frame, kind: str, arguments: dict[str, Any]) -> Frame:
    """One cell that an expectation on a column refuses."""
    column = arguments["column"]
    if kind == "expect_column_values_to_be_in_set":
        return set_cells(frame, {column: "no such value"})
    if kind == "expect_column_values_to_not_be_in_set":
        return set_cells(frame, {column: arguments["value_set"][0]})
    if kind == "expect_column_values_to_match_regex":
        return set_cells(frame, {column: " "})
    if kind == "expect_values_to_be_present":
        return set_cells(
            frame, dict.fromkeys([column, *(arguments.get("other_columns") or ())])
        ).head(1)
    if kind == "expect_column_values_to_be_between":
        low, high = arguments.get("min_value"), arguments.get("max_value")
        return set_cells(frame, {column: low - 1 if low is not None else high + 1})
    raise KeyError(f"{kind} on {column} needs a mutation of its own")


MUTATIONS: dict[tuple[str, str, str], Callable[[Frame], Frame]] = {
    ("bgs_wms.statistics", "expect_periods_to_have_begun", "year"): (
        lambda f: later(f, "year", 2027)
    ),
    ("cepii_baci.flows", "expect_periods_to_be_complete", "year"): (
        lambda f: f[(f["year"] != 2020) | (f["product_code"] != f["product_code"].min())]
    ),
    ("cepii_baci.flows", "expect_group_value_to_be_between", "exporter_code"): (
        lambda f: f[f["exporter_code"].isin(sorted(f["exporter_code"].unique())[:50])]
        .assign(is_truncated=False)
    ),
    ("cepii_baci.flows", "expect_group_value_to_be_between", "code_system"): (
        lambda f: set_cells(f, {"code_system": "iso3"})
    ),
    ("cepii_baci.flows", "expect_periods_to_have_begun", "year"): (
        lambda f: later(f, "year", 2026)
    ),
    ("eu_crm.supply_shares", "expect_group_value_to_be_between", "share_pct"): (
        lambda f: f.assign(share_pct=f["share_pct"] * 1.2)
    ),
    ("eurostat_comext.flows", "expect_group_value_to_be_between", "declarant"): (
        lambda f: f[f["declarant"].isin(["DE", "FR"])]
    ),
    ("eurostat_comext.flows", "expect_periods_to_have_begun", "period"): (
        lambda f: later(f, "period", "202603")
    ),
    ("global_trade_alert.interventions", "expect_column_pair_values_a_to_be_greater_than_b",
     "date_removed"): lambda f: set_cells(f, {"date_removed": date(2023, 1, 1)}),
    ("uk_hmrc.flows", "expect_months_to_be_consecutive", "period"): (
        lambda f: f[f["period"] != "202506"]
    ),
    ("uk_hmrc.flows", "expect_periods_to_have_begun", "period"): (
        lambda f: later(f, "period", "202603")
    ),
    ("un_comtrade.trade", "expect_group_value_to_be_between", "primary_value_usd"): (
        lambda f: f.assign(primary_value_usd=6.0)
    ),
    ("un_comtrade.trade", "expect_periods_to_have_begun", "period"): (
        lambda f: later(f, "period", "202603")
    ),
    ("un_hs.codes", "expect_group_value_to_be_between", "product_code"): lambda f: f.head(4000),
    ("us_census.flows", "expect_group_value_to_be_between", "scope"): (
        lambda f: set_cells(f, {"scope": "all_partners"})
    ),
    ("us_census.flows", "expect_periods_to_have_begun", "period"): (
        lambda f: later(f, "period", "2027")
    ),
    ("user_production.production", "expect_periods_to_have_begun", "year"): (
        lambda f: later(f, "year", 2027)
    ),
    ("usgs_mcs.world", "expect_group_value_to_be_between", "commodity_key"): (
        lambda f: f[f["commodity_key"] == f["commodity_key"].min()]
    ),
    ("usgs_mcs.world", "expect_periods_to_have_begun", "year"): (
        lambda f: later(f, "year", 2026)
    ),
    ("usgs_mcs.salient", "expect_periods_to_have_begun", "year"): (
        lambda f: later(f, "year", 2026)
    ),
    ("worldbank_pink_sheet.prices", "expect_group_value_to_be_between", "unit"): (
        lambda f: set_cells(f, {"unit": "$/kg"})
    ),
    ("worldbank_pink_sheet.prices", "expect_months_to_be_consecutive", "month"): (
        lambda f: f[f["month"] != "201506"]
    ),
    ("worldbank_pink_sheet.prices", "expect_periods_to_have_begun", "month"): (
        lambda f: later(f, "month", "202703")
    ),
    ("worldbank_wgi.indicators", "expect_group_value_to_be_between", "indicator"): (
        lambda f: f[(f["indicator"] != "va") | (f["year"] != 2015)]
    ),
    ("worldbank_wgi.indicators", "expect_group_value_to_be_between", "country_code"): (
        lambda f: f[f["country_code"] < "M"]
    ),
    ("worldbank_wgi.indicators", "expect_group_value_to_be_between", "estimate"): (
        lambda f: f.assign(estimate=f["estimate"] + 1)
    ),
    ("worldbank_wgi.indicators", "expect_periods_to_have_begun", "year"): (
        lambda f: later(f, "year", 2026)
    ),
}  # fmt: skip

#: Of the partitions of any table, by the column that an expectation names.
PARTITION_MUTATIONS: dict[str, dict[str, Any]] = {
    "layout": {"layout": "year int64, value double"},
    "n_rows": {"n_rows": 9},
    "share_of_expected_if_not_manual": {"share_of_expected_if_not_manual": 0.5},
    "share_of_expected": {"share_of_expected": 2.0},
    "n_known_days": {"n_known_days": 2},
    "n_without_payload": {"n_without_payload": 1},
    "n_not_finite": {"n_not_finite": 1},
}
