"""Parser of UN Comtrade: API responses, bulk files and saved tables.

A manual file is one partition, whatever reporters and periods it has; a live fetch gives one
partition per reporter and period. README.md has the reasons.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from sources.kit.archives import Member, iter_members, translate_archive_errors
from sources.kit.columns import BAD_PERIOD, first_problem
from sources.kit.contract import Parsed, QuarantinedRow, RawFile
from sources.kit.encodings import starts_as_json
from sources.kit.errors import CorruptFileError
from sources.un_comtrade.availability import is_dataset_list
from sources.un_comtrade.bulk_file_names import parse_release_date
from sources.un_comtrade.csv_reader import read_batches
from sources.un_comtrade.json_reader import (
    build_partition,
    parse_list,
    parse_pages,
    read_objects,
    read_page,
    split_valid_rows,
)
from sources.un_comtrade.layouts import SOURCE, reject_row_cap

#: A larger manual file lands in parts of this size, so that memory stays below 3 GiB.
PART_ROWS = 500_000


def parse(files: Sequence[RawFile]) -> Iterator[Parsed]:
    """Yield live pages by reporter and period, lists of datasets, and manual files.

    Raises:
        UnknownLayoutError: a header is of no known layout.
        CorruptFileError: a file is broken, has no valid row, or lacks its period.
    """
    pages = [file for file in files if "releases" in file.hints]
    if pages:
        yield from parse_pages(pages)
    for file in files:
        if file not in pages:
            for member in iter_members(file, SOURCE):
                yield from _parse_manual(member)


def _parse_manual(member: Member) -> Iterator[Parsed]:
    """Yield the parts of one file."""
    listed = _list(member)
    if listed is not None:
        yield parse_list(member.raw, member.place, listed)
        return
    known_from, basis = infer_known_from(member)
    name = f"file/{_digest(member)}"
    pending: list[pa.Table] = []
    bad: list[QuarantinedRow] = []
    part = 0
    for table, quarantined in _rows(member):
        pending.append(table)
        bad += quarantined
        if sum(t.num_rows for t in pending) >= PART_ROWS:
            part += 1
            yield _parsed(f"{name}/{part}", pending, bad, member, known_from, basis)
            pending, bad = [], []
    if part == 0:
        yield _parsed(name, pending, bad, member, known_from, basis)
    elif pending:
        yield _parsed(f"{name}/{part + 1}", pending, bad, member, known_from, basis)


def _digest(member: Member) -> str:
    """Twelve digits of the content's hash: compression and file name do not matter."""
    with translate_archive_errors(member.place, SOURCE), member.open() as stream:
        # hashlib.file_digest needs a file of the operating system
        digest = hashlib.sha256()
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()[:12]


def _rows(member: Member) -> Iterator[tuple[pa.Table, list[QuarantinedRow]]]:
    """Yield declared columns with `place`, and the quarantined rows."""
    year = member.raw.hints.get("year")
    if starts_as_json(member.head):
        table, bad = read_page(member)
        reject_row_cap(table.num_rows + len(bad), member.place)
        yield table, bad
        return
    for raw, lines, ragged in read_batches(member):
        table, bad = split_valid_rows(raw, lines, "", member, year)
        yield table, [*bad, *ragged]


def _list(member: Member) -> list[dict[str, Any]] | None:
    """The datasets, if the file is a list of datasets: one that a fetch asked for may be empty."""
    if "reporters" in member.raw.hints:
        return read_objects(member)
    if b"datasetcode" not in member.head.lower():
        return None
    objects = read_objects(member)
    return objects if is_dataset_list(objects) else None


def infer_known_from(member: Member) -> tuple[date, str]:
    """The release date in the file's name, otherwise the date of the file."""
    if released := parse_release_date(member.raw.name):
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
        raise CorruptFileError(
            SOURCE, f"no row can be read as a declared flow{first_problem(bad)}",
            place=member.place, remedy=_remedy(bad),
        )  # fmt: skip
    rows = pa.concat_tables(tables)
    rows = rows.append_column("sha", pa.repeat(member.raw.sha256, rows.num_rows))
    return build_partition(partition, rows, [member.raw], known_from, basis, bad)


def _remedy(bad: Sequence[QuarantinedRow]) -> str:
    if bad and bad[0].reason == BAD_PERIOD:
        return (
            "write its periods as 2024 or 202401; of a file that has lost them state the year: "
            f"`pax land {SOURCE} FILE --year 2022`"
        )
    return "the file may be truncated or its columns shifted; download it again"
