"""The header of a delimited text: its column names, delimiter and place."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sources.kit.errors import CorruptFileError, UnknownLayoutError

#: Enough bytes of a text for its header.
HEAD_BYTES = 1 << 16
#: Of delimiters that split the header into as many names the first one is chosen.
DELIMITERS = (",", ";", "\t", "|")
#: A title has at most so many lines, and a header below it at least so many known names.
MAX_TITLE_LINES = 30
MIN_COLUMNS = 2
_LINE_END = re.compile("\r\n|\n|\r")
#: What pandas calls a column without a name, such as the row numbers that it wrote before.
_NAMELESS = re.compile(r"Unnamed: \d+(?:[._]\w+)*")
#: Names of row numbers that pandas, Polars and packages of R write.
_ROW_NUMBERS = ("", "index", "X", "rownames", "row.names", "...1")
KEPT_TEXT = r'^="([^"]*)"$'
_KEPT_TEXT = re.compile(KEPT_TEXT)


@dataclass(frozen=True)
class Header:
    """`names` are as written; `first_line` is the 1-based line of the first row below."""

    names: tuple[str, ...]
    delimiter: str
    first_line: int

    @property
    def cell_names(self) -> list[str]:
        """A name for each cell of a row: columns without a name get a number."""
        return [name or f"_{i}" for i, name in enumerate(self.names)]


def find_header(
    head: bytes,
    *,
    source_id: str,
    place: str,
    delimiter: str | None = None,
    known: Collection[str] = (),
    columns: Collection[str] = (),
) -> Header:
    """The header in the first bytes of a text in UTF-8 without a byte order mark.

    Blank lines, Excel's line `sep=;` and, where `known` or `columns` identify the header, lines of
    a title are accepted above it.

    Args:
        delimiter: None finds it.
        known: the publisher's names; others that differ from one in their case are spelled so.
        columns: names that identify the header, if they are not `known`.
    Raises:
        UnknownLayoutError: the file is a workbook or Parquet.
        CorruptFileError: a name occurs twice.
    """
    reject_other_formats(head, source_id=source_id, place=place)
    first, line, found = find_header_line(head.decode("utf-8", errors="replace"), columns or known)
    delimiter = delimiter or found
    # a program that puts a byte order mark before a text that has one leaves the second
    written = tuple(map(column_name, split_line(line.lstrip("\ufeff"), delimiter)))
    names = spell_as_published(written, known)
    repeated = sorted({name for name in names if name and names.count(name) > 1})
    if repeated:
        raise CorruptFileError(
            source_id,
            f"the header names {', '.join(repeated)} twice",
            place=place,
            remedy="two files may be joined side by side; download it again",
        )
    return Header(names, delimiter, first + 2)


def column_name(cell: str) -> str:
    """The name in a cell of a header; empty for the one that pandas gives to a nameless column."""
    name = cell.strip()
    return "" if _NAMELESS.fullmatch(name) else name


def is_row_numbers(name: str, cells: Sequence[str]) -> bool:
    """Whether the first column of a table numbers its rows from 0 or 1 on, by its name and cells.

    A named column of one row tells too little.
    """
    first = cells[0] if cells else ""
    if column_name(name) not in _ROW_NUMBERS or first not in ("0", "1"):
        return False
    numbered = all(cell == str(number) for number, cell in enumerate(cells, int(first)))
    return numbered and (len(cells) > 1 or not column_name(name))


def kept_text(cell: str) -> str:
    """The text of a cell `="0101"`, by which a spreadsheet keeps a text; other cells unchanged."""
    return _KEPT_TEXT.sub(r"\1", cell)


def reject_other_formats(head: bytes, *, source_id: str, place: str) -> None:
    """Check that a file which is read as text is neither of an office program nor Parquet.

    Raises:
        UnknownLayoutError: it is one.
    """
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise UnknownLayoutError(
            source_id, "the file is a workbook or another document", place=place,
            remedy="save its sheet as CSV UTF-8 and land that file",
        )  # fmt: skip
    if head.startswith(b"PAR1"):
        raise UnknownLayoutError(
            source_id, "the file is Parquet, of which no layout of this source is known",
            place=place, remedy="save its table as CSV UTF-8 and land that file",
        )  # fmt: skip


def spell_as_published(names: Sequence[str], known: Collection[str]) -> tuple[str, ...]:
    """The names, spelled as in `known` where they differ in their case alone.

    Statistics programs and databases change the case of all names of a table.
    """
    spelling = {name.casefold(): name for name in known}
    return tuple(name if name in known else spelling.get(name.casefold(), name) for name in names)


def find_header_line(text: str, columns: Collection[str] = ()) -> tuple[int, str, str]:
    """The number of lines above the header, the header and its delimiter.

    It is the first line that is not blank. If that has none of `columns`, and a line soon after it
    has at least `MIN_COLUMNS` of them, what is above is a title.
    """
    lines = _LINE_END.split(text[:HEAD_BYTES])
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    wanted = {name.casefold() for name in columns}
    if wanted and not _n_named(lines[first], wanted):
        below = range(first + 1, min(first + 1 + MAX_TITLE_LINES, len(lines)))
        first = next((i for i in below if _n_named(lines[i], wanted) >= MIN_COLUMNS), first)
    stated = lines[first].strip().strip('"')
    if not stated.lower().startswith("sep="):
        return first, lines[first], sniff_delimiter(lines[first])
    line = lines[first + 1] if len(lines) > first + 1 else ""
    return first + 1, line, stated[4:5] or sniff_delimiter(line)


def _n_named(line: str, wanted: Collection[str]) -> int:
    """How many different names of `wanted` a line has as cells."""
    cells = split_line(line, sniff_delimiter(line))
    return len({cell.strip().casefold() for cell in cells} & set(wanted))


def sniff_delimiter(line: str) -> str:
    """The delimiter that splits a header into most names."""
    return max(DELIMITERS, key=lambda delimiter: len(split_line(line, delimiter)))


def split_line(line: str, delimiter: str) -> list[str]:
    """The cells of one line; an unclosed quote ends with the line."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return line.split(delimiter)
