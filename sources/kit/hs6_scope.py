"""The HS6 codes in scope: the rows of large files that are kept while they are read."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

#: Codes with an item, and codes that are read to show that they have none: seeds of the dbt
#: project, so that a new code is one row.
SEEDS = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds" / "reference"
SCOPE_FILES = ("hs_items.csv", "hs_codes_without_item.csv")


@lru_cache(maxsize=1)
def hs6_scope() -> tuple[str, ...]:
    """The HS6 codes in scope, sorted: those of the seeds in `SCOPE_FILES`."""
    codes: set[str] = set()
    for name in SCOPE_FILES:
        with (SEEDS / name).open(encoding="utf-8", newline="") as file:
            codes |= {row["hs6"] for row in csv.DictReader(file)}
    return tuple(sorted(codes))


def read_code_list(path: Path) -> tuple[str, ...]:
    """The codes of a text file with one per line, sorted; `#` begins a comment."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(sorted(line for line in lines if line and not line.startswith("#")))


def split_into_batches(codes: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """Split `codes` into batches of at most `size`, since publishers limit the length of a URL."""
    for start in range(0, len(codes), size):
        yield codes[start : start + size]


def is_in_scope(product: pa.ChunkedArray) -> pa.ChunkedArray:
    """True where a code of six digits or more, as text, belongs to an HS6 in scope."""
    hs6 = pc.utf8_slice_codeunits(product, 0, 6)
    return pc.is_in(hs6, value_set=pa.array(hs6_scope()))
