"""Live responses as partitions: pages by reporter and period, and lists of datasets.

The hints that `fetch.py` sets on its files name the reporters and periods that are complete, and
their release date: only these become partitions, also without rows (no trade).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date
from itertools import product
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sources.kit.archives import Member
from sources.kit.catalog import find_source
from sources.kit.columns import number_lines, quarantine_rows
from sources.kit.contract import Parsed, QuarantinedRow, RawFile
from sources.kit.errors import CorruptFileError
from sources.kit.tabular import add_lineage_columns
from sources.un_comtrade.availability import availability_columns, newest_datasets
from sources.un_comtrade.landed_schema import trade_columns
from sources.un_comtrade.layouts import SOURCE
from sources.un_comtrade.response import (
    ApiError,
    ApiResponse,
    IncompleteResponseError,
    read_response,
)

ValidAndQuarantined = tuple[pa.Table, list[QuarantinedRow]]


def parse_pages(pages: Sequence[RawFile]) -> Iterator[Parsed]:
    """Yield one `Parsed` per complete reporter and period of one batch of pages."""
    hints = pages[0].hints
    tables, bad = [], []
    for page in pages:
        rows, quarantined = read_page(Member(page, page.name, page.content, SOURCE))
        tables.append(rows.append_column("sha", pa.repeat(page.sha256, rows.num_rows)))
        bad += quarantined
    rows = pa.concat_tables(tables)
    for reporter, period, release in _releases(hints):
        of_pair = pc.and_(
            pc.equal(rows["reporter_code"], reporter), pc.equal(rows["period"], period)
        )
        name = f"{hints['freq']}{period}/{reporter}/{release}/{hints['scope']}"
        day = date.fromisoformat(release)
        yield build_partition(name, rows.filter(of_pair), pages, day, "published", bad)
        bad = []  # counted in the first partition only


def parse_list(listed: RawFile, place: str, objects: Sequence[dict[str, Any]]) -> Parsed:
    """The datasets filed on the day of the request, and the requested ones that are missing."""
    hints, filed = listed.hints, newest_datasets(objects)
    reporters, periods = (hints.get(x, "").split(",") for x in ("reporters", "periods"))
    requested = list(product(reporters, periods)) if "reporters" in hints else []
    freq = hints.get("freq") or ("A" if all(len(one.period) == 4 for one in filed) else "M")
    day = listed.retrieved_at.astimezone(UTC).date()
    columns, places = availability_columns(filed, freq, requested, place, day)
    table_with_lineage = add_lineage_columns(
        columns,
        find_source(SOURCE).tables["availability"],
        edition=day.isoformat(),
        known_from_date=day,
        payload_sha256=listed.sha256,
        row_locator=places,
    )
    name, tables = f"availability/{freq}/{day}", {"availability": table_with_lineage}
    return Parsed(name, day.isoformat(), day, "published", tables, [listed])


def read_complete_response(member: Member) -> ApiResponse:
    """Read a saved response.

    Raises:
        CorruptFileError: it is an error message or truncated.
    """
    with _incomplete_as_corrupt(member):
        return read_response(member.content)


@contextmanager
def _incomplete_as_corrupt(member: Member) -> Iterator[None]:
    try:
        yield
    except (IncompleteResponseError, ApiError) as error:
        raise CorruptFileError(
            SOURCE, f"the response of the API has no data: {error}", place=member.place,
            remedy="download it again; an error message or a truncated response has no rows",
        ) from error  # fmt: skip


def read_objects(member: Member) -> list[dict[str, Any]]:
    """The rows of a saved response as Python objects.

    Raises:
        CorruptFileError: it is an error message, truncated, or has other rows.
    """
    response = read_complete_response(member)
    with _incomplete_as_corrupt(member):
        return response.objects()


def read_page(member: Member) -> ValidAndQuarantined:
    """The valid rows of one response, with `place`, and the quarantined ones.

    Raises:
        CorruptFileError: the response is an error message, truncated or short of rows.
    """
    response = read_complete_response(member)
    with _incomplete_as_corrupt(member):
        table = response.table()
    if table.num_rows != response.count:
        what = f"the response counts {response.count} rows and has {table.num_rows}"
        raise CorruptFileError(SOURCE, what, place=member.place)
    return split_valid_rows(table, number_lines(table.num_rows, 1), "entry ", member, None)


def split_valid_rows(
    raw: pa.Table, lines: pa.Array, prefix: str, member: Member, year: str | None
) -> ValidAndQuarantined:
    """The declared columns and `place` of the valid rows; the others with their reason."""
    table, reasons = trade_columns(raw, member.raw.retrieved_at, year)
    place = pc.binary_join_element_wise(f"{member.place}:{prefix}", lines.cast(pa.string()), "")
    table = table.append_column("place", place)
    if reasons.null_count == len(reasons):
        return table, []
    bad: list[QuarantinedRow] = []
    for reason in pc.unique(reasons.drop_null()).to_pylist():
        of_reason = pc.fill_null(pc.equal(reasons, reason), False)
        invalid = raw.append_column("line", lines).filter(of_reason)
        bad += quarantine_rows(invalid, member, reason)
    return table.filter(reasons.is_null()), bad


def build_partition(
    partition: str,
    rows: pa.Table,
    files: Sequence[RawFile],
    known_from: date,
    basis: str,
    bad: Sequence[QuarantinedRow],
) -> Parsed:
    """One partition of `trade` from rows with their `place` and the `sha` of their file."""
    table_with_lineage = add_lineage_columns(
        rows.drop_columns(["place", "sha"]),
        find_source(SOURCE).tables["trade"],
        edition=known_from.isoformat(),
        known_from_date=known_from,
        payload_sha256=rows["sha"],
        row_locator=rows["place"],
    )
    tables = {"trade": table_with_lineage}
    return Parsed(
        partition, known_from.isoformat(), known_from, basis, tables, list(files), tuple(bad)
    )


def _releases(hints: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """`842:2022=2024-07-11,…` as reporter, period and release date."""
    for text in filter(None, hints["releases"].split(",")):
        pair, _, release = text.partition("=")
        reporter, _, period = pair.partition(":")
        yield reporter, period, release
