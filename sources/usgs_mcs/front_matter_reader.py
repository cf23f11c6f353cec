"""Sources' room, the front matter that a dependency reader needs: export controls in force, trade
agreements, the list of critical minerals, and the figure of import shares and reliance.

The publisher packs several commodities and years into one cell; the words land as they came.
"""

from __future__ import annotations

import csv
import io
import re

from sources.kit.contract import RawFile
from sources.kit.tabular import decode
from sources.usgs_mcs.labels import squeeze
from sources.usgs_mcs.layouts import SOURCE_ID
from sources.usgs_mcs.row_buffer import FrontMatter, RowBuffer

#: Front matter (figures and tables of the report's introduction) by the publisher's file names.
NAMED = re.compile(r"(^|[_-])(fig|t)\d{1,2}[_-]", re.I)
#: Which columns of a header (lower case, spaces as underscores) make which table.
_TABLES = {
    "export_controls": ("country", "control_type", "commodity_year", "data_source"),
    "trade_agreements": ("country", "agreement", "signing_date", "focus_area"),
    "critical_minerals": ("critical_mineral", "primary_applications"),
    "import_reliance": ("commodity", "percent", "nir"),
}
_IMPORT_SOURCE = re.compile(r"import_source_(20\d\d)_(\d\d)")


def read_front_matter(file: RawFile, tray: RowBuffer) -> None:
    """The lines of a known table into `tray`; another one is refused by name, whole."""
    rows = list(csv.reader(io.StringIO(_text(file), newline="")))
    header = [squeeze(name).lower().replace(" ", "_") for name in rows[0]]
    table = next((t for t, needed in _TABLES.items() if set(needed) <= set(header)), None)
    if table is None:
        tray.refuse("front matter, not a table of this source", file, 1, [file.name])
        return
    for number, cells in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            fault = f"{len(cells)} cells where the header has {len(header)}"
            tray.refuse(fault, file, number, cells)
            continue
        # the first of two columns of one name: the second is a hand-made copy with wrong dates
        told = {name: squeeze(cell) for name, cell in reversed([*zip(header, cells, strict=True)])}
        tray.keep("front_matter", file, number, _row(table, told, number))


def _row(table: str, told: dict[str, str], number: int) -> FrontMatter:
    source = next((name for name in told if _IMPORT_SOURCE.fullmatch(name)), "")
    text = {
        "export_controls": told.get("control_type"),
        "trade_agreements": told.get("agreement"),
        "critical_minerals": told.get("primary_applications"),
    }.get(table)
    commodity = {
        "export_controls": told.get("commodity_year"),
        "trade_agreements": told.get("focus_area"),
        "critical_minerals": told.get("critical_mineral"),
    }.get(table, told.get("commodity"))
    return FrontMatter(
        table_id=table,
        line=number,
        country_text=told.get(source) if source else told.get("country"),
        commodity_text=commodity,
        statement_text=text or None,
        date_text=told.get("signing_date"),
        share_text=told.get("percent"),
        reliance_text=told.get("nir"),
        is_critical=told.get("critical_mineral") == "Y" if table == "import_reliance" else None,
        # `Source` of the other tables names the edition
        source_url=told.get("data_source") or (told.get("source") if "agreement" in told else None),
        note=told.get("notes") or told.get("category_note") or None,
    )


def _text(file: RawFile) -> str:
    return decode(file.content, source_id=SOURCE_ID, place=file.name)
