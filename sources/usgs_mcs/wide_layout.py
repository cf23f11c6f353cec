"""Reader of the wide world tables: one file per commodity (2022-2024), one file for all (2025).

One printed cell becomes one landed row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sources.kit.errors import CorruptFileError
from sources.usgs_mcs.headers import WorldColumn, read_world_header
from sources.usgs_mcs.labels import (
    commodity_key,
    estimate_in_note,
    has_estimate_mark,
    read_country,
    squeeze,
    type_key,
)
from sources.usgs_mcs.layouts import SINGLE, SOURCE_ID, Sheet
from sources.usgs_mcs.row_buffer import RowBuffer, World, ragged_reason

_OTHER_TYPE = re.compile(r"\bcapacity\b|^reserves\b", re.I)
_NUMBER = re.compile(r"[\d,.]+")


@dataclass(frozen=True)
class _Line:
    """The label cells of one line."""

    commodity: str
    country: str
    type_text: str
    unit: str | None


def read_wide(sheet: Sheet, edition_year: int, buffer: RowBuffer) -> None:
    """Add all cells of one wide sheet of edition `edition_year` to `buffer`.

    Raises:
        CorruptFileError: the production columns are of other years.
    """
    first = 5 if sheet.layout == SINGLE else 3
    columns = {
        at: read_world_header(name)
        for at, name in enumerate(sheet.header)
        if at >= first and name.strip()
    }
    require_years_of(sheet, edition_year)
    published = _published(sheet, columns)
    for number, cells in sheet.lines:
        line = _labels(sheet, cells)
        if reason := _quarantine_reason(sheet, line, cells):
            buffer.quarantine_line(reason, sheet.file, number, cells)
            continue
        notes = _notes(sheet, columns, cells, number, buffer)
        for at, column in columns.items():
            if not column.is_note and (*_series(line), column.statistic) in published:
                _add_cell(sheet, buffer, number, line, column, cells[at], notes, edition_year)


def _published(sheet: Sheet, columns: dict[int, WorldColumn]) -> set[tuple[str, str, str]]:
    """The statistics that exist, as (commodity, type, statistic).

    The wide layout gives every commodity all columns: a statistic without a filled cell or note in
    the whole series was never published, which is not a missing figure. Blank production is kept
    (germanium of 2025 lacks its reasons) unless the type is a capacity.
    """
    found = set()
    for _, cells in sheet.lines:
        line = _labels(sheet, cells)
        for at, column in columns.items():
            filled = at < len(cells) and bool(cells[at].strip())
            other_type = bool(_OTHER_TYPE.search(line.type_text))
            if column.statistic != "production":
                exists = filled
            else:  # the notes in abrasives' production columns are about their capacity
                exists = not other_type or (filled and not column.is_note)
            if exists:
                found.add((*_series(line), column.statistic))
    return found


def _series(line: _Line) -> tuple[str, str]:
    return commodity_key(line.commodity), type_key(line.type_text)


def _labels(sheet: Sheet, cells: list[str]) -> _Line:
    cells = [*cells, *[""] * 5]  # a short line is quarantined by its number of cells
    if sheet.layout == SINGLE:
        return _Line(squeeze(cells[1]), cells[2].strip(), squeeze(cells[3]), squeeze(cells[4]))
    return _Line(sheet.slug, cells[1].strip(), squeeze(cells[2]), None)


def _quarantine_reason(sheet: Sheet, line: _Line, cells: list[str]) -> str:
    if len(cells) != len(sheet.header):
        return ragged_reason(cells, sheet.header)
    if not squeeze(line.country):
        return "no country"
    if _NUMBER.fullmatch(squeeze(line.country)) or _NUMBER.fullmatch(line.type_text):
        return "a number instead of a label: the columns are shifted"
    return ""


def _notes(
    sheet: Sheet, columns: dict[int, WorldColumn], cells: list[str], number: int, buffer: RowBuffer
) -> dict[str, str]:
    """The notes of a line by statistic; cells without a header are quarantined.

    Vermiculite 2024 has another table's reserves in its notes column, barite 2024 repeats its
    reserves in a column without a name: neither is a note.
    """
    notes: dict[str, str] = {}
    for at, cell in enumerate(cells):
        text = squeeze(cell)
        if not text:
            continue
        if at in columns and columns[at].is_note:
            if _NUMBER.fullmatch(text):
                buffer.quarantine_line("a number in a notes column", sheet.file, number, [text])
            else:
                notes[columns[at].statistic] = text
        elif not sheet.header[at].strip():
            # (column 1 of iron oxide pigments and others is a blank Source)
            buffer.quarantine_line("a cell under no header", sheet.file, number, [text])
    return notes


def _add_cell(
    sheet: Sheet,
    buffer: RowBuffer,
    number: int,
    line: _Line,
    column: WorldColumn,
    text: str,
    notes: dict[str, str],
    edition_year: int,
) -> None:
    country = read_country(line.country)
    # reserves have no year before 2025: they are those of the last reference year
    year = column.year or edition_year - 1
    note = notes.get(column.statistic, "")
    if sheet.layout != SINGLE and column.statistic == "capacity" and not note:
        note = notes.get("production", "")  # the capacity notes of abrasives are in Prod_notes
    row = World(
        commodity=line.commodity,
        commodity_key=commodity_key(line.commodity),
        chapter=line.commodity,
        country_text=line.country,
        country_name=country.name,
        row_kind=country.row_kind,
        type_text=line.type_text,
        type_key=type_key(line.type_text),
        form_text=column.form,
        statistic=column.statistic,
        unit_text=line.unit or column.unit,
        year=year,
        note=note or None,
    )
    last = year == edition_year - 1
    estimated = _is_estimated(column, country.is_estimated, line, note, year, is_last=last)
    buffer.add_cell("world", sheet.file, number, row, text, note=note, estimated=estimated)


def _is_estimated(
    column: WorldColumn, has_country_mark: bool, line: _Line, note: str, year: int, *, is_last: bool
) -> bool:
    if column.statistic == "reserves":
        return False
    if column.statistic == "production" and is_last:
        return True  # the last year is always an estimate
    in_note = estimate_in_note(note, year)
    if in_note is not None:
        return in_note
    return column.is_estimated or has_country_mark or has_estimate_mark(line.type_text)


def has_years_of(sheet: Sheet, edition_year: int) -> bool:
    """Whether the production columns are of the two years that the edition reports."""
    return _production_years(sheet) <= {edition_year - 2, edition_year - 1}


def _production_years(sheet: Sheet) -> set[int]:
    first = 5 if sheet.layout == SINGLE else 3
    columns = [read_world_header(name) for name in sheet.header[first:] if name.strip()]
    return {c.year for c in columns if c.statistic == "production" and c.year}


def require_years_of(sheet: Sheet, edition_year: int) -> None:
    """Check that the production columns are of the years that the edition reports.

    Raises:
        CorruptFileError: they are of others.
    """
    if not has_years_of(sheet, edition_year):
        raise CorruptFileError(
            SOURCE_ID,
            f"production columns of {sorted(_production_years(sheet))} where edition "
            f"{edition_year} reports {edition_year - 2} and {edition_year - 1}",
            place=sheet.file.name,
            remedy="check the edition of the file: its name or Source column is wrong",
        )
