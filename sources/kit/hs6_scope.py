"""The HS6 codes that the partnership watches: what big files are cut down to as they are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

LIST = Path(__file__).with_name("hs6_scope.txt")


@lru_cache(maxsize=1)
def hs6_scope() -> tuple[str, ...]:
    """All of them, sorted; the list repeats the seed `hs_items`, as sources know no dbt."""
    return listed(LIST)


def listed(path: Path) -> tuple[str, ...]:
    """The codes of a list with one a line, sorted; `#` begins a comment."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(sorted(line for line in lines if line and not line.startswith("#")))


def batches(codes: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """`codes` in questions of at most `size`: a long address is refused."""
    for start in range(0, len(codes), size):
        yield codes[start : start + size]


def is_in_scope(product: pa.ChunkedArray) -> pa.ChunkedArray:
    """True where a code of six digits or more, as text, lies in a watched HS6."""
    hs6 = pc.utf8_slice_codeunits(product, 0, 6)
    return pc.is_in(hs6, value_set=pa.array(hs6_scope()))
