"""The layout generation of a file, or how it differs from the known ones."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from functools import cached_property

from sources.kit.contract import RawFile
from sources.kit.errors import CorruptFileError, UnknownLayoutError
from sources.kit.headers import column_name, find_header_line, is_row_numbers, kept_text
from sources.kit.tabular import decode
from sources.usgs_mcs.file_names import FileName, read_file_name, slug_of
from sources.usgs_mcs.headers import UnknownColumnError, read_world_header
from sources.usgs_mcs.labels import squeeze

SOURCE_ID = "usgs_mcs"
WORLD, SALIENT, SINGLE, LONG = (
    "wide_per_commodity", "wide_salient", "wide_single", "long",
)  # fmt: skip
LONG_COLUMNS = (
    "MCS chapter", "Section", "Commodity", "Country", "Statistics", "Statistics_detail", "Unit",
    "Year", "Value", "Notes", "Is critical mineral", "Other notes",
)  # fmt: skip
#: the column name contains the year of the list
_LIST_YEAR = re.compile(r"(?<=critical mineral) 20\d\d$")
_OPENINGS = {
    WORLD: ("source", "country"),
    SALIENT: ("datasource", "commodity", "year"),
    SINGLE: ("source", "commodity", "country", "type", "unit_meas"),
}


@dataclass(frozen=True)
class Sheet:
    """A decoded file: its layout, header, and lines as cells with their line number."""

    file: RawFile
    layout: str
    header: list[str]
    lines: list[tuple[int, list[str]]]

    @cached_property
    def named(self) -> FileName:
        return read_file_name(self.file.name, self.file.hints.get("folder", ""))

    @cached_property
    def slug(self) -> str:
        """The commodity of a file of its own: of its name, its folder or, salient, its content.

        Raises:
            CorruptFileError: none of them names it.
        """
        if self.named.slug:
            return self.named.slug
        texts = {squeeze(cells[1]) for _, cells in self.lines if self.layout == SALIENT} - {""}
        if len(texts) == 1 and (slug := slug_of(texts.pop())):
            return slug
        raise CorruptFileError(
            SOURCE_ID,
            "neither the name of the file nor its folder names the commodity, and a world table "
            "has it nowhere else",
            place=self.file.name,
            remedy="give it the name of the commodity, such as mcs2024-galli_world.csv, or put it "
            "into a folder of that name",
        )

    @property
    def is_long(self) -> bool:
        return self.layout == LONG

    @property
    def is_of_one_commodity(self) -> bool:
        return self.layout in (WORLD, SALIENT)


def read_sheet(file: RawFile) -> Sheet:
    """Decode and split a file and recognise its layout.

    Raises:
        UnknownLayoutError: the header is of no known layout.
        CorruptFileError: the file is empty, truncated or wrongly encoded.
    """
    text = decode(file.content, source_id=SOURCE_ID, place=file.name)
    if "�" in text:
        raise CorruptFileError(
            SOURCE_ID,
            "characters were lost in an earlier conversion (U+FFFD)",
            place=file.name,
            remedy="download it again and do not open it in a spreadsheet",
        )
    columns = {*LONG_COLUMNS, *(name for opening in _OPENINGS.values() for name in opening), "type"}
    n_above, _, delimiter = find_header_line(text, columns)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for _ in range(n_above):
            next(reader, [])
        header = next(reader, [])
        lines = [
            (reader.line_num, [kept_text(cell) for cell in cells])
            for cells in reader
            if any(c.strip() for c in cells)
        ]
    except csv.Error as error:
        raise _truncated(file, f"line {reader.line_num}: {error}") from error
    header = [name if column_name(name) else "" for name in header]
    header, lines = _without_row_numbers(header, _without_notes(header, lines))
    header, lines = _without_empty_end(header, lines)
    if order := _published_order(header):
        lines = [(n, [cells[i] for i in order] if len(cells) == len(header) else cells)
                 for n, cells in lines]  # fmt: skip
        header = [header[i] for i in order]
    layout = recognise_layout(header, file.name)
    if not lines:
        raise CorruptFileError(SOURCE_ID, "the file has a header and no rows", place=file.name)
    if len(lines[-1][1]) < len(header):
        raise _truncated(file, f"its last line has {len(lines[-1][1])} of {len(header)} cells")
    return Sheet(file, layout, header, lines)


def _without_notes(
    header: list[str], lines: list[tuple[int, list[str]]]
) -> list[tuple[int, list[str]]]:
    """The table without short lines below a blank one at its end: notes, as no cut file has."""
    at = len(lines)
    while at and len(lines[at - 1][1]) < len(header):
        at -= 1
    if not at or at == len(lines):
        return lines
    number, cells = lines[at]
    begins = number - sum(cell.count("\n") for cell in cells)
    return lines[:at] if begins - lines[at - 1][0] > 1 else lines


def _without_row_numbers(
    header: list[str], lines: list[tuple[int, list[str]]]
) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The table without a first column that numbers the lines."""
    if not header or not is_row_numbers(header[0], [cells[0] for _, cells in lines]):
        return header, lines
    rows = ((number, cells[1:]) for number, cells in lines)
    return header[1:], [(number, cells) for number, cells in rows if any(c.strip() for c in cells)]


