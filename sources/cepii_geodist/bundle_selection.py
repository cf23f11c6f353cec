"""The bundled selection of GeoDist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from sources.kit.contract import Parsed

_KILOMETRES = ("distance_km", "capital_distance_km", "weighted_distance_km", "area_km2")


def select_bundle(parsed: Iterable[Parsed]) -> Iterator[Parsed]:
    """All pairs and countries; distances and areas in whole kilometres."""
    for one in parsed:
        yield replace(one, tables={name: _rounded(data) for name, data in one.tables.items()})


def _rounded(data: pa.Table) -> pa.Table:
    for at, field in enumerate(data.schema):
        if field.name in _KILOMETRES:
            data = data.set_column(at, field, pc.round(data[field.name]))
    return data
