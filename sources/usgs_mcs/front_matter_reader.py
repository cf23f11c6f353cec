"""Reader of export controls, trade agreements, critical minerals and import reliance.

The publisher puts several commodities and years into one cell; the texts are landed unchanged.
"""

from __future__ import annotations

import csv
import io
import re

from sources.kit.contract import RawFile
from sources.kit.tabular import decode
from sources.usgs_mcs.labels import squeeze
from sources.usgs_mcs.layouts import SOURCE_ID
from sources.usgs_mcs.row_buffer import FrontMatter, RowBuffer, ragged_reason

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


def read_front_matter(file: RawFile, buffer: RowBuffer) -> None:
    """Add the rows of a known table to `buffer`; any other table is quarantined as a whole."""
    rows = list(csv.reader(io.StringIO(_text(file), newline="")))
    header = [squeeze(name).lower().replace(" ", "_") for name in rows[0]]
    table = next((t for t, needed in _TABLES.items() if set(needed) <= set(header)), None)
    if table is None:
        buffer.quarantine_line("front matter, not a table of this source", file, 1, [file.name])
        return
    for number, cells in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            buffer.quarantine_line(ragged_reason(cells, header), file, number, cells)
            continue
        # of two columns with one name the first: the second is a manual copy with wrong dates
        cells_by_name = {
            name: squeeze(cell) for name, cell in reversed([*zip(header, cells, strict=True)])
        }
        buffer.add_text_row("front_matter", file, number, _row(table, cells_by_name, number))


def _row(table: str, cells_by_name: dict[str, str], number: int) -> FrontMatter:
    source = next((name for name in cells_by_name if _IMPORT_SOURCE.fullmatch(name)), "")
    text = {
        "export_controls": cells_by_name.get("control_type"),
        "trade_agreements": cells_by_name.get("agreement"),
        "critical_minerals": cells_by_name.get("primary_applications"),
    }.get(table)
    commodity = {
        "export_controls": cells_by_name.get("commodity_year"),
        "trade_agreements": cells_by_name.get("focus_area"),
        "critical_minerals": cells_by_name.get("critical_mineral"),
    }.get(table, cells_by_name.get("commodity"))
    return FrontMatter(
        table_id=table,
        line=number,
        country_text=cells_by_name.get(source) if source else cells_by_name.get("country"),
        commodity_text=commodity,
        statement_text=text or None,
        date_text=cells_by_name.get("signing_date"),
        share_text=cells_by_name.get("percent"),
        reliance_text=cells_by_name.get("nir"),
        is_critical=cells_by_name.get("critical_mineral") == "Y"
        if table == "import_reliance"
        else None,
        # in the other tables `Source` is the edition
        source_url=cells_by_name.get("data_source")
        or (cells_by_name.get("source") if "agreement" in cells_by_name else None),
        note=cells_by_name.get("notes") or cells_by_name.get("category_note") or None,
    )


def _text(file: RawFile) -> str:
    return decode(file.content, source_id=SOURCE_ID, place=file.name)
