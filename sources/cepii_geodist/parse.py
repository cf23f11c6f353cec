"""Parser of GeoDist's two tables, of country pairs and of countries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from sources.kit.archives import Member, iter_members
from sources.kit.catalog import find_source, unknown_layout_error
from sources.kit.columns import (
    find_repeated_keys,
    first_problem,
    matches,
    row_locators,
    split_by_rules,
    to_number,
)
from sources.kit.contract import Parsed, RawFile
from sources.kit.duplicates import reject_duplicate_files
from sources.kit.errors import CorruptFileError
from sources.kit.tabular import add_lineage_columns
from sources.kit.text_blocks import read_csv_as_text, read_header

SOURCE = "cepii_geodist"
#: CEPII working paper 2011-25, which describes the database, is of December 2011.
EDITION, KNOWN_FROM = "2011", date(2011, 12, 31)
_CODE = "[A-Z][A-Z0-9]{2}"


@dataclass(frozen=True)
class _Layout:
    """One table: the file's columns by our names."""

    table: str
    texts: dict[str, str]
    numbers: dict[str, str]
    flags: dict[str, str]
    key: tuple[str, ...]
    needed: str  # the number that a valid row must have


LAYOUTS = {
    "pairs_csv": _Layout(
        "pairs",
        {"origin_code": "iso3_o", "destination_code": "iso3_d"},
        {"distance_km": "dist", "capital_distance_km": "distcap", "weighted_distance_km": "distw"},
        {"is_contiguous": "contig", "has_common_language": "comlang_off", "is_colonial": "colony"},
        ("origin_code", "destination_code"),
        "distance_km",
    ),
    "countries_csv": _Layout(
        "countries",
        {"country_code": "iso3", "country_name": "country", "main_city": "city_en"},
        {"area_km2": "area", "latitude": "lat", "longitude": "lon", "internal_km": "dis_int"},
        {"is_landlocked": "landlocked"},
        ("country_code",),
        "latitude",
    ),
}


#: Names of columns that are read.
KNOWN = frozenset({
    "method",
    *(name for layout in LAYOUTS.values() for part in (layout.texts, layout.numbers, layout.flags)
      for name in part.values()),
})  # fmt: skip


def parse(files: Sequence[RawFile]) -> Iterator[Parsed]:
    """Yield one `Parsed` per table; distances in km, areas in km2.

    Raises:
        UnknownLayoutError: the columns belong to neither table.
        CorruptFileError: a file is broken, has no valid row, or repeats a key.
        SourceError: the same file is given twice.
    """
    reject_duplicate_files(files, SOURCE)
    for file in files:
        for member in iter_members(file, SOURCE):
            yield _parsed(member, _recognise_layout(member))


def _recognise_layout(member: Member) -> _Layout:
    names = set(read_header(member, SOURCE, KNOWN))
    for layout in LAYOUTS.values():
        if names >= {*layout.texts.values(), *layout.numbers.values(), *layout.flags.values()}:
            return layout
    what = f"the columns {', '.join(sorted(names)[:12])} belong to no known layout"
    raise unknown_layout_error(SOURCE, what, member.place)


def _parsed(member: Member, layout: _Layout) -> Parsed:
    data = read_csv_as_text(member, SOURCE, known=KNOWN)
    rows = pa.table(
        {
            **{ours: pc.utf8_trim_whitespace(data[name]) for ours, name in layout.texts.items()},
            **{ours: to_number(data[name]) for ours, name in layout.numbers.items()},
            **{ours: _flag(data[name]) for ours, name in layout.flags.items()},
            # rows that were computed where CEPII has none; CEPII's own file has no such column
            "is_computed": pc.equal(pc.utf8_trim_whitespace(data["method"]), "computed")
            if "method" in data.column_names
            else pa.array([False] * data.num_rows),
            "line": data["line"],
        }
    )
    flag = next(iter(layout.flags))
    rules = {
        **{f"{name} is no code": matches(rows[name], _CODE) for name in layout.key},
        f"{layout.needed} is not a number": pc.is_valid(rows[layout.needed]),
        f"{flag} is neither 0 nor 1": pc.is_valid(rows[flag]),
    }
    good, bad = split_by_rules(rows, rules, member)
    n, example = find_repeated_keys(good, layout.key)
    if n or not good.num_rows:
        what = (
            f"{n} keys occur twice, such as {example}"
            if n
            else f"no row can be read{first_problem(bad)}"
        )
        raise CorruptFileError(SOURCE, what, place=member.place)
    table = add_lineage_columns(
        good.drop_columns(["line"]),
        find_source(SOURCE).tables[layout.table],
        edition=EDITION,
        known_from_date=KNOWN_FROM,
        payload_sha256=member.raw.sha256,
        row_locator=row_locators(member, good["line"]),
    )
    return Parsed(
        partition=f"{EDITION}/{layout.table}",
        edition=EDITION,
        known_from_date=KNOWN_FROM,
        known_from_basis="inferred",
        tables={layout.table: table},
        files=[member.raw],
        quarantine=bad,
    )


def _flag(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """1 and 0 as true and false; an empty cell is null."""
    number = to_number(column)
    return pc.if_else(pc.is_valid(number), pc.equal(number, 1.0), pa.scalar(None, pa.bool_()))
