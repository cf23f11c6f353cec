"""The bundled selection of the Worldwide Governance Indicators."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from sources.kit.contract import Parsed

FIRST_YEAR, LAST_YEAR = 2010, 2023
DECIMALS = 4  # the standard errors begin at the first decimal


def select_bundle(parsed: Iterable[Parsed]) -> Iterator[Parsed]:
    """Years 2010-2023 of all countries (the publisher has no aggregates among them), estimates
    and standard errors rounded to four decimals, the raw text only where it is not a number."""
    for partition in parsed:
        table = partition.tables["indicators"]
        years = table["year"]
        inside = pc.and_(pc.greater_equal(years, FIRST_YEAR), pc.less_equal(years, LAST_YEAR))
        yield replace(partition, tables={"indicators": _trim(table.filter(inside))})


def _trim(table: pa.Table) -> pa.Table:
    for name in ("estimate", "stddev"):
        rounded = pc.round(table[name], ndigits=DECIMALS)
        table = table.set_column(table.schema.get_field_index(name), table.field(name), rounded)
    text = pc.if_else(pc.is_valid(table["estimate"]), pa.scalar(None, pa.string()),
                      table["value_text"])  # fmt: skip
    at = table.schema.get_field_index("value_text")
    return table.set_column(at, table.field("value_text"), text)
