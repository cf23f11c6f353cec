"""Arrow columns on the way from text to types: what does not fit becomes null, to be judged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sources.kit.archives import Member
from sources.kit.contract import QuarantinedRow

_MAX_TEXTS = 1000


def as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column as trimmed text; numbers of a Parquet are written without a point."""
    if pa.types.is_floating(column.type):
        column = column.cast(pa.int64())
    return pc.utf8_trim_whitespace(column.cast(pa.string()))


def to_number(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column as double; blank, `NA` and whatever is no number become null."""
    if not pa.types.is_string(column.type):
        return column.cast(pa.float64())
    text = pc.utf8_trim_whitespace(column)
    is_number = pc.match_substring_regex(text, r"^[+-]?\d+(\.\d*)?([eE][+-]?\d+)?$")
    return pc.if_else(is_number, text, pa.scalar(None, pa.string())).cast(pa.float64())


def all_true(tests: Iterable[pa.ChunkedArray]) -> pa.ChunkedArray:
    """True where every test holds; a test that cannot be answered counts as failed."""
    verdict, *rest = tests
    for test in rest:
        verdict = pc.and_kleene(verdict, test)
    return pc.fill_null(verdict, False)


def matches(column: pa.ChunkedArray, pattern: str) -> pa.ChunkedArray:
    """True where the whole text follows `pattern`."""
    return pc.match_substring_regex(column, f"^(?:{pattern})$")


def line_numbers(n_rows: int, first: int) -> pa.Array:
    """1-based lines of `n_rows` rows; `first` is 2 below a header."""
    return pa.array(np.arange(first, first + n_rows, dtype="int64"))


def locators(member: Member, line: pa.ChunkedArray) -> pa.ChunkedArray:
    """`file.csv:17` per row."""
    return pc.binary_join_element_wise(f"{member.place}:", line.cast(pa.string()), "")


def quarantined(bad: pa.Table, member: Member, reason: str) -> tuple[QuarantinedRow, ...]:
    """One entry per row of `bad` (with its column `line`); of very many the count only."""
    rows = [
        QuarantinedRow(
            reason,
            member.place,
            row["line"],
            ",".join(str(v) for k, v in row.items() if k != "line"),
        )
        for row in bad.slice(0, _MAX_TEXTS).to_pylist()
    ]
    more = QuarantinedRow(f"{reason}; text not kept", member.place, 0, "")
    return (*rows, *[more] * max(bad.num_rows - _MAX_TEXTS, 0))


def repeated(table: pa.Table, keys: Sequence[str]) -> tuple[int, str]:
    """How many keys stand on more than one row, and the first of them as text."""
    counts = table.select(list(keys)).group_by(list(keys)).aggregate([([], "count_all")])
    twice = counts.filter(pc.greater(counts["count_all"], 1))
    return twice.num_rows, str(twice.slice(0, 1).to_pylist()) if twice.num_rows else ""
