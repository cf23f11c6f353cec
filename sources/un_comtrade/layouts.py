"""How the files look that carry Comtrade's rows as text: names, separators, and what was lost.

A table is recognised by its header, never by the file's name. Whatever the layout calls a column,
it gets the API's name here; what no layout needs is not read at all (names of countries, in
whatever encoding).
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from sources.kit.catalog import find_source
from sources.kit.errors import UnknownLayoutError
from sources.un_comtrade.response import FIELDS

SOURCE = "un_comtrade"
#: Without these a row cannot be placed.
NEEDED = ("reporterCode", "partnerCode", "flowCode", "cmdCode", "primaryValue")
#: With these a total can be told from its breakdowns.
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
API = {name.lower(): name for name in FIELDS} | {"atlqty": "altQty"}
#: The most telling first; each needs `NEEDED`.
LAYOUTS = {"legacy_csv": LEGACY, "api_table": API, "short_table": SHORT}


@dataclass(frozen=True)
class Layout:
    """One table of text: its columns as they stand (`""` for what is not read)."""

    id: str
    separator: str
    columns: tuple[str, ...]
    first_line: int  # 1-based line of the first row

    @property
    def read(self) -> list[str]:
        return [name for name in self.columns if name]


def recognise(head: bytes, place: str) -> Layout:
    """The layout of a table by its first lines; a shifted one is set right, or refused."""
    lines = head.removeprefix(b"\xef\xbb\xbf").decode("latin-1").splitlines()[:3]
    separator = "\t" if lines and lines[0].count("\t") > lines[0].count(",") else ","
    cells = list(csv.reader(io.StringIO("\n".join(lines), newline=""), delimiter=separator))
    header = [name.strip().lower() for name in cells[0]] if cells else []
    row = cells[1] if len(cells) > 1 else []
    for layout_id, names in LAYOUTS.items():
        found = {names[name] for name in header if name in names}
        if not set(NEEDED) - found:
            layout_id = "bulk_tsv" if separator == "\t" else layout_id
            return Layout(layout_id, separator, _columns(header, names, row, place), 2)
    lacking = sorted(set(NEEDED) - {API[name] for name in header if name in API})
    raise unknown(f"its header lacks {', '.join(lacking)}: {lines[0][:120] if lines else ''!r}",
                  place)  # fmt: skip


def unknown(what: str, place: str) -> UnknownLayoutError:
    known = find_source(SOURCE).layouts_known()
    return UnknownLayoutError(SOURCE, what, place=place, remedy=f"known layouts are: {known}")


def _columns(
    header: list[str], names: dict[str, str], row: list[str], place: str
) -> tuple[str, ...]:
    """The API's names in the order of the cells.

    The website ends each line but the header with a comma. A program that takes the surplus cell
    for an index moves every name one column to the right; the file saved then has values that
    stand one column too far left.
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
    raise unknown("its columns are shifted, and not by one", place)
