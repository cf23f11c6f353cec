"""What a live pull brings as partitions: pages by reporter and period, lists of what was filed.

`fetch.py` says in the hints of its files which reporters and periods are whole, and of which
release: only those become partitions. A whole one without rows is one too: it had no trade.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date
from itertools import product
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sources.kit.archives import Member
from sources.kit.catalog import find_source
from sources.kit.columns import line_numbers, quarantined
from sources.kit.contract import Parsed, QuarantinedRow, RawFile
from sources.kit.errors import CorruptFileError
from sources.kit.tabular import add_lineage_columns
from sources.un_comtrade.availability import availability_columns, read_list
from sources.un_comtrade.landed_schema import trade_columns
from sources.un_comtrade.layouts import SOURCE
from sources.un_comtrade.response import (
    ApiError,
    ApiResponse,
    IncompleteResponseError,
    open_envelope,
)

Understood = tuple[pa.Table, list[QuarantinedRow]]


def parse_pages(pages: Sequence[RawFile]) -> Iterator[Parsed]:
    """One `Parsed` per whole reporter and period of one block of pages."""
    hints = pages[0].hints
    tables, bad = [], []
    for page in pages:
        rows, apart = page_rows(Member(page, page.name, page.content))
        tables.append(rows.append_column("sha", pa.repeat(page.sha256, rows.num_rows)))
        bad += apart
    rows = pa.concat_tables(tables)
    for reporter, period, release in _releases(hints):
        of_pair = pc.and_(
            pc.equal(rows["reporter_code"], reporter), pc.equal(rows["period"], period)
        )
        name = f"{hints['freq']}{period}/{reporter}/{release}/{hints['scope']}"
        day = date.fromisoformat(release)
        yield landed(name, rows.filter(of_pair), pages, day, "published", bad)
        bad = []  # they are told once


def parse_list(listed: RawFile, place: str, objects: Sequence[dict[str, Any]]) -> Parsed:
    """What was filed on the day of the look, and what of the asked was not."""
    hints, filed = listed.hints, read_list(objects)
    reporters, periods = (hints.get(x, "").split(",") for x in ("reporters", "periods"))
    asked = list(product(reporters, periods)) if "reporters" in hints else []
    freq = hints.get("freq") or ("A" if all(len(one.period) == 4 for one in filed) else "M")
    day = listed.retrieved_at.astimezone(UTC).date()
    columns, places = availability_columns(filed, freq, asked, place, day)
    stamped = add_lineage_columns(
        columns,
        find_source(SOURCE).tables["availability"],
        edition=day.isoformat(),
        known_from_date=day,
        payload_sha256=listed.sha256,
        row_locator=places,
    )
    name, tables = f"availability/{freq}/{day}", {"availability": stamped}
    return Parsed(name, day.isoformat(), day, "published", tables, [listed])


def whole(member: Member) -> ApiResponse:
    """The envelope of a saved answer; a refusal or half an answer is a broken file."""
    try:
        return open_envelope(member.content)
    except (IncompleteResponseError, ApiError) as error:
        raise CorruptFileError(
            SOURCE, f"the answer of the API is no data: {error}", place=member.place,
            remedy="ask again; an answer cut short or a refusal has no rows to land",
        ) from error  # fmt: skip


def page_rows(member: Member) -> Understood:
    """The rows of one answer, with `place`, and those that cannot be understood."""
    envelope = whole(member)
    table = envelope.table()
    if table.num_rows != envelope.count:
        raise CorruptFileError(
            SOURCE, f"the answer counts {envelope.count} rows and holds {table.num_rows}",
            place=member.place, remedy="ask again; it was cut short",
        )  # fmt: skip
    return understood(table, line_numbers(table.num_rows, 1), "entry ", member, None)


def understood(
    raw: pa.Table, lines: pa.Array, word: str, member: Member, year: str | None
) -> Understood:
    """Declared columns and `place` of the rows that make sense; the others with their reason."""
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


def landed(
    partition: str,
    rows: pa.Table,
    files: Sequence[RawFile],
    known_from: date,
    basis: str,
    bad: Sequence[QuarantinedRow],
) -> Parsed:
    """One partition of `trade` out of rows with their `place` and the `sha` of their file."""
    stamped = add_lineage_columns(
        rows.drop_columns(["place", "sha"]),
        find_source(SOURCE).tables["trade"],
        edition=known_from.isoformat(),
        known_from_date=known_from,
        payload_sha256=rows["sha"],
        row_locator=rows["place"],
    )
    tables = {"trade": stamped}
    return Parsed(
        partition, known_from.isoformat(), known_from, basis, tables, list(files), tuple(bad)
    )


def _releases(hints: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """`842:2022=2024-07-11,…` as reporter, period and day of the release."""
    for text in filter(None, hints["releases"].split(",")):
        pair, _, release = text.partition("=")
        reporter, _, period = pair.partition(":")
        yield reporter, period, release
