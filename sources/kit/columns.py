"""Conversions of Arrow columns from text; values that do not fit become null."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sources.kit.archives import Member
from sources.kit.contract import QuarantinedRow

_MAX_TEXTS = 1000
_GROUPED_CODE = r"^\d{4}(?: \d\d){1,3}$|^\d{4}\.\d\d\.(?:\d\d|\d{4}|\d\d\.\d\d)$"


def to_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column as trimmed text; whole numbers are written without a decimal point."""
    if pa.types.is_floating(column.type):
        text = column.cast(pa.string())
        return pc.replace_substring_regex(text, r"\.0+$", "")
    return pc.utf8_trim_whitespace(column.cast(pa.string()))


def to_code(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column as codes: `284690.0` is 284690, and `="010121"` of a spreadsheet is 010121.

    Codes in groups, as tariffs print them (`2846 90 30`, `8112.92.1000`), lose their marks; a
    single point may be a decimal one, and stays. Leading zeros are kept; what is not a code stays
    as it is, to be quarantined.
    """
    text = to_text(column)
    if not _any(pc.invert(pc.ascii_is_decimal(text))):  # the fast way of large files
        return text
    if _any(pc.match_substring_regex(text, r"""^[='"]""")):
        text = pc.replace_substring_regex(text, r"""^=?["']?([^"']*)["']?$""", r"\1")
    text = pc.replace_substring_regex(text, r"^(\d+)\.0*$", r"\1")
    is_grouped = pc.match_substring_regex(text, _GROUPED_CODE)
    if not _any(is_grouped):
        return text
    return pc.if_else(is_grouped, pc.replace_substring_regex(text, r"[ .]", ""), text)


def without_leading_zeros(code: pa.ChunkedArray) -> pa.ChunkedArray:
    """Numeric codes as the publishers' lists have them: `004` is 4."""
    return pc.replace_substring_regex(code, r"^0+(\d)", r"\1")


def to_number(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column as double; blank, `NA`, what is not finite and other text become null."""
    return read_numbers(column)[0]


def read_numbers(column: pa.ChunkedArray) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    """The column as double, and whether a cell has a text that is neither a number nor missing.

    Missing is blank or one of `MISSING` (NaN, NA, null, ..). An infinite number (`inf`, `1e400`)
    is not a number. Numbers may have signs, exponents and, where they are not ambiguous,
    separators of thousands or a decimal comma: `1,234` is ambiguous and `1,234,567` is not, so a
    column that has both has thousands. In a column with decimal commas `1.234` is 1234.
    """
    if pa.types.is_boolean(column.type):
        nothing = pa.nulls(len(column), pa.float64())
        return pa.chunked_array([nothing]), pc.is_valid(column)
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        number = column.cast(pa.float64())
        given = pc.invert(pc.fill_null(pc.is_nan(number), True))
    else:
        text = pc.utf8_trim_whitespace(column)
        plain = pc.match_substring_regex(text, _PLAIN_NUMBER)
        given = pc.fill_null(pc.not_equal(text, ""), False)
        if _any(pc.and_(given, pc.invert(plain))):  # rare: most columns have numbers and blanks
            given = pc.and_(given, pc.invert(is_missing_text(text)))
            comma = _meaning_of_comma(pc.unique(text.filter(given)).to_pylist())
            text = map_distinct(text, lambda cell: _plain_number(cell, comma))
            plain = pc.is_valid(text)
        number = pc.if_else(plain, text, pa.scalar(None, pa.string())).cast(pa.float64())
    is_number = pc.and_(given, pc.fill_null(pc.is_finite(number), False))
    number = pc.if_else(is_number, number, pa.scalar(None, pa.float64()))
    return number, pc.and_(given, pc.invert(is_number))


def parse_number(text: str) -> float | None:
    """One cell as a number; None where it is missing (see `read_numbers`).

    Raises:
        ValueError: the text is neither a finite number nor missing.
    """
    number, is_invalid = read_numbers(pa.chunked_array([[text]], pa.string()))
    if is_invalid[0].as_py():
        raise ValueError(f"not a number: {text!r}")
    found: float | None = number[0].as_py()
    return found


def is_missing_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """True where a cell of text says that there is no number."""
    text = pc.utf8_lower(pc.utf8_trim_whitespace(column))
    return pc.is_in(text, value_set=pa.array([*MISSING, None]))


def states_no_value(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """True where a cell is missing or infinite, as tools write a value that is none."""
    text = column.cast(pa.string())
    infinite = pc.fill_null(matches(text, r"(?i)\s*[+-]?inf(inity)?\s*"), False)
    return pc.or_(is_missing_text(text), infinite)


def void_where(number: pa.ChunkedArray, *conditions: pa.ChunkedArray) -> pa.ChunkedArray:
    """`number`, null where a condition is true: the main figure of a row whose others are wrong.

    A row without its main figure is quarantined, so no row lands with a part of its figures.
    """
    for condition in conditions:
        is_void = pc.fill_null(condition, False)
        number = pc.if_else(is_void, pa.scalar(None, number.type), number)
    return number


def texts_of(values: Iterable[object]) -> pa.Array:
    """Values of a decoded JSON as text: numbers without `.0`, truth values in lower case."""
    return pa.array([_text_of(value) for value in values], pa.string())


def _text_of(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def with_lost_zero(code: pa.ChunkedArray) -> pa.ChunkedArray:
    """Product codes, which have an even number of digits: an odd one lacks its leading zero."""
    is_odd = pc.match_substring_regex(code, r"^\d(\d\d)*$")
    if not _any(is_odd):
        return code
    return pc.if_else(is_odd, pc.binary_join_element_wise("0", code, ""), code)


#: Texts of a missing number, in lower case, as publishers, spreadsheets, pandas and R write it.
MISSING = (
    "", "na", "n/a", "#n/a", "<na>", "nan", "-nan", "1.#qnan", "null", "none", "nil", "..", ":",
)  # fmt: skip
_PLAIN_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_PLAIN = re.compile(_PLAIN_NUMBER)
#: Blanks of every width, and both apostrophes of Switzerland.
_SPACES = re.compile(r"^([+-]?\d{1,3})((?:[ \u00a0\u2007\u2009\u202f'\u2019]\d{3})+)([.,]\d+)?$")
#: In groups of three, or as in India in groups of two above the last three.
_COMMAS = re.compile(
    r"^[+-]?\d{1,3}(?:(?:,\d{3}){2,}(?:\.\d+)?|,\d{3}\.\d+)$"
    r"|^[+-]?\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?$"
)
_POINTS = re.compile(r"^[+-]?\d{1,3}(?:(?:\.\d{3}){2,}(?:,\d+)?|\.\d{3},\d+)$")
_DECIMAL_COMMA = re.compile(r"^[+-]?\d+,\d+$")
_AMBIGUOUS = re.compile(r"^[+-]?[1-9]\d{0,2},\d{3}$")
_POINT_OF_THOUSANDS = re.compile(r"^[+-]?[1-9]\d{0,2}\.\d{3}$")


def _meaning_of_comma(texts: Iterable[str]) -> str:
    """What a comma is in the numbers of one column, by those that are not ambiguous: `thousands`,
    `decimal`, or neither where they tell nothing or contradict each other."""
    texts = [_stripped(text) for text in texts]
    is_thousands = any(_COMMAS.match(text) for text in texts)
    is_decimal = any(
        _POINTS.match(text) or (_DECIMAL_COMMA.match(text) and not _AMBIGUOUS.match(text))
        for text in texts
    )
    if is_thousands == is_decimal:
        return ""
    return "thousands" if is_thousands else "decimal"


def _stripped(text: str) -> str:
    return text.removeprefix("=").strip("\"' \u00a0\u202f").replace("\u2212", "-")


def _plain_number(text: str, comma: str = "") -> str | None:
    """The number with a decimal point and without separators, or None."""
    text = _stripped(text)
    if found := _SPACES.match(text):
        text = found[1] + re.sub(r"\D", "", found[2]) + (found[3] or "").replace(",", ".")
    elif _COMMAS.match(text) or (comma == "thousands" and _AMBIGUOUS.match(text)):
        text = text.replace(",", "")
    elif _POINTS.match(text) or (comma == "decimal" and _POINT_OF_THOUSANDS.match(text)):
        text = text.replace(".", "").replace(",", ".")
    elif _DECIMAL_COMMA.match(text) and (comma == "decimal" or not _AMBIGUOUS.match(text)):
        text = text.replace(",", ".")
    return text if _PLAIN.match(text) else None


#: The reason of a row whose period `read_periods` does not understand.
BAD_PERIOD = "no valid period: neither a year (2024) nor a month (202401, 2024-01)"
FUTURE_PERIOD = "no valid period: it is in the future"
_PERIOD = r"^((?:19|20)\d\d)[-/M.]?(0[1-9]|1[0-2])$"
_SHORT_MONTH = r"^((?:19|20)\d\d)[-/M]([1-9])$"


def to_period(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column as years (`2024`) and months (`202401`); other texts stay as they are.

    `2024-01`, `2024/1` and `2024M01` are the month, `2024.0` and `202401.0` what they were
    before a tool made them numbers.
    """
    text = pc.replace_substring_regex(to_code(column), _SHORT_MONTH, r"\10\2")
    return pc.replace_substring_regex(text, _PERIOD, r"\1\2")


def is_period(period: pa.ChunkedArray) -> pa.ChunkedArray:
    """True for a year or a month as `to_period` writes them."""
    return pc.fill_null(matches(period, "(19|20)[0-9]{2}(0[1-9]|1[0-2])?"), False)


def is_future_period(period: pa.ChunkedArray, retrieved_at: datetime) -> pa.ChunkedArray:
    """True for a period that begins after today; null and invalid ones are not in the future.

    The later of today and `retrieved_at` counts: the clock of a file or of a machine may be late.
    """
    latest = max(datetime.now(UTC), retrieved_at.astimezone(UTC))
    is_year = pc.equal(pc.utf8_length(period), 4)
    ahead = pc.if_else(
        is_year, pc.greater(period, f"{latest:%Y}"), pc.greater(period, f"{latest:%Y%m}")
    )
    return pc.and_(is_period(period), pc.fill_null(ahead, False))


def map_distinct(column: pa.ChunkedArray, convert: Callable[[str], str | None]) -> pa.ChunkedArray:
    """Apply `convert` once per distinct text: a column has few of them, and many rows."""
    encoded = pc.dictionary_encode(column)
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):  # without chunks
        return column
    texts = pa.array([convert(text) for text in encoded.dictionary.to_pylist()], pa.string())
    found = texts.take(encoded.indices)
    return pa.chunked_array([found]) if isinstance(column, pa.ChunkedArray) else found


def _any(condition: pa.ChunkedArray) -> bool:
    return bool(pc.any(condition).as_py())


def split_by_rules(
    rows: pa.Table, rules: Mapping[str, pa.ChunkedArray | pa.Array], member: Member
) -> tuple[pa.Table, tuple[QuarantinedRow, ...]]:
    """The rows that satisfy every rule, and the others with the first rule that they fail.

    Args:
        rows: has the column `line`.
        rules: what is said of a row that fails -> where the rule holds; null counts as false.
    """
    reason = pa.chunked_array([pa.nulls(rows.num_rows, pa.string())])
    for text, holds in reversed(list(rules.items())):
        reason = pc.if_else(pc.fill_null(holds, False), reason, text)
    bad: list[QuarantinedRow] = []
    for text in pc.unique(reason.drop_null()).to_pylist():
        of_reason = pc.fill_null(pc.equal(reason, text), False)
        bad += quarantine_rows(rows.filter(of_reason), member, text)
    return rows.filter(reason.is_null()), tuple(sorted(bad, key=lambda row: row.line))


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


def first_problem(bad: Sequence[QuarantinedRow]) -> str:
    """The first quarantined row, to end a message with; empty without one."""
    return f"; the first problem: {bad[0].reason}: {bad[0].raw_text[:80]!r}" if bad else ""


def remedy_of(bad: Sequence[QuarantinedRow], otherwise: str) -> str:
    """What to do about a file without a valid row, by the reason of its first one."""
    if bad and bad[0].reason.startswith("no valid period: neither"):
        return f"write its periods as 2024 or 202401; where they are, {otherwise}"
    if bad and bad[0].reason.startswith("no valid period: not a month"):
        return f"write its months as 202401; where they are, {otherwise}"
    return otherwise


def find_repeated_keys(table: pa.Table, keys: Sequence[str]) -> tuple[int, str]:
    """The number of keys that occur on more than one row, and the first of them as text."""
    counts = table.select(list(keys)).group_by(list(keys)).aggregate([([], "count_all")])
    duplicates = counts.filter(pc.greater(counts["count_all"], 1))
    first = str(duplicates.slice(0, 1).to_pylist()) if duplicates.num_rows else ""
    return duplicates.num_rows, first
