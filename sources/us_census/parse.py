"""Parser of Census API responses and of an annual extract, to `flows`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from sources.kit.archives import Member, iter_members
from sources.kit.catalog import find_source
from sources.kit.columns import (
    BAD_PERIOD,
    FUTURE_PERIOD,
    find_repeated_keys,
    first_problem,
    is_future_period,
    is_period,
    matches,
    remedy_of,
    row_locators,
    split_by_rules,
)
from sources.kit.contract import NO_VALUE, Parsed, QuarantinedRow, RawFile
from sources.kit.duplicates import reject_duplicate_files
from sources.kit.errors import CorruptFileError
from sources.kit.hs6_scope import is_in_scope
from sources.kit.periods import download_edition, month_end
from sources.kit.tabular import add_lineage_columns
from sources.us_census.response import SOURCE, read_extract, read_response

#: The Census publishes a month about 35 days after its end.
MONTHLY_LAG = timedelta(days=40)
TOTAL = "-"
_TOTAL_TOLERANCE = 1e-6


def parse(files: Sequence[RawFile]) -> Iterator[Parsed]:
    """Yield one `Parsed` per edition and period; value and duty in USD.

    The API returns one commodity per request, so responses given together are one partition.

    Raises:
        UnknownLayoutError: a file is neither a response nor the extract.
        CorruptFileError: a file is broken, has no valid row, or repeats a flow.
        SourceError: the same file is given twice.
    """
    reject_duplicate_files(files, SOURCE)
    found = [
        (member, _split_valid_rows(member))
        for file in files
        for member in iter_members(file, SOURCE)
    ]
    periods = sorted({p for _, (good, _, _) in found for p in good["period"].unique().to_pylist()})
    for period in periods:
        yield _parsed(found, period)


def infer_edition(period: str) -> tuple[str, date]:
    """Edition and knowledge date of a period, inferred: the Census names no editions.

    A year (`A2024`) is assumed to be revised, so known at the end of June of the next year; a
    month (`M202503`) 40 days after its end.
    """
    if len(period) == 4:
        return f"A{period}", date(int(period) + 1, 6, 30)
    return f"M{period}", month_end(period) + MONTHLY_LAG


_Rows = tuple[pa.Table, tuple[QuarantinedRow, ...], str]


def _split_valid_rows(member: Member) -> _Rows:
    """Valid rows, quarantined rows and the scope of one file."""
    if member.is_parquet:
        rows, scope = read_extract(member), "listed_partners"
    else:
        rows, scope = _countries_only(read_response(member))
        # a whole heading also has products out of scope
        rows = rows.filter(pc.or_(is_in_scope(rows["product_code"]), pc.invert(_is_code(rows))))
    rules = {
        BAD_PERIOD: is_period(rows["period"]),
        FUTURE_PERIOD: pc.invert(is_future_period(rows["period"], member.raw.retrieved_at)),
        "the partner is not a number of four digits": matches(rows["cty_code"], "[0-9]{4}"),
        "not a product code": _is_code(rows),
        NO_VALUE: pc.invert(rows["has_no_value"]),
        "the value or the duty is not a number": pc.greater_equal(rows["value_usd"], 0.0),
    }
    good, bad = split_by_rules(rows, rules, member)
    if good.num_rows == 0:
        raise CorruptFileError(
            SOURCE,
            f"no row of {rows.num_rows} can be read as trade with a partner{first_problem(bad)}",
            place=member.place,
            remedy=remedy_of(
                bad,
                "a response without rows means no trade or a wrong request; "
                "check the code and the month",
            ),
        )
    if len(pc.unique(pc.utf8_length(good["product_code"]))) > 1:
        raise CorruptFileError(
            SOURCE,
            "HS6 and HS10 rows in one file would count twice",
            place=member.place,
            remedy="request COMM_LVL=HS10",
        )
    return good, bad, scope


def _is_code(rows: pa.Table) -> pa.ChunkedArray:
    return matches(rows["product_code"], "[0-9]{6}([0-9]{4})?")


def _countries_only(rows: pa.Table) -> tuple[pa.Table, str]:
    """Drop the total and the regions that the API includes; the total decides the scope."""
    is_total = pc.is_in(rows["cty_code"], value_set=pa.array([TOTAL, "", "0000"]))
    is_region = matches(rows["cty_code"], "0[0-9]{3}|[0-9][0-9X]*X")
    countries = rows.filter(pc.invert(pc.or_(is_total, is_region)))
    total = pc.sum(rows.filter(is_total)["value_usd"]).as_py()
    listed = pc.sum(countries["value_usd"]).as_py() or 0.0
    if total is not None and abs(total - listed) <= _TOTAL_TOLERANCE * max(total, 1.0):
        return countries, "all_partners"
    return countries, "listed_partners"


def _parsed(found: Sequence[tuple[Member, _Rows]], period: str) -> Parsed:
    raw = next(m.raw for m, (good, _, _) in found if period in good["period"].to_pylist())
    edition, known_from, basis = download_edition(raw, *infer_edition(period))
    spec = find_source(SOURCE).tables["flows"]
    tables: list[pa.Table] = []
    files: list[RawFile] = []
    quarantine: list[QuarantinedRow] = []
    for member, (good, bad, scope) in found:
        rows = good.filter(pc.equal(good["period"], period))
        if not rows.num_rows:
            continue
        columns = rows.append_column("scope", pa.array([scope] * rows.num_rows))
        tables.append(
            add_lineage_columns(
                columns.drop_columns(["line", "has_no_value"]),
                spec,
                edition=edition,
                known_from_date=known_from,
                payload_sha256=member.raw.sha256,
                row_locator=row_locators(member, rows["line"]),
            )
        )
        if member.raw not in files:
            files.append(member.raw)
        if period == min(good["period"].to_pylist()):
            quarantine.extend(bad)
    table = pa.concat_tables(tables)
    n, example = find_repeated_keys(table, ["period", "flow", "cty_code", "product_code"])
    if n:
        raise CorruptFileError(
            SOURCE,
            f"{n} flows occur more than once, such as {example}",
            place=", ".join(file.name for file in files),
            remedy="two responses overlap, or a dimension (district, port) was requested; "
            "land each commodity once",
        )
    return Parsed(
        partition=f"{edition}/{period}",
        edition=edition,
        known_from_date=known_from,
        known_from_basis=basis,
        tables={"flows": table},
        files=files,
        quarantine=tuple(quarantine),
    )
