"""Reader of the US salient statistics of the wide editions: a file per commodity."""

from __future__ import annotations

import re

from sources.usgs_mcs.headers import read_salient_header
from sources.usgs_mcs.labels import commodity_key, read_year, squeeze
from sources.usgs_mcs.layouts import Sheet
from sources.usgs_mcs.row_buffer import RowBuffer, Salient, ragged_reason


def read_salient(sheet: Sheet, buffer: RowBuffer) -> None:
    """Add all cells of one salient sheet to `buffer`, one landed row per printed cell."""
    columns = {
        at: read_salient_header(name)
        for at, name in enumerate(sheet.header)
        if at >= 3 and name.strip()
    }
    is_shifted = any(_has_cells_beyond_header(sheet, cells) for _, cells in sheet.lines)
    seen: set[tuple[str, str]] = set()
    for number, cells in sheet.lines:
        if is_shifted:
            # feldspar and fluorspar of 2024 lack a column name, so that reliance would be 240 %
            reason = "more figures than column names: the columns are shifted"
            buffer.quarantine_line(reason, sheet.file, number, cells)
            continue
        if len(cells) != len(sheet.header):
            buffer.quarantine_line(ragged_reason(cells, sheet.header), sheet.file, number, cells)
            continue
        year = read_year(cells[2])
        if not re.fullmatch(r"(19|20)\d\d", year):
            buffer.quarantine_line("no year in the year column", sheet.file, number, cells)
            continue
        if (squeeze(cells[1]), year) in seen:
            buffer.quarantine_line("a second line of its year", sheet.file, number, cells)
            continue
        seen.add((squeeze(cells[1]), year))
        for at, column in columns.items():
            row = Salient(
                commodity=squeeze(cells[1]) or sheet.slug,
                # the slug, as in the world table: one key per commodity in these editions
                commodity_key=commodity_key(sheet.slug),
                chapter=squeeze(cells[1]),
                statistic=column.statistic,
                detail=column.detail,
                unit_text=column.unit,
                year=int(year),
                note=None,
                definition_text=squeeze(sheet.header[at]),
            )
            buffer.add_cell("salient", sheet.file, number, row, cells[at])


def _has_cells_beyond_header(sheet: Sheet, cells: list[str]) -> bool:
    named = max(at for at, name in enumerate(sheet.header) if name.strip())
    return any(cell.strip() for cell in cells[named + 1 :])
