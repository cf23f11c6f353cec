"""Parses HMRC's OData answers and an extract of many sources into monthly `flows`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from sources.kit.archives import Member, members, refuse_twice
from sources.kit.catalog import find_source
from sources.kit.columns import all_true, locators, matches, quarantined
from sources.kit.contract import Parsed, QuarantinedRow, RawFile
from sources.kit.errors import CorruptFileError
from sources.kit.periods import download_edition, month_end
from sources.kit.tabular import add_lineage_columns
from sources.uk_hmrc.response import NEXT, SOURCE, answer, extract

#: HMRC publishes a month about six weeks after its end.
MONTHLY_LAG = timedelta(days=50)


def parse(files: Sequence[RawFile]) -> Iterator[Parsed]:
    """One `Parsed` per month (of the extract: per year); files given together are one edition.

    The edition is the newest month (`M202606`), since HMRC revises the months before it.
    Raises `UnknownLayoutError`, and `CorruptFileError` also where pages of an answer are missing.
    """
    refuse_twice(list(files), SOURCE)
    pages = [(member, *_rows(member)) for file in files for member in members(file, SOURCE)]
    if pages and all(is_followed for _, _, is_followed in pages):
        raise CorruptFileError(
            SOURCE,
            f"every page goes on at {NEXT}, so the last page is missing",
            place=", ".join(member.place for member, _, _ in pages),
            remedy="land all pages of the answer together",
        )
    split = [(member, *_split(rows, member)) for member, rows, _ in pages]
    months = sorted({m for _, good, _ in split for m in pc.unique(good["period"]).to_pylist()})
    if not months:
        raise CorruptFileError(
            SOURCE,
            "no row can be read as a flow",
            place=", ".join(member.place for member, _, _ in pages),
            remedy="the answer may be empty, or the extract holds no rows of HMRC",
        )
    raw = pages[0][0].raw
    edition, known_from, basis = download_edition(raw, *edition_of(months[-1]))
    # an answer lands by month, since each may be asked for again; the extract by year
    size = 4 if pages[0][0].is_parquet else 6
    quarantine = tuple(row for _, _, bad in split for row in bad)
    for period in sorted({month[:size] for month in months}):
        table, used = _table([(m, good) for m, good, _ in split], edition, known_from, period)
        yield Parsed(
            partition=f"{edition}/{period}",
            edition=edition,
            known_from_date=known_from,
            known_from_basis=basis,
            tables={"flows": table},
            files=used,
            quarantine=quarantine,
        )
        quarantine = ()


def edition_of(newest: str) -> tuple[str, date]:
    """`M202606` and the day on which it was known, inferred as 50 days after the month."""
    return f"M{newest}", month_end(newest) + MONTHLY_LAG


def _rows(member: Member) -> tuple[pa.Table, bool]:
    def known() -> str:
        return find_source(SOURCE).layouts_known()

    return (extract(member, known), False) if member.is_parquet else answer(member, known)


def _split(rows: pa.Table, member: Member) -> tuple[pa.Table, tuple[QuarantinedRow, ...]]:
    """Rows that are flows, and the others."""
    value = pc.coalesce(rows["value_usd"], rows["value_gbp"])
    is_readable = all_true(
        [
            matches(rows["period"], "20[0-9]{2}(0[1-9]|1[0-2])"),
            pc.is_in(rows["flow"], value_set=pa.array(["import", "export"])),
            matches(rows["partner"], "n/a|[A-Z]{2,3}|[0-9]{1,4}"),
            matches(rows["product_code"], "[0-9]{8}"),
            pc.greater_equal(value, 0.0),
        ]
    )
    bad = rows.filter(pc.invert(is_readable))
    return rows.filter(is_readable), quarantined(bad, member, "not a flow of one CN8 product")


def _table(
    found: Sequence[tuple[Member, pa.Table]], edition: str, known_from: date, period: str
) -> tuple[pa.Table, list[RawFile]]:
    """The flows of a month or year, and the files they stand in."""
    tables, used = [], []
    for member, good in found:
        rows = good.filter(pc.starts_with(good["period"], period))
        if not rows.num_rows:
            continue
        ones = pa.array([1] * rows.num_rows, pa.int32())
        tables.append(
            add_lineage_columns(
                rows.append_column("n_lines", ones).drop_columns(["line"]),
                find_source(SOURCE).tables["flows"],
                edition=edition,
                known_from_date=known_from,
                payload_sha256=member.raw.sha256,
                row_locator=locators(member, rows["line"]),
            )
        )
        used.append(member.raw)
    return pa.concat_tables(tables), used
