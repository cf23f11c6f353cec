"""The bundled selection of US imports: all rows of the extract, in thousand USD."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pyarrow as pa

from sources.kit.contract import Parsed
from sources.kit.rounding import round_within


def select_bundle(parsed: Iterable[Parsed]) -> Iterator[Parsed]:
    """All HTS10 lines of minerals, wafers, chips, chip machines and computers.

    Value and duty are rounded to thousand USD by largest remainder within partner and HS6, so
    that an HS6 stays exact to half a thousand; a line below that may read 0. The tariff lines
    stay, since their descriptions separate the products of an HS6. Slovakia (4359) stays beside
    the European Union (0003): staging marks it, so that it counts once.
    """
    for one in parsed:
        yield replace(one, tables={"flows": _rounded(one.tables["flows"])})


def _rounded(table: pa.Table) -> pa.Table:
    frame = table.to_pandas()
    frame["hs6"] = frame["product_code"].str[:6]
    for name in ("value_usd", "cal_duty_usd"):
        frame["thousands"] = frame[name] / 1000
        rounded = round_within(frame, "thousands", ["cty_code", "hs6"], ["product_code"])
        at = table.schema.get_field_index(name)
        table = table.set_column(
            at, table.schema.field(at), pa.array(rounded * 1000, from_pandas=True)
        )
    return table
