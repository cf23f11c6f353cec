"""UN Comtrade: pages and lists of the API, bulk files and tables that people saved, as landed rows.

A dropped file is one partition, whatever reporters and periods it holds; what a live pull brings is
a partition per reporter and period. See README.md for why.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from sources.kit.archives import Member, members, unwrapping
from sources.kit.contract import Parsed, QuarantinedRow, RawFile
from sources.kit.errors import CorruptFileError
from sources.un_comtrade.availability import is_list
from sources.un_comtrade.bulk_file_names import release_of
from sources.un_comtrade.csv_reader import batches
from sources.un_comtrade.json_reader import (
    landed,
    page_rows,
    parse_list,
    parse_pages,
    understood,
    whole,
)
from sources.un_comtrade.layouts import SOURCE

#: A dropped file beyond so many rows lands in parts, so that memory stays below 3 GiB.
PART_ROWS = 500_000


def parse(files: Sequence[RawFile]) -> Iterator[Parsed]:
    """A pull's pages by reporter and period, lists of what was filed, and dropped files."""
    pages = [file for file in files if "releases" in file.hints]
    if pages:
        yield from parse_pages(pages)
    for file in files:
        if file not in pages:
            for member in members(file, SOURCE):
                yield from _dropped(member)


def _dropped(member: Member) -> Iterator[Parsed]:
    """The parts of one file."""
    if listed := _list(member):
        yield parse_list(member.raw, member.place, listed)
        return
    known_from, basis = known_day(member)
    name = f"file/{_digest(member)}"
    waiting: list[pa.Table] = []
    bad: list[QuarantinedRow] = []
    part = 0
    for table, apart in _rows(member):
        waiting.append(table)
        bad += apart
        if sum(t.num_rows for t in waiting) >= PART_ROWS:
            part += 1
            yield _parsed(f"{name}/{part}", waiting, bad, member, known_from, basis)
            waiting, bad = [], []
    if part == 0:
        yield _parsed(name, waiting, bad, member, known_from, basis)
    elif waiting:
        yield _parsed(f"{name}/{part + 1}", waiting, bad, member, known_from, basis)


def _digest(member: Member) -> str:
    """Twelve digits of the content: packed or not, under whatever name, it is one file."""
    with unwrapping(member.place, SOURCE), member.open() as stream:
        # the standard library's helper wants a file of the system's
        digest = hashlib.sha256()
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()[:12]


def _rows(member: Member) -> Iterator[tuple[pa.Table, list[QuarantinedRow]]]:
    """Declared columns with `place`, and the rows that could not be understood."""
    year = member.raw.hints.get("year")
    if member.head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
        yield page_rows(member)
        return
    for raw, lines, ragged in batches(member):
        table, bad = understood(raw, lines, "", member, year)
        yield table, [*bad, *ragged]


def _list(member: Member) -> list[dict[str, Any]] | None:
    """The datasets, if the file is a list of what was filed."""
    if b"datasetcode" not in member.head.lower():
        return None
    objects = whole(member).objects()
    return objects if is_list(objects) else None


def known_day(member: Member) -> tuple[date, str]:
    """The day of the release where the file's name tells it, else the day of the file."""
    if released := release_of(member.raw.name):
        return released, "published"
    retrieved: datetime = member.raw.retrieved_at
    return retrieved.astimezone(UTC).date(), "inferred"


def _parsed(
    partition: str,
    tables: list[pa.Table],
    bad: list[QuarantinedRow],
    member: Member,
    known_from: date,
    basis: str,
) -> Parsed:
    if not sum(table.num_rows for table in tables):
        why = f"; the first problem: {bad[0].reason}: {bad[0].raw_text[:80]!r}" if bad else ""
        raise CorruptFileError(
            SOURCE, f"no row can be read as a declared flow{why}", place=member.place,
            remedy=_remedy(bad),
        )  # fmt: skip
    rows = pa.concat_tables(tables)
    rows = rows.append_column("sha", pa.repeat(member.raw.sha256, rows.num_rows))
    return landed(partition, rows, [member.raw], known_from, basis, bad)


def _remedy(bad: Sequence[QuarantinedRow]) -> str:
    if bad and "period" in bad[0].reason:
        return f"the file has lost its period: `pax land {SOURCE} FILE --year 2022` says it"
    return "the file may be cut or its columns shifted; download it again"
