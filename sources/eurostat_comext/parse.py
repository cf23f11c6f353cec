"""Parses Comext's bulk files of three generations and an annual extract into `imports`."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from sources.eurostat_comext.layouts import SOURCE, Layout, read, sniff
from sources.kit.catalog import find_source
from sources.kit.columns import (
    all_true,
    as_text,
    line_numbers,
    locators,
    matches,
    quarantined,
    repeated,
    to_number,
)
from sources.kit.contract import Parsed, QuarantinedRow, RawFile
from sources.kit.errors import BrokenFile
from sources.kit.tabular import stamp
from sources.kit.wrapping import AGAIN, Member, members, refuse_twice

#: HS6 of which the annual extract asked for some CN8 only: they must not pass for the whole.
EXTRACT_PARTIAL = ("253090", "280429", "280450", "282590", "284990", "811241", "811292")
#: HS6 whose CN8 were cut anew on 2023-01-01, while the extract asked 2022 for the new ones.
EXTRACT_RECUT = ("280530", "284690", "253090")
#: Detailed figures of a month are out about 80 days after it.
MONTHLY_LAG = timedelta(days=80)

#: What trade type and procedure say where the file holds their sum.
ALL = "all"

_KEYS = [
    *("period", "declarant", "partner", "product_code"),
    *("trade_type", "stat_procedure"),
]


def parse(files: Sequence[RawFile]) -> Iterator[Parsed]:
    """One `Parsed` per edition and period. Raises `UnknownLayout` and `BrokenFile`."""
    refuse_twice(list(files), SOURCE)
    seen: dict[str, str] = {}
    for file in files:
        for member in members(file, SOURCE):
            layout = sniff(member, lambda: find_source(SOURCE).layouts_known())
            for parsed in _imports(member, layout):
                if parsed.partition in seen:
                    raise BrokenFile(
                        SOURCE,
                        f"two files give {parsed.partition}",
                        place=f"{seen[parsed.partition]} and {file.name}",
                        remedy="land one of them",
                    )
                seen[parsed.partition] = file.name
                yield parsed


def edition_of(newest: str) -> tuple[str, date]:
    """The edition of a file and when it was known, inferred from its newest period.

    Comext names no editions. A year (`A2024`) is closed by the revision of the following
    October; a month (`M202503`) is out in detail about 80 days after it.
    """
    if len(newest) == 4:
        return f"A{newest}", date(int(newest) + 1, 10, 31)
    year, month = int(newest[:4]), int(newest[4:])
    last_day = date(year, month, calendar.monthrange(year, month)[1])
    return f"M{newest}", last_day + MONTHLY_LAG


def _imports(member: Member, layout: Layout) -> Iterator[Parsed]:
    rows = _without_totals(_typed(read(member), member, layout))
    is_readable = _readable(rows)
    good = rows.filter(is_readable)
    if good.num_rows == 0:
        raise BrokenFile(
            SOURCE,
            f"no row of {rows.num_rows} can be read as an import",
            place=member.place,
            remedy="the columns may be shifted or the file cut; download it again",
        )
    n, example = repeated(good, _KEYS)
    if n:
        raise BrokenFile(
            SOURCE,
            f"{n} declarations stand more than once, such as {example}",
            place=member.place,
            remedy=f"{AGAIN}, or two files were pasted together",
        )
    quarantine = quarantined(rows.filter(pc.invert(is_readable)), member, "not a declaration")
    periods = sorted(pc.unique(good["period"]).to_pylist())
    edition, known_from = edition_of(member.raw.edition or max(periods, key=_sort_key))
    for period in periods:
        of_period = good.filter(pc.equal(good["period"], period))
        yield _parsed(of_period, member, edition, known_from, period, quarantine)
        quarantine = ()


def _sort_key(period: str) -> str:
    return period if len(period) == 6 else f"{period}52"


def _typed(data: pa.Table, member: Member, layout: Layout) -> pa.Table:
    """The file's imports under our names; other flows and the lines above CN8 left out."""
    absent_text = pa.array([ALL] * data.num_rows, pa.string())
    absent_number = pa.nulls(data.num_rows, pa.float64())

    def text(name: str | None) -> pa.ChunkedArray:
        return as_text(data[name]) if name else pa.chunked_array([absent_text])

    # Comext writes a year as its month 52
    period = pc.replace_substring_regex(text(layout.period), r"^(\d{4})52$", r"\1")
    table = pa.table(
        {
            "period": period,
            "declarant": text(layout.declarant),
            "partner": text(layout.partner),
            "flow": text(layout.flow),
            "product_code": text(layout.product),
            "trade_type": text(layout.trade_type),
            "stat_procedure": text(layout.procedure),
            "value_eur": to_number(data[layout.value]),
            "quantity_kg": to_number(data[layout.quantity]) if layout.quantity else absent_number,
            "is_complete": _complete(period, text(layout.product), layout),
            "line": line_numbers(data.num_rows, 1 if member.is_parquet else 2),
        }
    )
    is_other_flow = pc.is_in(table["flow"], value_set=pa.array(["2", "X", "export"]))
    is_above_cn8 = matches(table["product_code"], "TOTAL|[0-9]{2}|[0-9]{4}|[0-9]{6}")
    return table.filter(pc.invert(pc.or_(is_other_flow, is_above_cn8)))


