"""Parser of HMRC's OData responses and of a multi-source extract, to monthly `flows`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from sources.kit.archives import Member, iter_members
from sources.kit.catalog import find_source
from sources.kit.columns import (
    FUTURE_PERIOD,
    first_problem,
    is_future_period,
    matches,
    remedy_of,
    row_locators,
    split_by_rules,
)
from sources.kit.contract import NO_VALUE, Parsed, QuarantinedRow, RawFile
from sources.kit.duplicates import reject_duplicate_files, reject_duplicate_rows
from sources.kit.errors import CorruptFileError
from sources.kit.periods import download_edition, month_end
from sources.kit.tabular import add_lineage_columns
from sources.uk_hmrc.response import NEXT, SOURCE, Following, read_extract, read_response

#: HMRC publishes a month about six weeks after its end.
MONTHLY_LAG = timedelta(days=50)


def parse(files: Sequence[RawFile]) -> Iterator[Parsed]:
    """Yield one `Parsed` per month (extract: per year); files given together are one edition.

    Value is in GBP (OData) or USD (extract), mass in kg. The edition is the newest month
    (`M202606`), since HMRC revises the months before it.

    Raises:
        UnknownLayoutError: a file is neither a response nor the extract.
        CorruptFileError: a file is broken, the last page is missing, or no row is valid.
        SourceError: the same file, or the same rows in two files, are given twice.
    """
    reject_duplicate_files(files, SOURCE)
    pages = [(member, *_rows(member)) for file in files for member in iter_members(file, SOURCE)]
    if missing := _missing_page(pages):
        raise CorruptFileError(
            SOURCE, missing, place=", ".join(member.place for member, _, _ in pages[:3]),
            remedy="land all pages of the response together",
        )  # fmt: skip
    reject_duplicate_rows([(m.place, rows.drop_columns(["line"])) for m, rows, _ in pages], SOURCE)
    split = [(member, *_split(rows, member)) for member, rows, _ in pages]
    months = sorted({m for _, good, _ in split for m in pc.unique(good["period"]).to_pylist()})
    if not months:
        bad_rows = [row for _, _, bad in split for row in bad]
        raise CorruptFileError(
            SOURCE,
            f"no row can be read as a flow{first_problem(bad_rows)}",
            place=", ".join(member.place for member, _, _ in pages),
            remedy=remedy_of(
                bad_rows, "the response may be empty, or the extract has no rows of HMRC"
            ),
        )
    raw = pages[0][0].raw
    edition, known_from, basis = download_edition(raw, *infer_edition(months[-1]))
    # responses land by month, since a month can be requested again; the extract by year
    size = 4 if pages[0][0].is_parquet else 6
    quarantine = tuple(row for _, _, bad in split for row in bad)
    for period in sorted({month[:size] for month in months}):
        table, files = _table([(m, good) for m, good, _ in split], edition, known_from, period)
        yield Parsed(
            partition=f"{edition}/{period}",
            edition=edition,
            known_from_date=known_from,
            known_from_basis=basis,
            tables={"flows": table},
            files=files,
            quarantine=quarantine,
        )
        quarantine = ()


def infer_edition(newest: str) -> tuple[str, date]:
    """Edition (`M202606`) and knowledge date, inferred as 50 days after the newest month."""
    return f"M{newest}", month_end(newest) + MONTHLY_LAG


def _missing_page(pages: Sequence[tuple[Member, pa.Table, Following]]) -> str:
    """Why pages of the responses are missing; empty if nothing says so."""
    following = [(rows.num_rows, one) for _, rows, one in pages]
    if pages and all(one.is_given for _, one in following):
        return f"every page has {NEXT}, so the last page is missing"
    ends = {one.skip for _, one in following}
    for n_rows, one in following:
        if one.skip and one.skip > n_rows and one.skip - n_rows not in ends:
            return f"a page begins after {one.skip - n_rows:,} rows, and no other ends there"
    given = sum(n_rows for n_rows, _ in following)
    stated = max((one.count for _, one in following if one.count is not None), default=0)
    return f"{given:,} of {stated:,} rows are given: pages are missing" if given < stated else ""


def _rows(member: Member) -> tuple[pa.Table, Following]:
    return (read_extract(member), Following()) if member.is_parquet else read_response(member)


def _split(rows: pa.Table, member: Member) -> tuple[pa.Table, tuple[QuarantinedRow, ...]]:
    """The valid rows, and the quarantined ones."""
    value = pc.coalesce(rows["value_usd"], rows["value_gbp"])
    rules = {
        "no valid period: not a month (202401, 2024-01)": matches(
            rows["period"], "20[0-9]{2}(0[1-9]|1[0-2])"
        ),
        FUTURE_PERIOD: pc.invert(is_future_period(rows["period"], member.raw.retrieved_at)),
        "unknown flow": pc.is_in(rows["flow"], value_set=pa.array(["import", "export"])),
        "not a partner's code": matches(rows["partner"], "n/a|[A-Z]{2,3}|[0-9]{1,4}"),
        "not a CN8 code": matches(rows["product_code"], "[0-9]{8}"),
        NO_VALUE: pc.invert(rows["has_no_value"]),
        "the value or the mass is not a number": pc.greater_equal(value, 0.0),
    }
    return split_by_rules(rows, rules, member)


def _table(
    found: Sequence[tuple[Member, pa.Table]], edition: str, known_from: date, period: str
) -> tuple[pa.Table, list[RawFile]]:
    """The flows of a month or year, and the files that contain them."""
    tables, files = [], []
    for member, good in found:
        rows = good.filter(pc.starts_with(good["period"], period))
        if not rows.num_rows:
            continue
        ones = pa.array([1] * rows.num_rows, pa.int32())
        tables.append(
            add_lineage_columns(
                rows.append_column("n_lines", ones).drop_columns(["line", "has_no_value"]),
                find_source(SOURCE).tables["flows"],
                edition=edition,
                known_from_date=known_from,
                payload_sha256=member.raw.sha256,
                row_locator=row_locators(member, rows["line"]),
            )
        )
        files.append(member.raw)
    return pa.concat_tables(tables), files
