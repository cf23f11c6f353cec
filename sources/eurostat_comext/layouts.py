"""The layouts of Comext files, told by their header."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa

from sources.kit.errors import UnknownLayout
from sources.kit.wrapping import Member, header, parquet_table, text_table

SOURCE = "eurostat_comext"


@dataclass(frozen=True)
class Layout:
    """Our columns over the file's; `None` where the file has no such column."""

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
)  # fmt: skip


def sniff(member: Member, known: Callable[[], str]) -> Layout:
    """The layout whose columns are all in the header; the first that fits."""
    names = header(member, SOURCE)
    for layout in LAYOUTS:
        wanted = {name for name in layout.columns.values() if name}
        is_extract = layout.id == "annual_extract_parquet"
        if wanted <= set(names) and member.is_parquet is is_extract:
            return layout
    raise UnknownLayout(
        SOURCE,
        f"the columns {', '.join(names[:12]) or 'none'} belong to no known layout",
        place=member.place,
        remedy=f"known are: {known()}",
    )


def read(member: Member) -> pa.Table:
    """The file with every text column as text."""
    return parquet_table(member, SOURCE) if member.is_parquet else text_table(member, SOURCE)
