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
_LINE_END = re.compile("\r\n|\n|\r")


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
) -> Header:
    """The header in the first bytes of a text in UTF-8 without a byte order mark.

    Blank lines and Excel's line `sep=;` are accepted above it.

    Args:
        delimiter: None finds it.
        known: the publisher's names; others that differ from one in their case are spelled so.
    Raises:
        UnknownLayoutError: the file is a workbook.
        CorruptFileError: a name occurs twice.
    """
    if head.startswith(b"PK\x03\x04"):
        raise UnknownLayoutError(
            source_id, "the file is a workbook or another document", place=place,
            remedy="save its sheet as CSV UTF-8 and land that file",
        )  # fmt: skip
    first, line, found = find_header_line(head.decode("utf-8", errors="replace"))
    delimiter = delimiter or found
    written = tuple(cell.strip() for cell in split_line(line, delimiter))
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


def spell_as_published(names: Sequence[str], known: Collection[str]) -> tuple[str, ...]:
    """The names, spelled as in `known` where they differ in their case alone.

    Statistics programs and databases change the case of all names of a table.
    """
    spelling = {name.casefold(): name for name in known}
    return tuple(name if name in known else spelling.get(name.casefold(), name) for name in names)


def find_header_line(text: str) -> tuple[int, str, str]:
    """The number of lines above the header, the header and its delimiter."""
    lines = _LINE_END.split(text[:HEAD_BYTES])
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    stated = lines[first].strip().strip('"')
    if not stated.lower().startswith("sep="):
        return first, lines[first], sniff_delimiter(lines[first])
    line = lines[first + 1] if len(lines) > first + 1 else ""
    return first + 1, line, stated[4:5] or sniff_delimiter(line)


def sniff_delimiter(line: str) -> str:
    """The delimiter that splits a header into most names."""
    return max(DELIMITERS, key=lambda delimiter: len(split_line(line, delimiter)))


def split_line(line: str, delimiter: str) -> list[str]:
    """The cells of one line; an unclosed quote ends with the line."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return line.split(delimiter)
