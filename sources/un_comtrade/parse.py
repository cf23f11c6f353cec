"""UN Comtrade: pages and lists of the API, bulk files and tables that people saved, as landed rows.

A dropped file is one partition, whatever reporters and periods it holds; what a live pull brings is
a partition per reporter and period. See README.md for why.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.compute as pc

from sources.kit.catalog import find_source
from sources.kit.columns import line_numbers, quarantined
from sources.kit.contract import Parsed, QuarantinedRow, RawFile
from sources.kit.errors import BrokenFile
from sources.kit.tabular import stamp
from sources.kit.wrapping import Member, members
from sources.un_comtrade.bulk import release_of
from sources.un_comtrade.envelope import NotWhole, Refusal, open_envelope
from sources.un_comtrade.landed import trade_columns
from sources.un_comtrade.layouts import SOURCE
from sources.un_comtrade.tables import batches

#: A dropped file beyond so many rows lands in parts, so that memory stays bounded.
PART_ROWS = 1_000_000


def parse(files: Sequence[RawFile]) -> Iterator[Parsed]:
    """One `Parsed` per dropped file (and million rows)."""
    for file in files:
        for member in members(file, SOURCE):
            yield from _dropped(member)


def _dropped(member: Member) -> Iterator[Parsed]:
    """The parts of one file."""
    known_from, basis = known_day(member)
    name = f"file/{hashlib.sha256(member.content).hexdigest()[:12]}"
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


def _rows(member: Member) -> Iterator[tuple[pa.Table, list[QuarantinedRow]]]:
    """Declared columns with `place`, and the rows that could not be understood."""
    year = member.raw.hints.get("year")
    if member.content.lstrip()[:1] == b"{":
        raw = _page(member)
        yield _good(raw, line_numbers(raw.num_rows, 1), "entry ", member, year)
        return
    for raw, lines, ragged in batches(member):
        table, bad = _good(raw, lines, "", member, year)
        yield table, [*bad, *ragged]


def _page(member: Member) -> pa.Table:
    try:
        envelope = open_envelope(member.content)
    except (NotWhole, Refusal) as error:
        raise BrokenFile(
            SOURCE, f"the answer of the API is no data: {error}", place=member.place,
            remedy="ask again; an answer cut short or a refusal has no rows to land",
        ) from error  # fmt: skip
    table = envelope.table()
    if table.num_rows != envelope.count:
        raise BrokenFile(
            SOURCE, f"the answer counts {envelope.count} rows and holds {table.num_rows}",
            place=member.place, remedy="ask again; it was cut short",
        )  # fmt: skip
    return table


def _good(
    raw: pa.Table, lines: pa.Array, word: str, member: Member, year: str | None
) -> tuple[pa.Table, list[QuarantinedRow]]:
    table, reasons = trade_columns(raw, year)
    place = pc.binary_join_element_wise(f"{member.place}:{word}", lines.cast(pa.string()), "")
    table = table.append_column("place", place)
    if reasons.null_count == len(reasons):
        return table, []
    bad: list[QuarantinedRow] = []
    for reason in pc.unique(reasons.drop_null()).to_pylist():
        of_reason = pc.fill_null(pc.equal(reasons, reason), False)
        odd = raw.append_column("line", lines).filter(of_reason)
        bad += quarantined(odd, member, reason)
    return table.filter(reasons.is_null()), bad


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
        raise BrokenFile(
            SOURCE, f"no row can be read as a declared flow{why}", place=member.place,
            remedy=_remedy(bad),
        )  # fmt: skip
    rows = pa.concat_tables(tables)
    edition = known_from.isoformat()
    stamped = stamp(
        rows.drop_columns(["place"]),
        find_source(SOURCE).tables["trade"],
        edition=edition,
        known_from_date=known_from,
        payload_sha256=member.raw.sha256,
        row_locator=rows["place"],
    )
    tables_of = {"trade": stamped}
    return Parsed(partition, edition, known_from, basis, tables_of, [member.raw], tuple(bad))


def _remedy(bad: Sequence[QuarantinedRow]) -> str:
    if bad and "period" in bad[0].reason:
        return f"the file has lost its period: `pax land {SOURCE} FILE --year 2022` says it"
    return "the file may be cut or its columns shifted; download it again"
