"""Layouts of text tables with Comtrade's rows, recognised by their header.

Columns of any layout are renamed to the API's names; columns that no layout needs (names of
countries, in any encoding) are not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from sources.kit.catalog import unknown_layout_error
from sources.kit.errors import CorruptFileError
from sources.kit.headers import find_header, split_line
from sources.un_comtrade.response import FIELDS

SOURCE = "un_comtrade"
#: Columns that a table must have.
REQUIRED_COLUMNS = ("reporterCode", "partnerCode", "flowCode", "cmdCode", "primaryValue")
#: Columns that distinguish a total from its breakdowns.
DIMENSIONS = ("partner2Code", "customsCode", "motCode")
LEGACY = {
    "classification": "classificationCode", "year": "refYear", "period": "period",
    "trade flow code": "flowCode", "trade flow": "flowDesc", "reporter code": "reporterCode",
    "partner code": "partnerCode", "2nd partner code": "partner2Code",
    "customs proc. code": "customsCode", "mode of transport code": "motCode",
    "commodity code": "cmdCode", "qty unit code": "qtyUnitCode", "qty": "qty",
    "alt qty unit code": "altQtyUnitCode", "alt qty": "altQty", "netweight (kg)": "netWgt",
    "trade value (us$)": "primaryValue", "cif trade value (us$)": "cifvalue",
    "fob trade value (us$)": "fobvalue", "flag": "legacyEstimationFlag",
}  # fmt: skip
SHORT = {
    "year": "refYear", "period": "period", "reporter": "reporterCode", "partner": "partnerCode",
    "cmd": "cmdCode", "flow": "flowCode", "value": "primaryValue", "netwgt": "netWgt",
    "qty": "qty", "qtyunit": "qtyUnitCode",
}  # fmt: skip
#: The API's names, also in snake case, as R's client of the API writes them.
API = {
    **{name.lower(): name for name in FIELDS},
    **{re.sub(r"(?=[A-Z])", "_", name).lower(): name for name in FIELDS},
    "atlqty": "altQty",
}
#: The most specific layout first; each has `REQUIRED_COLUMNS`.
LAYOUTS = {"legacy_csv": LEGACY, "api_table": API, "short_table": SHORT}
#: The most rows of one answer: a preview, with a key, with a premium key.
ROW_CAPS = (500, 100_000, 250_000)


@dataclass(frozen=True)
class Layout:
    """One text table; `columns` are in the order of the cells (`""` for those not read)."""

    id: str
    separator: str
    columns: tuple[str, ...]
    first_line: int  # 1-based line of the first row

    @property
    def read(self) -> list[str]:
        return [name for name in self.columns if name]


def recognise_layout(head: bytes, place: str) -> Layout:
    """The layout of a table by its first lines; shifted columns are corrected.

    Raises:
        UnknownLayoutError: a required column is missing, or columns are shifted in another way.
    """
    every_name = {name for names in LAYOUTS.values() for name in names}
    found_header = find_header(head, source_id=SOURCE, place=place, columns=every_name)
    separator, first_line = found_header.delimiter, found_header.first_line
    header = [name.lower() for name in found_header.names]
    lines = head.decode("latin-1").splitlines()
    row = split_line(lines[first_line - 1], separator) if len(lines) >= first_line else []
    for layout_id, names in LAYOUTS.items():
        found = {names[name] for name in header if name in names}
        if not set(REQUIRED_COLUMNS) - found:
            layout_id = "bulk_tsv" if separator == "\t" else layout_id
            return Layout(layout_id, separator, _columns(header, names, row, place), first_line)
    missing = sorted(set(REQUIRED_COLUMNS) - {API[name] for name in header if name in API})
    what = f"its header lacks {', '.join(missing)}: {lines[0][:120] if lines else ''!r}"
    raise unknown_layout_error(SOURCE, what, place)


def is_header_cell(codes: pa.ChunkedArray) -> pa.ChunkedArray:
    """True where a cell of product codes has the column's name, as a pasted header line does."""
    names = [
        name for layout in LAYOUTS.values() for name, field in layout.items() if field == "cmdCode"
    ]
    text = pc.utf8_lower(pc.utf8_trim_whitespace(codes))
    return pc.is_in(text, value_set=pa.array(names))


def reject_row_cap(n_rows: int, place: str) -> None:
    """Check that a saved answer or table is not the first part of a longer one.

    Raises:
        CorruptFileError: it has as many rows as the publisher gives at most.
    """
    if n_rows in ROW_CAPS:
        raise CorruptFileError(
            SOURCE, f"it has {n_rows:,} rows, the most of one answer, so rows may be missing",
            place=place, remedy="request fewer periods, products or reporters per file",
        )  # fmt: skip


def _columns(
    header: list[str], names: dict[str, str], row: list[str], place: str
) -> tuple[str, ...]:
    """The API's names in the order of the cells.

    The website ends each line but the header with a comma. A program that reads the surplus cell
    as an index moves every name one column to the right; the saved file then has values one column
    too far left.
    """
    columns = [names.get(name, "") for name in header]
    if len(row) == len(header) + 1 and row[-1].strip() == "":
        return (*columns, "")
    by_name = dict(zip(header, row, strict=False))
    if "typecode" not in by_name or by_name["typecode"].strip() not in ("A", "M"):
        return tuple(columns)
    # saved without its index (the first column is lost) or with it (its name is empty)
    if header[:1] == ["typecode"] or header[:2] == ["", "typecode"]:
        return (*columns[1:], "")
    raise unknown_layout_error(SOURCE, "its columns are shifted by more than one", place)
