"""The bundled selection of the Pink Sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from sources.kit.contract import Parsed

FIRST_MONTH = "201001"
SERIES = (
    "Aluminum", "Copper", "Gold", "Iron ore, cfr spot", "Lead", "Nickel", "Phosphate rock",
    "Platinum", "Potassium chloride", "Silver", "Tin", "Zinc",
)  # fmt: skip


def select_bundle(parsed: Iterable[Parsed]) -> Iterator[Parsed]:
    """Twelve series of metals and minerals from January 2010 on, all months; no energy."""
    for partition in parsed:
        table = partition.tables["prices"]
        chosen = pc.and_(
            pc.is_in(table["series"], value_set=pa.array(SERIES)),
            pc.greater_equal(table["month"], FIRST_MONTH),
        )
        yield replace(partition, tables={"prices": table.filter(chosen)})
