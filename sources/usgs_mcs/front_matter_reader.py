"""Reader of export controls, trade agreements, critical minerals and import reliance.

The publisher puts several commodities and years into one cell; the texts are landed unchanged.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence

from sources.kit.contract import RawFile
from sources.kit.errors import CorruptFileError
from sources.kit.headers import find_header_line
from sources.kit.tabular import decode
from sources.usgs_mcs.file_names import read_file_name
from sources.usgs_mcs.labels import squeeze
from sources.usgs_mcs.layouts import SOURCE_ID
from sources.usgs_mcs.row_buffer import FrontMatter, RowBuffer, ragged_reason

#: Front matter (figures and tables of the report's introduction) by the publisher's file names.
_NAMED = re.compile(r"(^|[_-])(fig(ure)?|t(able)?)[_ ]?\d{1,2}([_. -]|$)", re.I)
#: Which columns of a header (lower case, spaces as underscores) make which table.
_TABLES = {
    "export_controls": ("country", "control_type", "commodity_year", "data_source"),
    "trade_agreements": ("country", "agreement", "signing_date", "focus_area"),
    "critical_minerals": ("critical_mineral", "primary_applications"),
}
#: Editions name the columns of the figure and the table of net import reliance differently.
_COMMODITY = re.compile(r"(mineral_|critical_)?(commodity|mineral)(_name)?")
_RELIANCE = re.compile(r"(.*_)?(nir|net_import_reliance)(_.*)?")
_SUPPLIER = re.compile(r"(.*_)?import_sources?(_.*)?")
_SOURCE_YEAR = re.compile(r"MCS\s*(20\d\d)", re.I)
_RELIANCE_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")


def is_front_matter(file: RawFile) -> bool:
    """Whether the columns are those of a known table, or the name is that of a figure or table."""
    return bool(_NAMED.search(file.name)) or _table_of(_rows(file)[0]) is not None


def find_front_matter_year(file: RawFile) -> int:
    """The edition in the file's name, its Source column or its folder; 0 if in none of them."""
    named = read_file_name(file.name, file.hints.get("folder", ""))
    _, lines = _rows(file)
    inside = {int(m[1]) for cells in lines if cells and (m := _SOURCE_YEAR.match(cells[0].strip()))}
    return named.year or (inside.pop() if len(inside) == 1 else 0) or named.folder_year


def read_front_matter(file: RawFile, buffer: RowBuffer) -> None:
    """Add the rows of a known table to `buffer`; any other table is quarantined as a whole."""
    header, lines = _rows(file)
    table = _table_of(header)
    if table is None:
        buffer.quarantine_line("front matter, not a table of this source", file, 1, [file.name])
        return
    for number, cells in enumerate(lines, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            buffer.quarantine_line(ragged_reason(cells, header), file, number, cells)
            continue
        # of two columns with one name the first: the second is a manual copy with wrong dates
        cells_by_name = {
            name: squeeze(cell) for name, cell in reversed([*zip(header, cells, strict=True)])
        }
        row = _row(table, cells_by_name, number)
        buffer.add_text_row("front_matter", file, number, row)


def _rows(file: RawFile) -> tuple[list[str], list[list[str]]]:
    """The normalised names of the header, and the lines below it.

    Raises:
        CorruptFileError: the file cannot be decoded or split into cells.
    """
    text = decode(file.content, source_id=SOURCE_ID, place=file.name)
    n_above, _, delimiter = find_header_line(text)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))[n_above:]
    except csv.Error as error:
        raise CorruptFileError(SOURCE_ID, f"it is no table: {error}", place=file.name) from error
    header = [squeeze(name).lower().replace(" ", "_") for name in rows[0]] if rows else []
    return header, rows[1:]


def _table_of(header: Sequence[str]) -> str | None:
    known = next((t for t, needed in _TABLES.items() if set(needed) <= set(header)), None)
    is_salient = "datasource" in header  # has such columns, too, one line per year
    if known is None and not is_salient and _find(_COMMODITY, header) and _find(_RELIANCE, header):
        return "import_reliance"
    return known


def _find(pattern: re.Pattern[str], names: Sequence[str]) -> str:
    """The first of `names` that the pattern covers, or an empty text."""
    return next((name for name in names if pattern.fullmatch(name)), "")


def _row(table: str, cells_by_name: Mapping[str, str], number: int) -> FrontMatter:
    names = [*cells_by_name][::-1]  # in the order of the file
    is_reliance = table == "import_reliance"
    reliance = _find(_RELIANCE, names) if is_reliance else ""
    supplier = _find(_SUPPLIER, names)
    text = {
        "export_controls": cells_by_name.get("control_type"),
        "trade_agreements": cells_by_name.get("agreement"),
        "critical_minerals": cells_by_name.get("primary_applications"),
    }.get(table)
    commodity = {
        "export_controls": cells_by_name.get("commodity_year"),
        "trade_agreements": cells_by_name.get("focus_area"),
        "critical_minerals": cells_by_name.get("critical_mineral"),
    }.get(table, cells_by_name.get(_find(_COMMODITY, names)))
    return FrontMatter(
        table_id=table,
        line=number,
        country_text=cells_by_name.get(supplier) if supplier else cells_by_name.get("country"),
        commodity_text=commodity,
        statement_text=text or None,
        date_text=_reliance_year(cells_by_name, reliance)
        if is_reliance
        else cells_by_name.get("signing_date"),
        share_text=cells_by_name.get("percent"),
        reliance_text=cells_by_name.get(reliance) if reliance else None,
        is_critical=cells_by_name.get("critical_mineral") == "Y" if is_reliance else None,
        # in the other tables `Source` is the edition
        source_url=cells_by_name.get("data_source")
        or (cells_by_name.get("source") if "agreement" in cells_by_name else None),
        note=cells_by_name.get("notes") or cells_by_name.get("category_note") or None,
    )


def _reliance_year(cells_by_name: Mapping[str, str], reliance: str) -> str | None:
    """The year of a printed reliance, of its column's name or a year column; None for the last."""
    found = _RELIANCE_YEAR.search(reliance) or _RELIANCE_YEAR.search(cells_by_name.get("year", ""))
    return found[1] if found else None