def _complete(
    period: pa.ChunkedArray, product: pa.ChunkedArray, layout: Layout
) -> pa.ChunkedArray | pa.Array:
    """Whether the file holds all CN8 codes of the row's HS6; bulk files always do."""
    if layout.id != "annual_extract_parquet":
        return pa.array([True] * len(product), pa.bool_())
    hs6 = pc.utf8_slice_codeunits(product, 0, 6)
    partial = pc.is_in(hs6, value_set=pa.array(EXTRACT_PARTIAL))
    recut = pc.and_(pc.equal(period, "2022"), pc.is_in(hs6, value_set=pa.array(EXTRACT_RECUT)))
    return pc.invert(pc.or_(partial, recut))


def _without_totals(rows: pa.Table) -> pa.Table:
    """Regime 4 is the sum of the others: out, unless the file has nothing else."""
    is_total = pc.equal(rows["stat_procedure"], "4")
    return rows if pc.all(is_total).as_py() else rows.filter(pc.invert(is_total))


def _readable(rows: pa.Table) -> pa.ChunkedArray:
    return all_true(
        [
            matches(rows["period"], "(19|20)[0-9]{2}(0[1-9]|1[0-2])?"),
            matches(rows["declarant"], "[A-Z]{2}|[0-9]{3}"),
            matches(rows["partner"], "[A-Z]{2}|[0-9]{3,4}"),
            pc.is_in(rows["flow"], value_set=pa.array(["1", "M", "import"])),
            matches(rows["product_code"], "[0-9]{2}[0-9A-Z]{6}"),
            pc.greater_equal(rows["value_eur"], 0.0),
        ]
    )


def _parsed(
    rows: pa.Table,
    member: Member,
    edition: str,
    known_from: date,
    period: str,
    quarantine: tuple[QuarantinedRow, ...],
) -> Parsed:
    at = rows.schema.get_field_index("flow")
    imports = rows.set_column(at, "flow", pa.array(["import"] * rows.num_rows))
    table = stamp(
        imports.drop_columns(["line"]),
        find_source(SOURCE).tables["imports"],
        edition=edition,
        known_from_date=known_from,
        payload_sha256=member.raw.sha256,
        row_locator=locators(member, rows["line"]),
    )
    return Parsed(
        partition=f"{edition}/{period}",
        edition=edition,
        known_from_date=known_from,
        known_from_basis="inferred",
        tables={"imports": table},
        files=[member.raw],
        quarantine=quarantine,
    )
