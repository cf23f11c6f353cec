"""The bundled selection of Comext: EU members that are parties, value in thousand euro."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from sources.kit.contract import Parsed
from sources.kit.rounding import round_within

#: EU members that are parties in any status: signatories, then observer and statement only.
DECLARANTS = ("DE", "EL", "FI", "IT", "NL", "SE", "DK", "EE", "LT", "LV", "PL", "PT")


def select_bundle(parsed: Iterable[Parsed]) -> Iterator[Parsed]:
    """The EU members that are parties in any status, all CN8 codes of the extract.

    Values are rounded to thousand euro by largest remainder within declarant and HS6, so that
    a declarant's total of an HS6 stays exact to half a thousand. A declaration below that may
    read 0.
    """
    for one in parsed:
        table = one.tables["flows"]
        wanted = table.filter(pc.is_in(table["declarant"], value_set=pa.array(DECLARANTS)))
        yield replace(one, tables={"flows": _rounded(wanted)})


def _rounded(table: pa.Table) -> pa.Table:
    frame = table.to_pandas()
    frame["hs6"] = frame["product_code"].str[:6]
    frame["value_keur"] = frame["value_eur"] / 1000
    rounded = round_within(
        frame, "value_keur", ["declarant", "hs6"], ["partner", "product_code", "row_locator"]
    )
    at = table.schema.get_field_index("value_eur")
    return table.set_column(at, table.schema.field(at), pa.array(rounded * 1000, from_pandas=True))
