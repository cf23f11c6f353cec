"""The layouts of Comext files, told by their header."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from sources.kit.errors import BrokenFile, UnknownLayout
from sources.kit.wrapping import AGAIN, Member, parquet_table

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
    names = header(member)
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


def header(member: Member) -> tuple[str, ...]:
    """The names of the columns."""
    if member.is_parquet:
        try:
            return tuple(pq.read_schema(io.BytesIO(member.content)).names)
        except (pa.ArrowInvalid, OSError) as error:
            raise BrokenFile(
                SOURCE, f"the Parquet is broken: {error}", place=member.place, remedy=AGAIN
            ) from error
    first = member.content[:8192].split(b"\n", 1)[0].decode("utf-8-sig", errors="replace")
    return tuple(cell.strip().strip('"') for cell in first.rstrip("\r").split(","))


def read(member: Member) -> pa.Table:
    """The file with every text column as text; NA is Namibia, a leading zero stays."""
    if member.is_parquet:
        return parquet_table(member, SOURCE)
    names = header(member)
    try:
        return pacsv.read_csv(
            io.BytesIO(member.content.removeprefix(b"\xef\xbb\xbf")),
            read_options=pacsv.ReadOptions(column_names=names, skip_rows=1),
            convert_options=pacsv.ConvertOptions(
                column_types={name: pa.string() for name in names}, strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        raise BrokenFile(
            SOURCE, f"the file is broken: {error}", place=member.place, remedy=AGAIN
        ) from error
