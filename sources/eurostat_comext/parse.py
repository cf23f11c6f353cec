"""Parser of Comext: bulk files of three generations, an annual extract and API responses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from sources.eurostat_comext.layouts import SOURCE, Layout, read_rows, recognise_layout
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
    read_numbers,
    remedy_of,
    row_locators,
    split_by_rules,
    states_no_value,
    to_code,
    to_number,
    to_period,
    void_where,
    with_lost_zero,
)
from sources.kit.contract import NO_VALUE, Parsed, QuarantinedRow, RawFile
from sources.kit.duplicates import Claim, claim_partition, reject_duplicate_files
from sources.kit.errors import CorruptFileError
from sources.kit.periods import download_edition, month_end
from sources.kit.tabular import add_lineage_columns

#: HS6 of which the annual extract has some CN8 only: their sum is not the HS6.
EXTRACT_PARTIAL = ("253090", "280429", "280450", "282590", "284990", "811241", "811292")
#: HS6 whose CN8 changed on 2023-01-01, while the extract has the new ones for 2022, too.
EXTRACT_RECUT = ("280530", "284690", "253090")
#: Detailed figures of a month are published about 80 days after its end.
MONTHLY_LAG = timedelta(days=80)

#: Value of trade type and procedure where the file has their sum only.
ALL = "all"

_KEYS = [
    *("period", "declarant", "partner", "product_code"),
    *("flow", "trade_type", "stat_procedure"),
]


def parse(files: Sequence[RawFile]) -> Iterator[Parsed]:
    """Yield one `Parsed` per edition and period; value in EUR, quantity in kg.

    The API returns some products per request, so its responses given together are one partition.

    Raises:
        UnknownLayoutError: a header belongs to no layout.
        CorruptFileError: a file is broken, has no valid row, repeats rows, or two files have the
            same period.
        SourceError: the same file is given twice.
    """
    reject_duplicate_files(files, SOURCE)
    seen: dict[str, Claim] = {}
    responses: list[_Rows] = []
    for file in files:
        for member in iter_members(file, SOURCE):
            layout = recognise_layout(member)
            rows = _rows(member, layout)
            if layout.id == "api_sdmx_csv":
                responses.append(rows)
                continue
            for parsed in _parsed_by_period([rows]):
                yield from claim_partition(parsed, seen, SOURCE)
    if responses:
        for parsed in _parsed_by_period(responses):
            yield from claim_partition(parsed, seen, SOURCE)


def infer_edition(newest: str) -> tuple[str, date]:
    """The edition of a file and the day from which it was known, inferred from its newest period.

    Comext names no editions. A year (`A2024`) is closed by the revision of the following
    October; a month (`M202503`) is published in detail about 80 days after its end.
    """
    if len(newest) == 4:
        return f"A{newest}", date(int(newest) + 1, 10, 31)
    return f"M{newest}", month_end(newest) + MONTHLY_LAG


@dataclass(frozen=True)
class _Rows:
    """The valid and the quarantined rows of one member."""

    member: Member
    good: pa.Table
    quarantine: tuple[QuarantinedRow, ...]


def _rows(member: Member, layout: Layout) -> _Rows:
    rows = _without_totals(_typed(read_rows(member, layout), layout))
    good, bad = split_by_rules(rows, _rules(rows, member.raw.retrieved_at), member)
    if good.num_rows == 0:
        raise CorruptFileError(
            SOURCE,
            f"no row of {rows.num_rows} can be read as a flow{first_problem(bad)}",
            place=member.place,
            remedy=remedy_of(
                bad, "the columns may be shifted or the file truncated; download it again"
            ),
        )
    return _Rows(member, good.drop_columns(["has_no_value"]), bad)


def _parsed_by_period(found: Sequence[_Rows]) -> Iterator[Parsed]:
    member = found[0].member
    n, example = find_repeated_keys(pa.concat_tables([one.good for one in found]), _KEYS)
    if n:
        raise CorruptFileError(
            SOURCE,
            f"{n} declarations occur more than once, such as {example}",
            place=member.place,
            remedy="download it again; two files may have been joined",
        )
    quarantine = tuple(row for one in found for row in one.quarantine)
    periods = sorted({p for one in found for p in pc.unique(one.good["period"]).to_pylist()})
    newest, inferred = infer_edition(max(periods, key=_sort_key))
    edition, known_from, basis = download_edition(member.raw, newest, inferred)
    for period in periods:
        yield Parsed(
            partition=f"{edition}/{period}",
            edition=edition,
            known_from_date=known_from,
            known_from_basis=basis,
            tables={"flows": _add_lineage(found, edition, known_from, period)},
            files=[one.member.raw for one in found],
            quarantine=quarantine,
        )
        quarantine = ()


def _sort_key(period: str) -> str:
    return period if len(period) == 6 else f"{period}52"


def _typed(data: pa.Table, layout: Layout) -> pa.Table:
    """The file's flows under our names; rows above CN8 are dropped, except those of the API."""
    absent_text = pa.array([ALL] * data.num_rows, pa.string())
    absent_number = pa.nulls(data.num_rows, pa.float64())

    def text(name: str | None) -> pa.ChunkedArray:
        return to_code(data[name]) if name else pa.chunked_array([absent_text])

    # Comext writes a year as its month 52
    period = to_period(pc.replace_substring_regex(text(layout.period), r"^(\d{4})[-M]?52$", r"\1"))
    product = with_lost_zero(text(layout.product))
    quantity, is_no_quantity = _kilograms(data, layout, absent_number)
    value = void_where(to_number(data[layout.value]), is_no_quantity, pc.less(quantity, 0.0))
    table = pa.table(
        {
            "period": period,
            "declarant": _declarant(text(layout.declarant)),
            "partner": text(layout.partner),
            "flow": _flow(text(layout.flow)),
            "product_code": product,
            "trade_type": text(layout.trade_type),
            "stat_procedure": text(layout.procedure),
            "value_eur": value,
            "quantity_kg": quantity,
            "has_no_value": states_no_value(data[layout.value]),
            "is_complete": _complete(period, product, layout),
            "line": data["line"],
        }
    )
    if layout.id == "api_sdmx_csv":  # each product was requested at one level only
        return table
    return table.filter(pc.invert(matches(table["product_code"], "TOTAL|[0-9]{2,6}")))


