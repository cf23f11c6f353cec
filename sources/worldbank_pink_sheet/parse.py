"""Parser of the Pink Sheet: the publisher's workbook, or a long CSV of its monthly prices.

A newer edition may revise every month, so the edition (the last month with a price) is part of the
key. `…` and `..` are missing, never zero.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

import openpyxl
import pyarrow as pa

from sources.kit.archives import unpack
from sources.kit.catalog import find_source, unknown_layout_error
from sources.kit.columns import BAD_PERIOD, FUTURE_PERIOD, is_future_period, parse_number, to_period
from sources.kit.contract import Parsed, QuarantinedRow, RawFile
from sources.kit.duplicates import (
    Claim,
    claim_partition,
    reject_duplicate_files,
    reject_duplicate_keys,
)
from sources.kit.errors import CorruptFileError
from sources.kit.periods import month_end
from sources.kit.tabular import add_lineage_columns, read_text_table

SOURCE = "worldbank_pink_sheet"
SHEET = "Monthly Prices"
REQUIRED_COLUMNS = ("series", "unit", "month", "price")
#: Files without a stamp: the sheet appears in the first days of the month after its last one.
DAY_OF_PUBLICATION = 5
_MONTH = re.compile(r"(19|20)[0-9]{2}(0[1-9]|1[0-2])")
_STAMP = re.compile(r"[Uu]pdated on ([A-Z][a-z]+ [0-9]{1,2}, [0-9]{4})")
_MISSING = {"…", "...", "-", "–"}

Line = tuple[str, str, str, str, str]  # series, unit, month, price, place


def parse(files: Sequence[RawFile]) -> Iterator[Parsed]:
    """Yield one partition per file: its edition, named after the last month with a price (YYYYMM).

    Prices are nominal US dollars per the unit of their series.

    Raises:
        UnknownLayoutError: a file is neither the workbook nor the long CSV.
        CorruptFileError: a file is broken, has no price, or repeats a series and month.
        SourceError: the same file is given twice.
    """
    files = unpack(files, SOURCE)
    reject_duplicate_files(files, SOURCE)
    seen: dict[str, Claim] = {}
    for file in files:
        bad: list[QuarantinedRow] = []
        stamp: date | None = None
        if file.content[:4] == b"PK\x03\x04":
            stamp, lines = _workbook_lines(file)
        else:
            lines = _csv_lines(file, bad)
        yield from claim_partition(_partition(file, lines, bad, stamp), seen, SOURCE)


def _csv_lines(file: RawFile, bad: list[QuarantinedRow]) -> list[Line]:
    if file.content.lstrip()[:1] == b"<":
        raise _unknown(file, "it is a web page: " + repr(file.content[:120]))
    table, ragged = read_text_table(
        file.content, source_id=SOURCE, place=file.name, known=REQUIRED_COLUMNS
    )
    if missing := [name for name in REQUIRED_COLUMNS if name not in table.column_names]:
        raise _unknown(file, f"it lacks the columns {', '.join(missing)}")
    bad.extend(ragged)
    series, unit, price = (table[name].to_pylist() for name in ("series", "unit", "price"))
    months = to_period(table["month"]).to_pylist()
    return [
        (*(text.strip() for text in cells), f"{file.name}:{line}")
        for line, cells in enumerate(zip(series, unit, months, price, strict=True), start=2)
    ]


def _workbook_lines(file: RawFile) -> tuple[date | None, list[Line]]:
    try:
        book = openpyxl.load_workbook(io.BytesIO(file.content), read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises whatever zipfile and the XML parser raise
        what = f"the workbook cannot be opened: {error}"
        raise CorruptFileError(SOURCE, what, place=file.name) from error
    if SHEET not in book.sheetnames:
        raise _unknown(file, f"none of its sheets {book.sheetnames} is called {SHEET}")
    rows = [[_text(cell) for cell in row] for row in book[SHEET].iter_rows(values_only=True)]
    first = next((i for i, row in enumerate(rows) if row and _month(row[0])), None)
    if first is None or first < 2:
        raise _unknown(file, f"sheet {SHEET} has no months such as 1960M01 below names and units")
    stamp = None
    for row in rows[: first - 2]:
        if found := _STAMP.search(" ".join(row)):
            stamp = datetime.strptime(found[1], "%B %d, %Y").date()
    names, units = rows[first - 2], rows[first - 1]
    lines: list[Line] = []
    for number, row in enumerate(rows[first:], start=first + 1):
        if not any(row):
            continue
        for name, unit, price in zip(names[1:], units[1:], row[1:], strict=False):
            if name:
                unit = unit.strip("()")
                lines.append((name, unit, _month(row[0]), price, f"{SHEET}:{number}:{name}"))
    return stamp, lines


def _text(cell: object) -> str:
    return "" if cell is None else " ".join(str(cell).split())


def _month(text: str) -> str:
    return re.sub(r"^([0-9]{4})M([0-9]{2})$", r"\1\2", text) if "M" in text else ""


def _partition(
    file: RawFile, lines: Sequence[Line], bad: list[QuarantinedRow], stamp: date | None
) -> Parsed:
    months = pa.chunked_array([[month for _, _, month, _, _ in lines]], pa.string())
    is_future = is_future_period(months, file.retrieved_at).to_pylist()
    rows: list[dict[str, object]] = []
    for (series, unit, month, text, place), future in zip(lines, is_future, strict=True):
        try:
            rows.append(_row(series, unit, month, text, place, is_future=bool(future)))
        except ValueError as error:
            raw = ",".join((series, unit, month, text))
            bad.append(QuarantinedRow(str(error), place, 0, raw))
    priced = [str(row["month"]) for row in rows if row["price"] is not None]
    if not priced:
        what = f"no row with a price{f'; the first problem: {bad[0].reason}' if bad else ''}"
        raise CorruptFileError(SOURCE, what, place=file.name)
    edition = max(priced)
    after = month_end(edition) + timedelta(days=DAY_OF_PUBLICATION)
    spec = find_source(SOURCE).tables["prices"]
    reject_duplicate_keys(
        [(row["series"], row["month"]) for row in rows],
        [str(row["place"]) for row in rows],
        SOURCE,
        "a file has each series and month once",
    )
    table = add_lineage_columns(
        {column.name: [row[column.name] for row in rows] for column in spec.columns},
        spec,
        edition=edition,
        known_from_date=stamp or after,
        payload_sha256=file.sha256,
        row_locator=[str(row["place"]) for row in rows],
    )
    basis = "published" if stamp else "inferred"
    tables = {"prices": table}
    return Parsed(edition, edition, stamp or after, basis, tables, [file], tuple(bad))


def _row(
    series: str, unit: str, month: str, text: str, place: str, *, is_future: bool
) -> dict[str, object]:
    if not series or not unit:
        raise ValueError("no series or no unit")
    if not _MONTH.fullmatch(month):
        raise ValueError(BAD_PERIOD)
    if is_future:
        raise ValueError(FUTURE_PERIOD)
    price = None if text in _MISSING else parse_number(text)
    if price is not None and price < 0:
        raise ValueError(f"a negative price: {text!r}")
    return {
        "series": series.rstrip("* "),
        "unit": unit,
        "month": month,
        "price": price,
        "value_text": text if price is None else None,
        "place": place,
    }


def _unknown(file: RawFile, what: str) -> Exception:
    return unknown_layout_error(SOURCE, what, file.name)
