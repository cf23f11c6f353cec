"""The bundled selection of the Harmonized System's tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from sources.kit.contract import Parsed

#: Electronic waste is a heading of HS2022 that correlates with hundreds of older codes: a join
#: over it would fan out to most of the tariff.
FAN_OUT_HEADING = "8549"


def select_bundle(parsed: Iterable[Parsed]) -> Iterator[Parsed]:
    """All codes and conversions of HS1992, HS2012, HS2017 and HS2022; of the correlations every
    pair but those of heading 8549 (electronic waste), which is linked to hundreds of codes and
    would fan out any join. Its codes and conversions stay."""
    for partition in parsed:
        pairs = partition.tables["correlations"]
        yield replace(partition, tables={**partition.tables, "correlations": _no_fan_out(pairs)})


def _no_fan_out(pairs: pa.Table) -> pa.Table:
    return pairs.filter(pc.invert(pc.starts_with(pairs["from_code"], FAN_OUT_HEADING)))
