"""Edition and issue of a file, and the day from which its figures were known."""

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

EDITIONS_CSV = Path(__file__).with_name("editions.csv")
PUBLISHED_FILES_CSV = Path(__file__).with_name("issued_files.csv")


@dataclass(frozen=True)
class Issue:
    """One issue of one edition: its name, its date, and the basis of the date."""

    edition: str
    known_from_date: date
    known_from_basis: str  # published | inferred


@lru_cache(maxsize=1)
def read_register() -> tuple[dict[str, str], ...]:
    """The known issues; a new one is a row of `editions.csv`."""
    with EDITIONS_CSV.open(encoding="utf-8", newline="") as rows:
        return tuple(csv.DictReader(rows))


@lru_cache(maxsize=1)
def read_published_md5s() -> Mapping[str, Mapping[str, frozenset[str]]]:
    """The MD5s of the published files, by edition and table."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    with PUBLISHED_FILES_CSV.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            found[row["edition"]][row["table_key"]].add(row["payload_md5"])
    return {e: {k: frozenset(v) for k, v in tables.items()} for e, tables in found.items()}


def identify_issue(year: int, sheets: Sequence[Sheet]) -> Issue:
    """Identify the issue of the files of edition `year` by their MD5.

    Publishers replace files under the same name. If the bytes of a file are not those of a
    registered issue with this table, the files are an edition of their own, named by the MD5 and
    known from the day of the download, but not before the registered ones. An edition that is not
    registered is known from the last day of February of its year; releases have appeared from the
    end of January to the first week of February.
    """
    rows = [row for row in read_register() if row["edition"].split("-")[0] == str(year)]
    if not rows:
        return Issue(str(year), date(year, 2, 28), "inferred")
    issues = [_issue(row) for row in rows]
    md5s = {sheet.file.sha256: (table_key(sheet), md5_of(sheet)) for sheet in sheets}
    for issue in issues:
        tables = read_published_md5s().get(issue.edition, {})
        if all(key not in tables or md5 in tables[key] for key, md5 in md5s.values()):
            return issue
    joined = "".join(sorted(md5 for _, md5 in md5s.values())).encode()
    is_one = len(md5s) == 1
    mark = joined.decode() if is_one else hashlib.md5(joined, usedforsecurity=False).hexdigest()
    after = max(issue.known_from_date for issue in issues) + timedelta(days=1)
    retrieved = max(sheet.file.retrieved_at.date() for sheet in sheets)
    return Issue(f"{year}-{mark[:8]}", max(after, retrieved), "inferred")


def table_key(sheet: Sheet) -> str:
    """The table of a file in its edition: its layout, and its commodity if it has a file each."""
    return f"{sheet.layout}/{sheet.slug}" if sheet.is_of_one_commodity else sheet.layout


def md5_of(sheet: Sheet) -> str:
    return hashlib.md5(sheet.file.content, usedforsecurity=False).hexdigest()


def _issue(row: dict[str, str]) -> Issue:
    return Issue(
        row["edition"], date.fromisoformat(row["known_from_date"]), row["known_from_basis"]
    )
