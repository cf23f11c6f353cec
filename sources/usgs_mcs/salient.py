"""Sources' room, the US salient statistics of the wide editions: a file per commodity, a row
per year, a column per statistic. One printed cell becomes one landed row.
"""

from __future__ import annotations

import re

from sources.usgs_mcs.headers import read_salient_header
from sources.usgs_mcs.labels import commodity_key, squeeze
from sources.usgs_mcs.layouts import Sheet
from sources.usgs_mcs.row_buffer import RowBuffer, Salient


def read_salient(sheet: Sheet, tray: RowBuffer) -> None:
    """All cells of one salient sheet into `tray`."""
    columns = {
        at: read_salient_header(name)
        for at, name in enumerate(sheet.header)
        if at >= 3 and name.strip()
    }
    shifted = any(_beyond_header(sheet, cells) for _, cells in sheet.lines)
    for number, cells in sheet.lines:
        if shifted:
            # feldspar and fluorspar of 2024 have figures beyond the last name: a name is
            # missing somewhere before, and reliance would read 240 percent
            fault = "more figures than column names: the columns are shifted"
            tray.refuse(fault, sheet.file, number, cells)
            continue
        if len(cells) != len(sheet.header):
            fault = f"{len(cells)} cells where the header has {len(sheet.header)}"
            tray.refuse(fault, sheet.file, number, cells)
            continue
        year = squeeze(cells[2])
        if not re.fullmatch(r"(19|20)\d\d", year):
            tray.refuse("no year in the year column", sheet.file, number, cells)
            continue
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
            tray.put("salient", sheet.file, number, row, cells[at])


def _beyond_header(sheet: Sheet, cells: list[str]) -> bool:
    named = max(at for at, name in enumerate(sheet.header) if name.strip())
    return any(cell.strip() for cell in cells[named + 1 :])
