"""Parser of policy trackers with a mapping file: one landed record per policy.

Descriptions are under third-party rights: they are searched for dates and minerals, and only a
hash and the offset of what was found are landed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from bs4 import BeautifulSoup

from sources.kit.archives import unpack
from sources.kit.catalog import find_source
from sources.kit.contract import Parsed, QuarantinedRow, RawFile
from sources.kit.date_parsing import find_dates
from sources.kit.entity_terms import find_country, find_items, join_ids
from sources.kit.mapped_tables import Row, read_best_header, read_mapped_rows
from sources.kit.tabular import add_lineage_columns
from sources.policy_tracker.mapping import SOURCE, Tracker, find_tracker, load_trackers

_YEAR = re.compile(r"((?:19|20)\d\d)(?:\.0+)?")


def parse(files: Sequence[RawFile]) -> Iterator[Parsed]:
    """Yield one partition per file: the state of the tracker on the day of its newest change.

    Raises:
        UnknownLayoutError: no mapping file has the columns of a file.
        CorruptFileError: a file cannot be read, or none of its records.
    """
    known = load_trackers()
    for file in unpack(files, SOURCE):
        yield parse_file(file, known)


def parse_file(file: RawFile, known: Sequence[Tracker]) -> Parsed:
    """Parse one file by the mapping of `known` that has its columns.

    Raises:
        UnknownLayoutError: no mapping has the columns of the file.
        CorruptFileError: the file cannot be read, or none of its records.
    """
    columns = {name for one in known for name in one.headers}
    names, delimiter = read_best_header(
        file, [one.delimiter for one in known], SOURCE, columns=columns
    )
    tracker = find_tracker(names, known, file.name)
    rows, lines, bad = read_mapped_rows(
        file, delimiter, SOURCE, lambda cells: _row(cells, tracker), columns=columns
    )
    places = [f"{file.name}:record {line - 1}" for line in lines]
    _assign_record_ids(rows)
    return _partition(file, tracker, rows, places, bad)


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
    description = _strip_html(text("description"))
    issuers, unmapped = _countries(cells, tracker, "countries")
    targets, unmapped_targets = _countries(cells, tracker, "targets")
    stated_year = _YEAR.fullmatch(text("year"))
    year = int(stated_year[1]) if stated_year else None
    announced = _announced(*day("announced"), year, description)
    effective, effective_precision = day("effective")
    ended, ended_precision = day("ended")
    items = [match.id for match in find_items(f"{title}. {description}")]
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
        "issuer_ids": join_ids(issuers),
        "target_ids": join_ids(targets),
        "unmapped_names": join_ids([*unmapped, *unmapped_targets]),
        "measure_labels": join_ids(_parts(cells, tracker, "measures")),
        "item_labels": join_ids([*items, *_items(cells, tracker)]),
        "description_sha256": hashlib.sha256(description.encode()).hexdigest(),
        "description_length": len(description),
    }


def _announced(day: date | None, precision: str | None, year: int | None, text: str) -> Row:
    """The announcement date with its precision, basis and offset.

    The day of the column; where that is only a year, the first date in the description in that
    year; otherwise the year.
    """
    if day is None and year is not None:
        day, precision = date(year, 1, 1), "year"
    basis, at = ("column" if day else None), None
    if day is not None and precision == "year":
        in_year = (w for w in find_dates(text) if w.day.year == day.year and w.precision == "day")
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
    unmapped: list[str] = []
    for part in _parts(cells, tracker, role):
        own = column.codes.get(part) if column else None
        is_code = len(part) == 3 and part.isupper() and part.isalpha()
        known = own or find_country(part) or (part if is_code else None)
        (found if known else unmapped).append(known or part)
    return found, unmapped


def _items(cells: Mapping[str, str], tracker: Tracker) -> list[str]:
    return [match.id for part in _parts(cells, tracker, "items") for match in find_items(part)]


def _parts(cells: Mapping[str, str], tracker: Tracker, role: str) -> list[str]:
    column = tracker.column(role)
    return column.parts(cells[column.name]) if column else []


def _strip_html(html: str) -> str:
    """The plain text of a cell that may contain HTML."""
    if "<" not in html:
        return html
    return " ".join(BeautifulSoup(html, "html.parser").get_text(" ").split())


def _assign_record_ids(rows: list[Row]) -> None:
    """Set `record_id`, a hash of title, issuers and date; repeated ones get a suffix."""
    seen: dict[str, int] = {}
    for row in rows:
        text = f"{row['title']}|{row['issuer_ids']}|{row['announced_date']}"
        short = hashlib.sha256(text.encode()).hexdigest()[:12]
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
    table_with_lineage = add_lineage_columns(
        {c.name: [row[c.name] for row in rows] for c in table.columns},
        table,
        edition=edition,
        known_from_date=known,
        payload_sha256=file.sha256,
        row_locator=places,
    )
    basis = "published" if days else "compiled"
    return Parsed(
        edition, edition, known, basis, {"records": table_with_lineage}, [file], tuple(bad)
    )
