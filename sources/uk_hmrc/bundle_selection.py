"""The bundled selection of UK trade: rows added per partner and product, in thousand USD."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pandas as pd
import pyarrow as pa

from sources.kit.contract import Parsed
from sources.kit.rounding import round_within

_KEYS = [
    *("period", "flow", "partner", "product_code"),
    *("is_confidential", "is_converted_upstream", "is_complete"),
]


def select_bundle(parsed: Iterable[Parsed]) -> Iterator[Parsed]:
    """All months and CN8 codes of the extract, imports and exports.

    Lines of one month, flow, partner and CN8 are added (n_lines says how many). Value in USD is
    rounded to thousand by largest remainder within month, flow and HS6, so that the month's
    total of an HS6 stays exact to half a thousand; a flow below that may read 0.
    """
    for one in parsed:
        yield replace(one, tables={"flows": _summed(one.tables["flows"])})


def _summed(table: pa.Table) -> pa.Table:
    frame = table.to_pandas()
    constants = {n: frame[n].iloc[0] for n in ("edition", "known_from_date", "payload_sha256")}
    grouped = frame.groupby(_KEYS, as_index=False, sort=True).agg(
        value_usd=("value_usd", "sum"),
        net_mass_kg=("net_mass_kg", lambda kg: kg.sum(min_count=1)),
        n_lines=("n_lines", "sum"),
        row_locator=("row_locator", "first"),
    )
    grouped["hs6"] = grouped["product_code"].str[:6]
    grouped["value_kusd"] = grouped["value_usd"] / 1000
    rounded = round_within(
        grouped, "value_kusd", ["period", "flow", "hs6"], ["partner", "product_code"]
    )
    is_sum = grouped["n_lines"] > 1
    text = "sum of " + grouped["n_lines"].astype(str) + " rows from " + grouped["row_locator"]
    result = grouped.assign(
        **constants,
        value_usd=rounded * 1000,
        value_gbp=pd.Series(None, index=grouped.index, dtype="float64"),
        row_locator=grouped["row_locator"].where(~is_sum, text),
    )
    arrays = [pa.array(result[f.name], type=f.type, from_pandas=True) for f in table.schema]
    return pa.Table.from_arrays(arrays, schema=table.schema)
