"""Reader of the single-file release since 2026: salient, world and import sources in one table.

One line becomes one landed row of the table of its statistic.
"""

from __future__ import annotations

import re

from sources.usgs_mcs.labels import (
    commodity_key,
    estimate_in_note,
    read_country,
    read_year,
    squeeze,
    type_key,
)
from sources.usgs_mcs.layouts import Sheet
from sources.usgs_mcs.row_buffer import ImportSource, RowBuffer, Salient, World, ragged_reason

_WORLD = frozenset({"Production", "Capacity", "Reserves"})
_WINDOW = re.compile(r"(20\d\d)\s*[–-]\s*(\d\d(?:\d\d)?)")
_CRITICAL = frozenset({"Yes", "No", ""})


def read_long(sheet: Sheet, edition_year: int, buffer: RowBuffer) -> None:
    """Add all lines of the long file to `buffer`."""
    for number, cells in sheet.lines:
        if len(cells) != len(sheet.header):
            buffer.quarantine_line(ragged_reason(cells, sheet.header), sheet.file, number, cells)
            continue
        row = [squeeze(cell) for cell in cells]
        row[7] = read_year(row[7])
        if row[10] not in _CRITICAL and row[9] in _CRITICAL:
            # the yttrium line of 2026 lacks its Notes cell; the cells after it are shifted left
            row[9:12] = ["", row[9], ""]
        if row[10] not in _CRITICAL:
            buffer.quarantine_line("the columns are shifted", sheet.file, number, cells)
        elif row[4].startswith("Import sources"):
            _import_source(sheet, number, row, buffer)
        elif not re.fullmatch(r"20\d\d", row[7]) or int(row[7]) > edition_year:
            buffer.quarantine_line(
                f"no year of this edition: {row[7]!r}", sheet.file, number, cells
            )
        elif row[1].startswith("World") and row[4] in _WORLD:
            _world(sheet, number, row, cells[3].strip(), edition_year, buffer)
        elif row[1].startswith("Salient"):
            _salient(sheet, number, row, edition_year, buffer)
        else:
            reason = f"no table for statistic {row[4]!r} of section {row[1]!r}"
            buffer.quarantine_line(reason, sheet.file, number, cells)


def _world(
    sheet: Sheet,
    number: int,
    row: list[str],
    country_text: str,
    edition_year: int,
    buffer: RowBuffer,
) -> None:
    chapter, _, commodity, _, statistic, detail, unit, year, value, note = row[:10]
    country = read_country(country_text)
    buffer.add_cell(
        "world",
        sheet.file,
        number,
        World(
            commodity=commodity,
            commodity_key=commodity_key(commodity),
            chapter=chapter,
            country_text=country_text,
            country_name=country.name,
            row_kind=country.row_kind,
            type_text=detail,
            type_key=type_key(detail),
            form_text="",
            statistic=statistic.lower(),
            unit_text=unit or None,
            year=int(year),
            note=note or None,
        ),
        value,
        note=note,
        estimated=_is_estimated(statistic, note, int(year), edition_year),
    )


def _salient(
    sheet: Sheet, number: int, row: list[str], edition_year: int, buffer: RowBuffer
) -> None:
    chapter, _, commodity, _, statistic, detail, unit, year, value, note = row[:10]
    buffer.add_cell(
        "salient",
        sheet.file,
        number,
        Salient(
            commodity=commodity,
            commodity_key=commodity_key(commodity),
            chapter=chapter,
            statistic=_statistic(statistic),
            detail=detail,
            unit_text=unit or None,
            year=int(year),
            note=note or None,
            definition_text=row[11] or None,
        ),
        value,
        note=note,
        estimated=bool(estimate_in_note(note, int(year))) or int(year) == edition_year - 1,
    )


def _import_source(sheet: Sheet, number: int, row: list[str], buffer: RowBuffer) -> None:
    chapter, _, commodity, country_text, _, detail, _, window, value, note = row[:10]
    found = _WINDOW.fullmatch(window)
    if not found:
        buffer.quarantine_line(f"not a range of years: {window!r}", sheet.file, number, row)
        return
    year_from = int(found[1])
    year_to = int(found[2]) if len(found[2]) == 4 else year_from // 100 * 100 + int(found[2])
    country = read_country(country_text)
    buffer.add_cell(
        "import_sources",
        sheet.file,
        number,
        ImportSource(
            commodity=commodity,
            commodity_key=commodity_key(commodity),
            chapter=chapter,
            detail=detail,
            country_text=country_text,
            country_name=country.name,
            row_kind=country.row_kind,
            year_from=year_from,
            year_to=year_to,
            note=note or None,
        ),
        value,
    )


def _is_estimated(statistic: str, note: str, year: int, edition_year: int) -> bool:
    if statistic == "Production" and year == edition_year - 1:
        return True
    return statistic != "Reserves" and bool(estimate_in_note(note, year))


#: the publisher's words of 2026 -> the words of the wide editions
_STATISTICS = {"sold or used": "sold_or_used", "sold": "sold_or_used"}


def _statistic(text: str) -> str:
    low = text.lower()
    return _STATISTICS.get(low, low.replace(" ", "_"))
