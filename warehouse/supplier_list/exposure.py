"""Purchases against a release: concern, controls in force, concentration and alternatives."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.supplier_list.read import Purchase

_SQL = Path(__file__).with_name("exposure.sql")
#: What each column of the answer means.
COLUMNS = {
    "line": "Line of the file (integer).",
    "item": "Item as written (text).",
    "origin": "Origin as written (text).",
    "value_usd": "Value as written (USD).",
    "item_kind": "product, material or good; NULL where the item is not known (code).",
    "item_id": "HS6 code or id in dim_item.",
    "item_name": "Its name (text).",
    "origin_id": "Origin (ISO alpha-3).",
    "is_country_of_concern": "True for a country of the headline list of concern.",
    "controlled_usd_low": "Least part of the value under export controls of the origin (USD).",
    "controlled_usd_high": "Largest part of the value under export controls of the origin (USD).",
    "controlled_usd_if_all_apply": "The same if suspended and unknown clauses applied (USD).",
    "clauses_in_force": "These clauses, separated by | (ids).",
    "clauses_suspended_or_unknown": "Clauses that may apply again (ids).",
    "world_export_hhi": "Concentration of the world's exports of the item (index 0-1).",
    "largest_exporter_id": "Its largest exporter (ISO alpha-3).",
    "largest_exporter_share": "The share of it (0-1).",
    "market_year": "Year of the two (integer).",
    "alternative_ids": "Up to five exporters outside the countries of concern, largest first.",
    "scenario_ids": "Computed scenarios in which the origin stops to sell the item (ids).",
    "buyer_shortage_share_low": "Least part of the demand of the buyer's country that is not met in"
    " the worst of them if nobody helps (0-1); NULL without a buyer, or where it is not computed.",
    "buyer_shortage_share_high": "The largest part (0-1).",
    "problem": "Why a line has no answer (text).",
}


def assess(
    connection: duckdb.DuckDBPyConnection, purchases: Sequence[Purchase], buyer: str | None
) -> pa.Table:
    """One row per purchase with the columns of `COLUMNS`.

    Args:
        connection: a read-only connection to a release; the list becomes a temporary table of it.
        buyer: the buyer's country (ISO alpha-3); without it a clause against some countries only
            counts in the high bound.
    Raises:
        duckdb.Error: the release lacks a mart that the answer needs.
    """
    table = pa.table(
        {
            "line": pa.array([p.line for p in purchases], pa.int64()),
            "item": [p.item for p in purchases],
            "origin": [p.origin for p in purchases],
            "value_usd": pa.array([p.value_usd for p in purchases], pa.float64()),
        }
    )
    connection.register("purchase", table)
    try:
        found = connection.execute(_SQL.read_text(encoding="utf-8"), {"buyer": buyer})
        return found.to_arrow_table()
    finally:
        connection.unregister("purchase")