def _without_empty_end(
    header: list[str], lines: list[tuple[int, list[str]]]
) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The table without columns at its end that have neither a name nor a cell."""
    filled = [
        at
        for row in (header, *(cells for _, cells in lines))
        for at, c in enumerate(row)
        if c.strip()
    ]
    n_columns = max(filled, default=-1) + 1
    return header[:n_columns], [(number, cells[:n_columns]) for number, cells in lines]


def _published_order(header: list[str]) -> list[int]:
    """Where the columns of a table in another order belong; empty if they stand as published.

    Every column is named, so that a table saved by another program is the same table. The columns
    that open a layout come first, the others stay in their order.
    """
    low = [_LIST_YEAR.sub("", squeeze(name).lower()) for name in header]
    long = [name.lower() for name in LONG_COLUMNS]
    openings = [_OPENINGS[SINGLE], _OPENINGS[SALIENT], (*_OPENINGS[WORLD], "type")]
    if sorted(low) == sorted(long):
        openings.insert(0, tuple(long))
    for opening in openings:
        if set(opening) <= set(low) and ("commodity" in low) == ("commodity" in opening):
            first = [low.index(name) for name in opening]
            rest = [at for at in range(len(header)) if at not in first]
            return [] if first == list(range(len(first))) else first + rest
    return []


def recognise_layout(header: list[str], place: str) -> str:
    """The layout of a header row.

    Raises:
        UnknownLayoutError: there is none; the message names the difference to the most similar one.
    """
    names = [squeeze(name) for name in header]
    low = tuple(_LIST_YEAR.sub("", name.lower()) for name in names)
    if low == tuple(name.lower() for name in LONG_COLUMNS):
        return LONG
    if low[:5] == _OPENINGS[SINGLE] and _has_valid_columns(names[5:], place):
        return SINGLE
    if low[:3] == _OPENINGS[SALIENT] and len(low) > 3:
        return SALIENT
    if low[:2] == _OPENINGS[WORLD] and _has_valid_columns(names[3:], place):
        return WORLD
    raise UnknownLayoutError(
        SOURCE_ID,
        f"the header is of no known layout; {_difference(low)}",
        place=place,
        remedy="known: wide file per commodity (2022-2024), salient file per commodity, one "
        "wide file (2025), one long file (2026); a new layout needs a reader of its own",
    )


def _has_valid_columns(names: list[str], place: str) -> bool:
    try:
        columns = [read_world_header(name) for name in names if name]
    except UnknownColumnError as error:
        raise UnknownLayoutError(
            SOURCE_ID,
            f"unknown column: {error}",
            place=place,
            remedy="add the spelling to headers.py once its meaning is known",
        ) from error
    return any(not column.is_note for column in columns)


def _difference(low: tuple[str, ...]) -> str:
    expected = {**_OPENINGS, LONG: tuple(n.lower() for n in LONG_COLUMNS)}
    nearest = max(expected, key=lambda layout: len(set(expected[layout]) & set(low)))
    want = expected[nearest]
    missing = [n for n in want if n not in low] or ["none"]
    extra = [n for n in low if n and n not in want][:8] or ["none"]
    order = "" if missing != ["none"] else "; the order differs"
    return f"nearest is {nearest}: missing {', '.join(missing)}; unknown {', '.join(extra)}{order}"


def _truncated(file: RawFile, what: str) -> CorruptFileError:
    return CorruptFileError(
        SOURCE_ID,
        f"the file is truncated: {what}",
        place=file.name,
        remedy="download it again and compare its size with the publisher's item page",
    )
