"""Parser of Worldwide Governance Indicators: long CSV, workbook, DataBank's CSV, or API pages.

Missing is `..` in the files and null in the API; both stay missing. Higher is better. Each edition
re-estimates the whole history, so the edition is part of the key; it is named after the year
after its last year of data.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import openpyxl

from sources.kit.archives import unpack
from sources.kit.catalog import find_source, unknown_layout_error
from sources.kit.columns import parse_number
from sources.kit.contract import Parsed, QuarantinedRow, RawFile
from sources.kit.duplicates import reject_duplicate_keys
from sources.kit.encodings import starts_as_json
from sources.kit.errors import CorruptFileError, UnknownLayoutError
from sources.kit.headers import spell_as_published
from sources.kit.tabular import add_lineage_columns, decode, read_text_table
from sources.worldbank_wgi.api import read_pages
from sources.worldbank_wgi.databank import (
    CODE,
    COUNTRY,
    SERIES_CODE,
    is_databank,
    read_databank,
    read_update,
)

SOURCE = "worldbank_wgi"
DIMENSIONS = frozenset({"cc", "ge", "pv", "rl", "rq", "va"})
#: More sources than any estimate has.
MAX_SOURCES = 1000
REQUIRED_COLUMNS = ("code", "countryname", "year", "indicator", "estimate", "stddev", "nsource")
Row = tuple[str, ...]  # the texts of NEEDED


@dataclass
class ParsedRows:
    """The valid rows with their places, and the quarantined ones; `updated` is the day that the
    file states."""

    updated: date | None = None
    rows: list[dict[str, object]] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    shas: list[str] = field(default_factory=list)
    bad: list[QuarantinedRow] = field(default_factory=list)

    def add(self, texts: Row, file: RawFile, line: int, place: str = "") -> None:
        try:
            self.rows.append(_row(texts))
        except ValueError as error:
            self.bad.append(QuarantinedRow(str(error), file.name, line, ",".join(texts)))
            return
        self.places.append(place or f"{file.name}:{line}")
        self.shas.append(file.sha256)


def parse(files: Sequence[RawFile]) -> Iterator[Parsed]:
    """Yield one partition per edition: each table is one, all API pages together are one.

    Estimates are standard normal units (about -2.5 to 2.5).

    Raises:
        UnknownLayoutError: a file lacks columns.
        CorruptFileError: a file is broken, has no estimate, or repeats a row.
    """
    files = unpack(files, SOURCE)
    pages = [file for file in files if starts_as_json(file.content)]
    if pages:
        parsed_rows = ParsedRows()
        updated, rows = read_pages(pages)
        for texts, file, entry in rows:
            parsed_rows.add(texts, file, entry, f"{file.name}:entry {entry}")
        yield _partition(parsed_rows, pages, known_from=updated)
    for file in files:
        if file not in pages:
            parsed_rows = ParsedRows()
            for line, texts in _lines(file, parsed_rows):
                parsed_rows.add(texts, file, line)
            yield _partition(parsed_rows, [file], known_from=parsed_rows.updated)


def _lines(file: RawFile, parsed_rows: ParsedRows) -> Iterable[tuple[int, Row]]:
    if not file.content.strip():
        raise CorruptFileError(SOURCE, "the file is empty", place=file.name)
    if file.content.startswith(b"PK\x03\x04"):
        return _workbook_lines(file)
    if file.content[:1] == b"<":
        raise _unknown(file, "it is a web page: " + repr(file.content[:120]))
    table, ragged = read_text_table(
        file.content, source_id=SOURCE, place=file.name,
        known=(*REQUIRED_COLUMNS, COUNTRY, CODE, SERIES_CODE),
    )  # fmt: skip
    parsed_rows.bad.extend(ragged)
    if is_databank(table.column_names):
        text = decode(file.content, source_id=SOURCE, place=file.name)
        parsed_rows.updated = read_update(text)
        return read_databank(table.to_pylist(), file)
    _require(file, table.column_names)
    columns = [table[name].to_pylist() for name in REQUIRED_COLUMNS]
    return enumerate(zip(*columns, strict=True), start=2)


def _workbook_lines(file: RawFile) -> Iterator[tuple[int, Row]]:
    try:
        book = openpyxl.load_workbook(io.BytesIO(file.content), read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises whatever zipfile and the XML parser raise
        raise CorruptFileError(
            SOURCE, f"the workbook cannot be opened: {error}", place=file.name
        ) from error
    for sheet in book.worksheets:
        rows = sheet.iter_rows(values_only=True)
        header = spell_as_published([str(cell) for cell in next(rows, ())], REQUIRED_COLUMNS)
        if set(REQUIRED_COLUMNS) <= set(header):
            wanted = [header.index(name) for name in REQUIRED_COLUMNS]
            for line, cells in enumerate(rows, start=2):
                if any(cell is not None for cell in cells):
                    yield line, tuple(_cell_text(cells[i]) for i in wanted)
            return
        if is_databank(header):
            lines = [dict(zip(header, map(_cell_text, cells), strict=True)) for cells in rows]
            yield from read_databank(lines, file)
            return
    raise _unknown(file, f"none of its sheets {book.sheetnames} has the columns {REQUIRED_COLUMNS}")


def _cell_text(cell: object) -> str:
    return "" if cell is None else str(cell)


def _require(file: RawFile, names: Sequence[str]) -> None:
    if missing := [name for name in REQUIRED_COLUMNS if name not in names]:
        raise _unknown(file, f"it lacks the columns {', '.join(missing)}")


def _unknown(file: RawFile, what: str) -> UnknownLayoutError:
    return unknown_layout_error(SOURCE, what, file.name)


def _row(texts: Row) -> dict[str, object]:
    code, name, year, indicator, estimate, stddev, n_sources = (text.strip() for text in texts)
    year, indicator = year.removesuffix(".0"), indicator.lower()
    if not code:
        raise ValueError("no country code")
    if indicator not in DIMENSIONS:
        raise ValueError(f"unknown dimension {indicator!r}")
    if not year.isdigit() or not 1990 <= int(year) <= datetime.now(UTC).year:
        raise ValueError(f"not a year: {year!r}")
    count = _number(n_sources, "nsource")
    if count is not None and not (count.is_integer() and 0 <= count < MAX_SOURCES):
        raise ValueError(f"not a number of sources: {n_sources!r}")
    return {
        "country_code": code,
        "country_name": name,
        "year": int(year),
        "indicator": indicator,
        "estimate": _number(estimate, "estimate"),
        "stddev": _number(stddev, "stddev"),
        "n_sources": None if count is None else int(count),
        "value_text": estimate,
    }


def _number(text: str, what: str) -> float | None:
    try:
        return parse_number(text)
    except ValueError as error:
        raise ValueError(f"{what} is {error}") from None


def _partition(
    parsed_rows: ParsedRows, files: Sequence[RawFile], known_from: date | None
) -> Parsed:
    place = ", ".join(sorted({file.name for file in files})[:3])
    years = [int(str(row["year"])) for row in parsed_rows.rows if row["estimate"] is not None]
    if not years:
        bad = f"; the first problem: {parsed_rows.bad[0].reason}" if parsed_rows.bad else ""
        raise CorruptFileError(SOURCE, f"no row with an estimate{bad}", place=place)
    reject_duplicate_keys(
        [(row["country_code"], row["year"], row["indicator"]) for row in parsed_rows.rows],
        parsed_rows.places,
        SOURCE,
        "give files of one edition at a time, each once",
    )
    # DataBank gives the years that a person chose: its edition is that of the update
    chosen = known_from if parsed_rows.updated else None
    edition = files[0].edition or str(chosen.year if chosen else max(years) + 1)
    # other files have no date: editions were published from late September to November
    published = known_from or date(max(years) + 1, 11, 30)
    table = find_source(SOURCE).tables["indicators"]
    columns = {c.name: [row[c.name] for row in parsed_rows.rows] for c in table.columns}
    table_with_lineage = add_lineage_columns(
        columns,
        table,
        edition=edition,
        known_from_date=published,
        payload_sha256=parsed_rows.shas,
        row_locator=parsed_rows.places,
    )
    basis = "published" if known_from else "inferred"
    tables = {"indicators": table_with_lineage}
    return Parsed(edition, edition, published, basis, tables, files, tuple(parsed_rows.bad))
