"""The layouts of BACI files, recognised by column names and read into the same raw columns."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from sources.kit.archives import Member
from sources.kit.catalog import unknown_layout_error
from sources.kit.columns import matches, number_lines, to_code, with_lost_zero
from sources.kit.errors import UnknownLayoutError
from sources.kit.hs6_scope import is_in_scope
from sources.kit.parquet_files import read_parquet
from sources.kit.text_blocks import read_csv_as_text, read_header

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
#: CEPII marks a corrected issue of an edition with a letter: V202401b. A browser or file manager
#: adds ` (1)`, ` copy` or ` - Copy` to the name.
_EDITION = re.compile(r"_V(\d{6})([a-z]?)(?=[_. (-]|$)", re.IGNORECASE)
_REVISION = re.compile(r"_(HS\d\d)_Y?(\d{4})[_.]", re.IGNORECASE)

NATIVE = ("t", "i", "j", "k", "v", "q")
#: The columns of the list of countries, of each generation, by ours.
COUNTRIES = (
    {
        "country_code": "country_code",
        "country_name": "country_name",
        "country_iso2": "country_iso2",
        "country_iso3": "country_iso3",
    },
    {
        "country_code": "country_code",
        "country_name": "country_name_abbreviation",
        "country_iso2": "iso_2digit_alpha",
        "country_iso3": "iso_3digit_alpha",
    },
)
PRODUCTS = ("code", "description")
SLICE_CSV = ("i", "j", "cmd", "value")
#: Names of columns in texts.
KNOWN = frozenset(
    {*NATIVE, *PRODUCTS, *SLICE_CSV, *(name for names in COUNTRIES for name in names.values())}
)
SLICE_PARQUET = {"year", "exporter", "importer", "hs6", "value_kusd", "qty_t"}
TOP_PARQUET = {
    *("year", "hs_nomenclature", "material", "hs6_current"),
    *("exporter_iso2", "importer_iso2", "value_usd", "qty_t"),
}


@dataclass(frozen=True)
class Layout:
    """One layout: its columns under our names, and the unit of its values."""

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


def recognise_layout(member: Member) -> str:
    """The id of the layout of `member`.

    Raises:
        UnknownLayoutError: its columns belong to no layout.
    """
    columns = read_header(member, SOURCE, KNOWN)
    if member.is_parquet:
        if set(columns) >= TOP_PARQUET:
            return "top_partners_parquet"
        if set(columns) >= SLICE_PARQUET:
            return "product_slice_parquet"
    elif set(columns) >= set(NATIVE):
        return "native_csv"
    elif set(columns) >= set(SLICE_CSV):
        return "product_slice_csv"
    elif any(set(columns) >= set(names.values()) for names in COUNTRIES):
        return "country_codes"
    elif set(columns) >= set(PRODUCTS) and "product_codes" in member.place:
        return "product_codes"
    what = f"the columns {', '.join(columns[:12]) or 'none'} belong to no known layout"
    raise unknown_layout_error(SOURCE, what, member.place)


def parse_edition(member: Member) -> str:
    """The edition (`V202601`, `V202401b`) in the name of a file or of its zip.

    The data do not contain it.

    Raises:
        UnknownLayoutError: neither name has an edition.
    """
    if member.raw.edition:
        return member.raw.edition
    for name in (member.place, member.raw.name):
        found = _EDITION.search(name)
        if found and 1 <= int(found[1][4:]) <= 12:
            return f"V{found[1]}{found[2].lower()}"
    raise UnknownLayoutError(
        SOURCE,
        "the file name does not contain the edition",
        place=member.place,
        remedy="keep CEPII's file name with its _V202601: editions must not be mixed",
    )


def parse_revision_and_year(name: str) -> tuple[str, int] | None:
    """HS revision and year in a file name, such as (`HS17`, 2022), or None."""
    found = _REVISION.search(name)
    return (found[1].upper(), int(found[2])) if found else None


def read_raw_columns(member: Member, layout: Layout) -> pa.Table:
    """The columns of the layout under our names, as text (numbers for Parquet), plus `line`."""
    if member.is_parquet:
        data = read_parquet(member, SOURCE)
        data = data.append_column("line", number_lines(data.num_rows, 1))
    else:
        data = read_csv_as_text(
            member,
            SOURCE,
            lambda rows: _is_in_scope_or_invalid(rows[layout.columns["product"]]),
            known=KNOWN,
        )
    renamed = {ours: data[theirs] for ours, theirs in layout.columns.items()}
    return pa.table({**renamed, "line": data["line"]})


def _is_in_scope_or_invalid(product: pa.ChunkedArray) -> pa.ChunkedArray:
    """False for HS6 codes out of scope; invalid codes are kept, to be quarantined later."""
    code = with_lost_zero(to_code(product))
    return pc.or_(is_in_scope(code), pc.invert(matches(code, "[0-9]{6}")))
