"""The layouts of Comext files, recognised by their header."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from sources.kit.archives import Member
from sources.kit.catalog import unknown_layout_error
from sources.kit.columns import (
    is_missing_text,
    matches,
    number_lines,
    to_code,
    to_period,
    with_lost_zero,
)
from sources.kit.headers import spell_as_published
from sources.kit.hs6_scope import hs6_scope, is_in_scope, read_code_list
from sources.kit.parquet_files import read_parquet
from sources.kit.text_blocks import read_csv_as_text, read_header

SOURCE = "eurostat_comext"
#: The columns of an API response in SDMX-CSV.
SDMX = {"TIME_PERIOD", "OBS_VALUE", "indicators", "reporter", "partner", "product", "flow"}


@dataclass(frozen=True)
class Layout:
    """The file's columns by our names; `None` where the file has no such column."""

    id: str
    period: str
    declarant: str
    partner: str
    product: str
    flow: str
    value: str
    quantity: str | None
    trade_type: str | None
    procedure: str | None

    @property
    def columns(self) -> dict[str, str | None]:
        return {name: value for name, value in vars(self).items() if name != "id"}


LAYOUTS = (
    Layout(
        "bulk_v2", "PERIOD", "REPORTER", "PARTNER", "PRODUCT_NC", "FLOW",
        "VALUE_EUR", "QUANTITY_KG", "TRADE_TYPE", "STAT_PROCEDURE",
    ),
    Layout(
        "bulk_v1", "PERIOD", "DECLARANT_ISO", "PARTNER_ISO", "PRODUCT_NC", "FLOW",
        "VALUE_IN_EUROS", "QUANTITY_IN_KG", "TRADE_TYPE", "STAT_REGIME",
    ),
    Layout(
        "bulk_numeric", "PERIOD", "DECLARANT", "PARTNER", "PRODUCT_NC", "FLOW",
        "VALUE_IN_EUROS", "QUANTITY_IN_KG", None, "STAT_REGIME",
    ),
    Layout(
        "annual_extract_parquet", "year", "declarant_iso2", "partner_iso2", "cn8", "flow",
        "value_eur", None, None, None,
    ),
    Layout(
        "api_sdmx_csv", "TIME_PERIOD", "reporter", "partner", "product", "flow",
        "VALUE_IN_EUROS", "QUANTITY_IN_100KG", None, None,
    ),
)  # fmt: skip
#: Names of columns in any layout.
COLUMNS = frozenset({*SDMX, *(n for one in LAYOUTS for n in one.columns.values() if n)})


def recognise_layout(member: Member) -> Layout:
    """The first layout whose columns are all in the header.

    Raises:
        UnknownLayoutError: there is none.
    """
    names = read_header(member, SOURCE, columns=COLUMNS)
    if set(names) >= SDMX:
        return LAYOUTS[-1]
    for layout in LAYOUTS[:-1]:
        wanted = {name for name in layout.columns.values() if name}
        is_extract = layout.id == "annual_extract_parquet"
        if wanted <= set(names) and member.is_parquet is is_extract:
            return layout
    for layout in LAYOUTS[:-1]:
        if not member.is_parquet and layout.id != "annual_extract_parquet":
            written = _as_written(names, layout)
            if written is not None:
                return written
    what = (
        f"the columns {', '.join(names[:12]) or 'none'} belong to no known layout{_nearest(names)}"
    )
    raise unknown_layout_error(SOURCE, what, member.place)


def _as_written(names: Sequence[str], layout: Layout) -> Layout | None:
    """The layout with the file's own spelling, if that differs in the case of letters alone."""
    wanted = [name for name in layout.columns.values() if name]
    written = dict(zip(spell_as_published(names, wanted), names, strict=True))
    if not set(wanted) <= set(written):
        return None
    return replace(layout, **{ours: written[name] for ours, name in layout.columns.items() if name})


def _nearest(names: Sequence[str]) -> str:
    """What the layout with most of its columns in the header lacks."""
    given = {name.casefold() for name in names}
    missing = [
        [name for name in layout.columns.values() if name and name.casefold() not in given]
        for layout in LAYOUTS[:3]
    ]
    fewest = min(missing, key=len)
    return f"; it lacks {', '.join(fewest)}" if len(fewest) <= 3 else ""


def read_rows(member: Member, layout: Layout) -> pa.Table:
    """The file's rows of products in scope, every text column as text, plus `line`."""
    if member.is_parquet:
        data = read_parquet(member, SOURCE)
        return data.append_column("line", number_lines(data.num_rows, 1))
    product = layout.product

    def keep(rows: pa.Table) -> pa.ChunkedArray:
        # invalid codes are kept, to be quarantined; rows above HS6 are sums
        code = with_lost_zero(to_code(rows[product]))
        is_sum = matches(code, "TOTAL|[0-9]{1,5}")
        is_invalid = pc.invert(matches(code, "[0-9]{2,8}[0-9A-Z]*"))
        is_kept = pc.or_(is_in_scope(code), pc.or_(is_invalid, is_confidential(code)))
        return pc.and_(is_kept, pc.invert(is_sum))

    data = read_csv_as_text(member, SOURCE, keep, columns=COLUMNS)
    return _pivot_indicators(data) if layout.id == "api_sdmx_csv" else data


def is_confidential(code: pa.ChunkedArray) -> pa.ChunkedArray:
    """True for codes that hide the product within a heading in scope, such as 2846XXXX."""
    headings = pa.array(sorted({hs6[:4] for hs6 in hs6_scope()}))
    letters = matches(code, "[0-9]{4}[0-9A-Z]*[A-Z][0-9A-Z]*")
    return pc.and_(letters, pc.is_in(pc.utf8_slice_codeunits(code, 0, 4), value_set=headings))


def _pivot_indicators(data: pa.Table) -> pa.Table:
    """Turn the API's row per indicator into a row per flow; sums over countries are left out."""
    keys = ["TIME_PERIOD", "reporter", "partner", "product", "flow"]
    is_country = pc.and_(
        matches(data["reporter"], "[A-Z]{2}"), matches(data["partner"], "[A-Z]{2}")
    )
    rows = data.filter(pc.and_(is_country, pc.invert(is_missing_text(data["OBS_VALUE"]))))
    rows = rows.set_column(
        rows.schema.get_field_index("TIME_PERIOD"),
        "TIME_PERIOD",
        to_period(rows["TIME_PERIOD"]),
    )
    found = {
        name: rows.filter(pc.equal(rows["indicators"], name)).select([*keys, "OBS_VALUE", "line"])
        for name in ("VALUE_IN_EUROS", "QUANTITY_IN_100KG")
    }
    value = found["VALUE_IN_EUROS"].rename_columns([*keys, "VALUE_IN_EUROS", "line"])
    weight = found["QUANTITY_IN_100KG"].drop_columns(["line"])
    joined = value.join(weight.rename_columns([*keys, "QUANTITY_IN_100KG"]), keys)
    return joined.sort_by("line")


@lru_cache(maxsize=1)
def basket_cn8_codes() -> tuple[str, ...]:
    """The CN8 codes that separate the products within a basket HS6."""
    return read_code_list(Path(__file__).with_name("basket_split_cn8.txt"))
