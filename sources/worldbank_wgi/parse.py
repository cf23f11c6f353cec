"""Worldwide Governance Indicators: the long CSV, the workbook, or pages of the v2 API.

Missing is `..` in the files and null in the API; both stay missing. Higher is better. Each
edition re-estimates the whole history, so the edition is part of the key; it is named after the
year that follows its last year of data.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import openpyxl

from sources.kit.catalog import find_source
from sources.kit.contract import Parsed, QuarantinedRow, RawFile
from sources.kit.errors import CorruptFileError, UnknownLayoutError
from sources.kit.tabular import add_lineage_columns, read_text_table
from sources.worldbank_wgi.api import read_pages

SOURCE = "worldbank_wgi"
DIMENSIONS = frozenset({"cc", "ge", "pv", "rl", "rq", "va"})
MISSING = frozenset({"", "..", "#N/A"})
NEEDED = ("code", "countryname", "year", "indicator", "estimate", "stddev", "nsource")
Row = tuple[str, ...]  # the texts of NEEDED


@dataclass
class Reading:
    """Rows that make sense, with their place, and those that do not."""

    rows: list[dict[str, object]] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    shas: list[str] = field(default_factory=list)
    bad: list[QuarantinedRow] = field(default_factory=list)

    def take(self, texts: Row, file: RawFile, line: int, place: str = "") -> None:
        try:
            self.rows.append(_row(texts))
        except ValueError as error:
            self.bad.append(QuarantinedRow(str(error), file.name, line, ",".join(texts)))
            return
        self.places.append(place or f"{file.name}:{line}")
        self.shas.append(file.sha256)


def parse(files: Sequence[RawFile]) -> Iterator[Parsed]:
    """One partition per edition: each CSV or workbook is one, all API pages together are one."""
    pages = [file for file in files if file.content.lstrip()[:1] in (b"[", b"{")]
    if pages:
        reading = Reading()
        updated, rows = read_pages(pages)
        for texts, file, entry in rows:
            reading.take(texts, file, entry, f"{file.name}:entry {entry}")
        yield _partition(reading, pages, known_from=updated)
    for file in files:
        if file not in pages:
            reading = Reading()
            for line, texts in _lines(file, reading):
                reading.take(texts, file, line)
            yield _partition(reading, [file], known_from=None)


def _lines(file: RawFile, reading: Reading) -> Iterable[tuple[int, Row]]:
    if not file.content.strip():
        raise CorruptFileError(
            SOURCE, "the file is empty", place=file.name, remedy="download it again"
        )
    if file.content.startswith(b"PK\x03\x04"):
        return _workbook_lines(file)
    if b"codeindyr" not in file.content[:2000] and b"countryname" not in file.content[:2000]:
        raise _unknown(file, "its header is " + repr(file.content[:120]))
    table, ragged = read_text_table(file.content, source_id=SOURCE, place=file.name)
    reading.bad.extend(ragged)
    _require(file, table.column_names)
    columns = [table[name].to_pylist() for name in NEEDED]
    return enumerate(zip(*columns, strict=True), start=2)


def _workbook_lines(file: RawFile) -> Iterator[tuple[int, Row]]:
    try:
        book = openpyxl.load_workbook(io.BytesIO(file.content), read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises whatever zipfile and the XML parser raise
        raise CorruptFileError(
            SOURCE, f"the workbook cannot be opened: {error}", place=file.name,
            remedy="it may be truncated; download it again",
        ) from error  # fmt: skip
    for sheet in book.worksheets:
        rows = sheet.iter_rows(values_only=True)
        header = [str(cell) for cell in next(rows, ())]
        if set(NEEDED) <= set(header):
            wanted = [header.index(name) for name in NEEDED]
            for line, cells in enumerate(rows, start=2):
                if any(cell is not None for cell in cells):
                    yield line, tuple("" if (c := cells[i]) is None else str(c) for i in wanted)
            return
    raise _unknown(file, f"none of its sheets {book.sheetnames} has the columns {NEEDED}")


def _require(file: RawFile, names: Sequence[str]) -> None:
    if missing := [name for name in NEEDED if name not in names]:
        raise _unknown(file, f"it lacks the columns {', '.join(missing)}")


def _unknown(file: RawFile, what: str) -> UnknownLayoutError:
    known = find_source(SOURCE).layouts_known()
    return UnknownLayoutError(SOURCE, what, place=file.name, remedy=f"known layouts are: {known}")


def _row(texts: Row) -> dict[str, object]:
    code, name, year, indicator, estimate, stddev, n_sources = (text.strip() for text in texts)
    if not code:
        raise ValueError("no country code")
    if indicator not in DIMENSIONS:
        raise ValueError(f"unknown dimension {indicator!r}")
    if not year.isdigit() or not 1990 <= int(year) <= 2100:
        raise ValueError(f"not a year: {year!r}")
    count = _number(n_sources, "nsource")
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
    if text in MISSING:
        return None
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{what} is not a number: {text!r}") from None


def _partition(reading: Reading, files: Sequence[RawFile], known_from: date | None) -> Parsed:
    place = ", ".join(sorted({file.name for file in files})[:3])
    years = [int(str(row["year"])) for row in reading.rows if row["estimate"] is not None]
    if not years:
        bad = f"; the first problem: {reading.bad[0].reason}" if reading.bad else ""
        raise CorruptFileError(SOURCE, f"no row with an estimate{bad}", place=place)
    _refuse_twice(reading, place)
    edition = files[0].edition or str(max(years) + 1)
    # without a date in the file: editions came out from late September to November
    published = known_from or date(max(years) + 1, 11, 30)
    table = find_source(SOURCE).tables["indicators"]
    columns = {c.name: [row[c.name] for row in reading.rows] for c in table.columns}
    stamped = add_lineage_columns(
        columns,
        table,
        edition=edition,
        known_from_date=published,
        payload_sha256=reading.shas,
        row_locator=reading.places,
    )
    basis = "published" if known_from else "inferred"
    tables = {"indicators": stamped}
    return Parsed(edition, edition, published, basis, tables, files, tuple(reading.bad))


def _refuse_twice(reading: Reading, place: str) -> None:
    seen: dict[tuple[object, ...], str] = {}
    for row, at in zip(reading.rows, reading.places, strict=True):
        key = (row["country_code"], row["year"], row["indicator"])
        if key in seen:
            raise CorruptFileError(
                SOURCE,
                f"{row['country_code']} {row['year']} {row['indicator']} stands at {seen[key]} "
                f"and at {at}",
                place=place,
                remedy="give files of one edition at a time, each once",
            )
        seen[key] = at
