"""The layouts of BACI files: each is told by name and header and read into one raw frame."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from sources.kit.archives import Member, header, parquet_table, text_table
from sources.kit.columns import line_numbers, matches
from sources.kit.errors import UnknownLayoutError
from sources.kit.hs6_scope import is_in_scope

SOURCE = "cepii_baci"
NOMENCLATURES = {
    "HS92": "HS1992",
    "HS96": "HS1996",
    "HS02": "HS2002",
    "HS07": "HS2007",
    "HS12": "HS2012",
    "HS17": "HS2017",
    "HS22": "HS2022",
}
_EDITION = re.compile(r"_V(\d{6})(?=[_.])", re.IGNORECASE)
_REVISION = re.compile(r"_(HS\d\d)_Y?(\d{4})[_.]", re.IGNORECASE)

NATIVE = ("t", "i", "j", "k", "v", "q")
COUNTRIES = ("country_code", "country_name", "country_iso2", "country_iso3")
PRODUCTS = ("code", "description")
SLICE_CSV = ("i", "j", "cmd", "value")
SLICE_PARQUET = {"year", "exporter", "importer", "hs6", "value_kusd", "qty_t"}
TOP_PARQUET = {
    *("year", "hs_nomenclature", "material", "hs6_current"),
    *("exporter_iso2", "importer_iso2", "value_usd", "qty_t"),
}


@dataclass(frozen=True)
class Layout:
    """One known layout: its columns under our names, and what its numbers mean."""

    id: str
    columns: dict[str, str]  # ours -> the file's
    code_system: str
    kusd_per_unit: float
    is_truncated: bool = False


LAYOUTS = {
    "native_csv": Layout(
        "native_csv",
        {
            "year": "t",
            "exporter": "i",
            "importer": "j",
            "product": "k",
            "value": "v",
            "quantity_t": "q",
        },
        "baci_numeric",
        1.0,
    ),
    "product_slice_parquet": Layout(
        "product_slice_parquet",
        {
            "year": "year",
            "exporter": "exporter",
            "importer": "importer",
            "product": "hs6",
            "value": "value_kusd",
            "quantity_t": "qty_t",
        },
        "iso3",
        1.0,
    ),
    "product_slice_csv": Layout(
        "product_slice_csv",
        {"exporter": "i", "importer": "j", "product": "cmd", "value": "value"},
        "iso3",
        0.001,
    ),
    "top_partners_parquet": Layout(
        "top_partners_parquet",
        {
            "year": "year",
            "revision": "hs_nomenclature",
            "exporter": "exporter_iso2",
            "importer": "importer_iso2",
            "product": "hs6_current",
            "value": "value_usd",
            "quantity_t": "qty_t",
        },
        "iso2",
        0.001,
        is_truncated=True,
    ),
}


def sniff(member: Member, known: Callable[[], str]) -> str:
    """The id of the layout of `member`; `known` is asked for the list when it has none."""
    columns = header(member, SOURCE)
    if member.is_parquet:
        if set(columns) >= TOP_PARQUET:
            return "top_partners_parquet"
        if set(columns) >= SLICE_PARQUET:
            return "product_slice_parquet"
    elif columns == NATIVE:
        return "native_csv"
    elif columns == SLICE_CSV:
        return "product_slice_csv"
    elif columns == COUNTRIES:
        return "country_codes"
    elif columns == PRODUCTS and "product_codes" in member.name:
        return "product_codes"
    raise UnknownLayoutError(
        SOURCE,
        f"the columns {', '.join(columns[:12]) or 'none'} belong to no known layout",
        place=member.place,
        remedy=f"known are: {known()}",
    )


def edition_of(name: str, given: str | None) -> str:
    """`V202601` out of a file's name; CEPII writes it nowhere in the data."""
    if given:
        return given
    found = _EDITION.search(name)
    if not found or not 1 <= int(found[1][4:]) <= 12:
        raise UnknownLayoutError(
            SOURCE,
            "the file's name does not say the edition",
            place=name,
            remedy="keep CEPII's name, with its _V202601: two editions must not be mixed",
        )
    return f"V{found[1]}"


def revision_and_year(name: str) -> tuple[str, int] | None:
    """(`HS17`, 2022) out of a file's name, or nothing."""
    found = _REVISION.search(name)
    return (found[1].upper(), int(found[2])) if found else None


def raw_frame(member: Member, layout: Layout) -> pa.Table:
    """Our column names over the file's values, all as text but for Parquet's numbers."""
    if member.is_parquet:
        data = parquet_table(member, SOURCE)
        data = data.append_column("line", line_numbers(data.num_rows, 1))
    else:
        data = text_table(member, SOURCE, lambda rows: _may_matter(rows[layout.columns["product"]]))
    renamed = {ours: data[theirs] for ours, theirs in layout.columns.items()}
    return pa.table({**renamed, "line": data["line"]})


def _may_matter(product: pa.ChunkedArray) -> pa.ChunkedArray:
    """False where a product is surely none of ours; what is no code at all is judged later."""
    code = pc.utf8_trim_whitespace(product)
    return pc.or_(is_in_scope(code), pc.invert(matches(code, "[0-9]{6}")))
