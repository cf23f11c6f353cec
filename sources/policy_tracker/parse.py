"""Any tracker whose mapping is declared: one line per policy to one landed record.

Descriptions stand under foreign rights: they are searched for days and minerals and leave a hash
and the place of what was found, never their text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from bs4 import BeautifulSoup

from sources.kit.catalog import find_source
from sources.kit.contract import Parsed, QuarantinedRow, RawFile
from sources.kit.date_parsing import written_days
from sources.kit.entity_terms import country_of, find_items, joined
from sources.kit.errors import CorruptFileError
from sources.kit.tabular import add_lineage_columns, decode, header_of, read_text_table
from sources.policy_tracker.mapping import SOURCE, Tracker, tracker_of, trackers

Row = dict[str, Any]


def parse(files: Sequence[RawFile]) -> Iterator[Parsed]:
    """One partition per file: the tracker as it stood on the day of its newest change."""
    known = trackers()
    for file in files:
        yield parse_file(file, known)


def parse_file(file: RawFile, known: Sequence[Tracker]) -> Parsed:
    """The partition of one file, by the one of the `known` mappings that has its headers."""
    text = decode(file.content, source_id=SOURCE, place=file.name)
    tracker = _tracker(text, file.name, known)
    table, ragged = read_text_table(
        file.content, source_id=SOURCE, place=file.name, delimiter=tracker.delimiter
    )
    rows: list[Row] = []
    places: list[str] = []
    bad = list(ragged)
    for line, cells in enumerate(table.to_pylist(), start=2):
        try:
            rows.append(_row(cells, tracker))
        except ValueError as error:
            bad.append(QuarantinedRow(str(error), file.name, line, str(cells)[:500]))
            continue
        places.append(f"{file.name}:record {line - 1}")
    if not rows:
        reason = f": {bad[0].reason}" if bad else ""
        raise CorruptFileError(SOURCE, f"no record can be read{reason}", place=file.name)
    _number(rows)
    return _partition(file, tracker, rows, places, bad)


def _tracker(text: str, place: str, known: Sequence[Tracker]) -> Tracker:
    """Headers by the delimiter that some mapping declares and the first line follows."""
    marks = dict.fromkeys(tracker.delimiter for tracker in known)
    headers = [header_of(text, mark, source_id=SOURCE, place=place) for mark in marks]
    return tracker_of(max(headers, key=len, default=[]), known, place)


def _row(cells: Mapping[str, str], tracker: Tracker) -> Row:
    def text(role: str) -> str:
        column = tracker.column(role)
        return " ".join(cells[column.name].split()) if column else ""

    def day(role: str) -> tuple[date | None, str | None]:
        column = tracker.column(role)
        return column.day(cells[column.name]) if column else (None, None)

    title = text("title")
    if not title:
        raise ValueError("no title")
    description = _plain(text("description"))
    issuers, strange = _countries(cells, tracker, "countries")
    targets, strange_targets = _countries(cells, tracker, "targets")
    year = int(text("year")) if text("year").isdigit() else None
    announced = _announced(*day("announced"), year, description)
    effective, effective_precision = day("effective")
    ended, ended_precision = day("ended")
    items = [hit.id for hit in find_items(f"{title}. {description}")]
    return {
        "tracker_id": tracker.tracker_id,
        "title": title,
        "status_text": text("status") or None,
        "level": text("level") or None,
        "source_url": text("url") or None,
        "instrument_text": text("instrument") or None,
        "year": year,
        **announced,
        "effective_date": effective,
        "effective_precision": effective_precision,
        "end_date": ended,
        "end_precision": ended_precision,
        "modified_date": day("modified")[0],
        "issuer_ids": joined(issuers),
        "target_ids": joined(targets),
        "unmapped_names": joined([*strange, *strange_targets]),
        "measure_labels": joined(_parts(cells, tracker, "measures")),
        "item_labels": joined([*items, *_items(cells, tracker)]),
        "description_sha256": hashlib.sha256(description.encode()).hexdigest(),
        "description_length": len(description),
    }


def _announced(day: date | None, precision: str | None, year: int | None, text: str) -> Row:
    """The column's day; where it says a year at most, the first day that the text writes out in
    that year, with its place; else the year."""
    if day is None and year is not None:
        day, precision = date(year, 1, 1), "year"
    basis, at = ("column" if day else None), None
    if day is not None and precision == "year":
        in_year = (w for w in written_days(text) if w.day.year == day.year and w.precision == "day")
        if found := next(in_year, None):
            day, precision, basis, at = found.day, "day", "description", found.start
    return {
        "announced_date": day,
        "announced_precision": precision,
        "announced_basis": basis,
        "announced_offset": at,
    }


def _countries(
    cells: Mapping[str, str], tracker: Tracker, role: str
) -> tuple[list[str], list[str]]:
    column = tracker.column(role)
    found: list[str] = []
    strange: list[str] = []
    for part in _parts(cells, tracker, role):
        own = column.codes.get(part) if column else None
        is_code = len(part) == 3 and part.isupper() and part.isalpha()
        known = own or country_of(part) or (part if is_code else None)
        (found if known else strange).append(known or part)
    return found, strange


def _items(cells: Mapping[str, str], tracker: Tracker) -> list[str]:
    return [hit.id for part in _parts(cells, tracker, "items") for hit in find_items(part)]


def _parts(cells: Mapping[str, str], tracker: Tracker, role: str) -> list[str]:
    column = tracker.column(role)
    return column.parts(cells[column.name]) if column else []


def _plain(html: str) -> str:
    """The words of a cell that may hold HTML."""
    if "<" not in html:
        return html
    return " ".join(BeautifulSoup(html, "html.parser").get_text(" ").split())


def _number(rows: list[Row]) -> None:
    """Trackers have no ids: a policy is known by who, what and when, and twins are numbered."""
    seen: dict[str, int] = {}
    for row in rows:
        said = f"{row['title']}|{row['issuer_ids']}|{row['announced_date']}"
        short = hashlib.sha256(said.encode()).hexdigest()[:12]
        seen[short] = seen.get(short, 0) + 1
        row["record_id"] = short if seen[short] == 1 else f"{short}-{seen[short]}"


def _partition(
    file: RawFile, tracker: Tracker, rows: list[Row], places: list[str], bad: list[QuarantinedRow]
) -> Parsed:
    retrieved = file.retrieved_at.date()
    days = [row["modified_date"] for row in rows if row["modified_date"]]
    known = max((day for day in days if day <= retrieved), default=retrieved)
    edition = f"{tracker.tracker_id}-{known.isoformat()}"
    table = find_source(SOURCE).tables["records"]
    stamped = add_lineage_columns(
        {c.name: [row[c.name] for row in rows] for c in table.columns},
        table,
        edition=edition,
        known_from_date=known,
        payload_sha256=file.sha256,
        row_locator=places,
    )
    basis = "published" if days else "compiled"
    return Parsed(edition, edition, known, basis, {"records": stamped}, [file], tuple(bad))