def _declarant(code: pa.ChunkedArray) -> pa.ChunkedArray:
    """Comext's numbers of declarants have three digits: 1 is 001."""
    return pc.if_else(matches(code, "[0-9]{1,2}"), pc.utf8_lpad(code, 3, "0"), code)


def _kilograms(
    data: pa.Table, layout: Layout, absent: pa.Array
) -> tuple[pa.ChunkedArray | pa.Array, pa.ChunkedArray | pa.Array]:
    """The weight, and where its cell is no number."""
    if not layout.quantity:
        return absent, pa.array([False] * len(absent), pa.bool_())
    number, is_invalid = read_numbers(data[layout.quantity])
    scale = 100.0 if layout.quantity == "QUANTITY_IN_100KG" else 1.0
    return pc.multiply(number, scale), is_invalid


def _complete(
    period: pa.ChunkedArray, product: pa.ChunkedArray, layout: Layout
) -> pa.ChunkedArray | pa.Array:
    """Whether the file has all CN8 codes of the row's HS6; bulk files always do."""
    if layout.id != "annual_extract_parquet":
        return pa.array([True] * len(product), pa.bool_())
    hs6 = pc.utf8_slice_codeunits(product, 0, 6)
    partial = pc.is_in(hs6, value_set=pa.array(EXTRACT_PARTIAL))
    recut = pc.and_(pc.equal(period, "2022"), pc.is_in(hs6, value_set=pa.array(EXTRACT_RECUT)))
    return pc.invert(pc.or_(partial, recut))


def _without_totals(rows: pa.Table) -> pa.Table:
    """Drop regime 4, the sum of the others, unless the file has nothing else."""
    is_total = pc.equal(rows["stat_procedure"], "4")
    return rows if pc.all(is_total).as_py() else rows.filter(pc.invert(is_total))


def _rules(rows: pa.Table, retrieved_at: datetime) -> dict[str, pa.ChunkedArray]:
    """What is said of a row that is no flow, and where it is not to be said."""
    return {
        BAD_PERIOD: is_period(rows["period"]),
        FUTURE_PERIOD: pc.invert(is_future_period(rows["period"], retrieved_at)),
        "not a declarant's code": matches(rows["declarant"], "[A-Z]{2}|[0-9]{3}"),
        "not a partner's code": matches(rows["partner"], "[A-Z]{2}|[0-9]{3,4}"),
        "unknown flow": pc.is_in(rows["flow"], value_set=pa.array(["import", "export"])),
        "not a CN8 code": matches(rows["product_code"], "[0-9]{2}[0-9A-Z]{6}|[0-9]{6}"),
        NO_VALUE: pc.invert(rows["has_no_value"]),
        "the value or the weight is not a number": pc.greater_equal(rows["value_eur"], 0.0),
    }


def _flow(code: pa.ChunkedArray) -> pa.ChunkedArray:
    """Import or export in words; other codes are kept, to be quarantined."""
    for word, codes in (
        ("import", ["1", "M", "IMPORT", "IMPORTS"]),
        ("export", ["2", "X", "EXPORT", "EXPORTS"]),
    ):
        code = pc.if_else(pc.is_in(pc.utf8_upper(code), value_set=pa.array(codes)), word, code)
    return code


def _add_lineage(found: Sequence[_Rows], edition: str, known_from: date, period: str) -> pa.Table:
    tables = []
    for one in found:
        rows = one.good.filter(pc.equal(one.good["period"], period))
        tables.append(
            add_lineage_columns(
                rows.drop_columns(["line"]),
                find_source(SOURCE).tables["flows"],
                edition=edition,
                known_from_date=known_from,
                payload_sha256=one.member.raw.sha256,
                row_locator=row_locators(one.member, rows["line"]),
            )
        )
    return pa.concat_tables(tables)
