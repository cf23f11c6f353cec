"""Sources' room: which edition and issue a file is, and since when its figures were known."""

from __future__ import annotations

import csv
import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from sources.usgs_mcs.layouts import Sheet

REGISTER = Path(__file__).with_name("editions.csv")
FILES = Path(__file__).with_name("issued_files.csv")


@dataclass(frozen=True)
class Issue:
    """One issue of one edition, as landed: its name, its day, and how the day is known."""

    edition: str
    known_from_date: date
    known_from_basis: str  # published | inferred


@lru_cache(maxsize=1)
def register() -> tuple[dict[str, str], ...]:
    """The known issues; a new one is one row of `editions.csv`."""
    with REGISTER.open(encoding="utf-8", newline="") as rows:
        return tuple(csv.DictReader(rows))


@lru_cache(maxsize=1)
def issued() -> Mapping[str, Mapping[str, frozenset[str]]]:
    """MD5s by edition and table: what is known of the files of an issue."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    with FILES.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            found[row["edition"]][row["table_key"]].add(row["payload_md5"])
    return {e: {k: frozenset(v) for k, v in tables.items()} for e, tables in found.items()}


def issue_of(year: int, sheets: Sequence[Sheet]) -> Issue:
    """The issue that the files of edition `year` are, told by their MD5.

    Files are replaced in place, under the same name. A file whose bytes are not those of a
    registered issue that has this table makes the whole set an edition of its own, named by its
    MD5 and known from the day it was got, never before the registered ones. An edition that is
    not registered takes the last day of February of its year; the releases have appeared from
    the end of January to the first week of February.
    """
    rows = [row for row in register() if row["edition"].split("-")[0] == str(year)]
    if not rows:
        return Issue(str(year), date(year, 2, 28), "inferred")
    issues = [_issue(row) for row in rows]
    md5s = {sheet.file.sha256: (table_key(sheet), md5_of(sheet)) for sheet in sheets}
    for issue in issues:
        tables = issued().get(issue.edition, {})
        if all(key not in tables or md5 in tables[key] for key, md5 in md5s.values()):
            return issue
    told = "".join(sorted(md5 for _, md5 in md5s.values())).encode()
    mark = told.decode() if len(md5s) == 1 else hashlib.md5(told, usedforsecurity=False).hexdigest()
    after = max(issue.known_from_date for issue in issues) + timedelta(days=1)
    got = max(sheet.file.retrieved_at.date() for sheet in sheets)
    return Issue(f"{year}-{mark[:8]}", max(after, got), "inferred")


def table_key(sheet: Sheet) -> str:
    """What a file is in its edition: the layout, and the commodity where each has a file."""
    return sheet.layout if sheet.named is None else f"{sheet.layout}/{sheet.slug}"


def md5_of(sheet: Sheet) -> str:
    return hashlib.md5(sheet.file.content, usedforsecurity=False).hexdigest()


def _issue(row: dict[str, str]) -> Issue:
    return Issue(
        row["edition"], date.fromisoformat(row["known_from_date"]), row["known_from_basis"]
    )
