"""Conversions of Arrow columns from text; values that do not fit become null."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sources.kit.archives import Member
from sources.kit.contract import QuarantinedRow

_MAX_TEXTS = 1000


def to_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column as trimmed text; whole numbers are written without a decimal point."""
    if pa.types.is_floating(column.type):
        column = column.cast(pa.int64())
    return pc.utf8_trim_whitespace(column.cast(pa.string()))


def to_number(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column as double; blank, `NA` and other text become null."""
    if not pa.types.is_string(column.type):
        return column.cast(pa.float64())
    text = pc.utf8_trim_whitespace(column)
    is_number = pc.match_substring_regex(text, r"^[+-]?\d+(\.\d*)?([eE][+-]?\d+)?$")
    return pc.if_else(is_number, text, pa.scalar(None, pa.string())).cast(pa.float64())


def all_true(tests: Iterable[pa.ChunkedArray]) -> pa.ChunkedArray:
    """True where every test is true; null counts as false."""
    result, *rest = tests
    for test in rest:
        result = pc.and_kleene(result, test)
    return pc.fill_null(result, False)


def matches(column: pa.ChunkedArray, pattern: str) -> pa.ChunkedArray:
    """True where the whole text matches the regular expression `pattern`."""
    return pc.match_substring_regex(column, f"^(?:{pattern})$")


def number_lines(n_rows: int, first: int) -> pa.Array:
    """The 1-based lines of `n_rows` rows; `first` is 2 below a header."""
    return pa.array(np.arange(first, first + n_rows, dtype="int64"))


def row_locators(member: Member, line: pa.ChunkedArray) -> pa.ChunkedArray:
    """The row locator (`file.csv:17`) of each row."""
    return pc.binary_join_element_wise(f"{member.place}:", line.cast(pa.string()), "")


def quarantine_rows(bad: pa.Table, member: Member, reason: str) -> tuple[QuarantinedRow, ...]:
    """One entry per row of `bad` (with its column `line`); beyond 1,000 rows without their text."""
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


def find_repeated_keys(table: pa.Table, keys: Sequence[str]) -> tuple[int, str]:
    """The number of keys that occur on more than one row, and the first of them as text."""
    counts = table.select(list(keys)).group_by(list(keys)).aggregate([([], "count_all")])
    duplicates = counts.filter(pc.greater(counts["count_all"], 1))
    first = str(duplicates.slice(0, 1).to_pylist()) if duplicates.num_rows else ""
    return duplicates.num_rows, first
