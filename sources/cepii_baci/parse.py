"""Parses BACI: CEPII's zip and CSV, and three re-shaped slices of it, into `flows`."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from sources.cepii_baci.clean import readable, refuse_repeats, typed, without_repeats
from sources.cepii_baci.layouts import (
    LAYOUTS,
    NOMENCLATURES,
    SOURCE,
    Layout,
    edition_of,
    raw_frame,
    revision_and_year,
    sniff,
)
from sources.kit.archives import Member, members, refuse_twice, text_table
from sources.kit.catalog import find_source
from sources.kit.columns import locators, quarantined
from sources.kit.contract import Parsed, QuarantinedRow, RawFile
from sources.kit.errors import CorruptFileError, UnknownLayoutError
from sources.kit.tabular import add_lineage_columns


def parse(files: Sequence[RawFile]) -> Iterator[Parsed]:
    """One `Parsed` per edition, nomenclature and year, and one per list of countries.

    A complete year wins over one with the largest partners only, so files may be given
    together. Raises `UnknownLayoutError` and `CorruptFileError`.
    """
    refuse_twice(list(files), SOURCE)
    seen: dict[str, str] = {}
    late: list[tuple[Member, Layout]] = []
    for member in _members(files):
        layout_id = sniff(member, lambda: find_source(SOURCE).layouts_known())
        layout = LAYOUTS.get(layout_id)
        if layout_id == "country_codes":
            yield _claim(_countries(member), seen)
        elif layout is not None and layout.is_truncated:
            late.append((member, layout))
        elif layout is not None:
            for parsed in _flows(member, layout):
                yield _claim(parsed, seen)
    complete = set(seen)
    for member, layout in late:
        for parsed in _flows(member, layout):
            if parsed.partition not in complete:
                yield _claim(parsed, seen)


def _claim(parsed: Parsed, seen: dict[str, str]) -> Parsed:
    """`parsed`, unless another file of this call gave the same partition."""
    place = parsed.files[0].name
    if parsed.partition in seen:
        raise CorruptFileError(
            SOURCE,
            f"two files give {parsed.partition}",
            place=f"{seen[parsed.partition]} and {place}",
            remedy="land one of them",
        )
    seen[parsed.partition] = place
    return parsed


def _members(files: Sequence[RawFile]) -> Iterator[Member]:
    for file in files:
        for member in members(file, SOURCE):
            # CEPII's Readme inside of the zip
            if not member.name.lower().endswith((".txt", ".pdf", ".md")):
                yield member


def known_from(edition: str) -> date:
    """The last day of the month in `V202601`: CEPII names the month, not the day."""
    year, month = int(edition[1:5]), int(edition[5:7])
    return date(year, month, calendar.monthrange(year, month)[1])


def _flows(member: Member, layout: Layout) -> Iterator[Parsed]:
    edition = edition_of(member.name, member.raw.edition)
    raw = raw_frame(member, layout)
    named = revision_and_year(member.name)
    if ("revision" not in layout.columns or "year" not in layout.columns) and named is None:
        raise UnknownLayoutError(
            SOURCE,
            "the file's name does not say the HS revision and the year",
            place=member.place,
            remedy="keep them in the name, such as BACI_HS17_Y2022_V202601.csv",
        )
    rows = typed(raw, layout, named)
    is_readable = readable(rows, named if layout.id == "native_csv" else None)
    quarantine = quarantined(
        rows.filter(pc.invert(is_readable)), member, "not a positive flow between two countries"
    )
    good = rows.filter(is_readable)
    if layout.is_truncated:  # the layout by material
        good = without_repeats(good, member)
    if good.num_rows == 0:
        raise CorruptFileError(
            SOURCE,
            f"no row of {rows.num_rows} can be read as a flow",
            place=member.place,
            remedy="the columns may be shifted or the file cut; download it again",
        )
    refuse_repeats(good, member)
    years = good.group_by(["revision", "year"]).aggregate([]).to_pylist()
    for revision, year in sorted((y["revision"], y["year"]) for y in years):
        of_year = pc.and_(pc.equal(good["revision"], revision), pc.equal(good["year"], year))
        yield _parsed(good.filter(of_year), layout, member, edition, revision, year, quarantine)
        quarantine = ()


def _parsed(
    rows: pa.Table,
    layout: Layout,
    member: Member,
    edition: str,
    revision: str,
    year: float,
    quarantine: Iterable[QuarantinedRow],
) -> Parsed:
    n = rows.num_rows
    columns = {
        "year": rows["year"].cast(pa.int32()),
        "exporter_code": rows["exporter"],
        "importer_code": rows["importer"],
        "code_system": pa.repeat(layout.code_system, n),
        "nomenclature": pa.repeat(NOMENCLATURES[revision], n),
        "product_code": rows["product"],
        "value_kusd": rows["value_kusd"],
        "quantity_t": rows["quantity_t"],
        "is_truncated": pa.repeat(layout.is_truncated, n),
    }
    table = add_lineage_columns(
        columns,
        find_source(SOURCE).tables["flows"],
        edition=edition,
        known_from_date=known_from(edition),
        payload_sha256=member.raw.sha256,
        row_locator=locators(member, rows["line"]),
    )
    return Parsed(
        partition=f"{edition}/{revision}/{int(year)}",
        edition=edition,
        known_from_date=known_from(edition),
        known_from_basis="inferred",
        tables={"flows": table},
        files=[member.raw],
        quarantine=tuple(quarantine),
    )


def _countries(member: Member) -> Parsed:
    edition = edition_of(member.name, member.raw.edition)
    data = text_table(member, SOURCE).drop_columns(["line"])
    iso2 = data["country_iso2"]
    table = add_lineage_columns(
        data.set_column(
            2, "country_iso2", pc.if_else(pc.equal(iso2, ""), pa.scalar(None, pa.string()), iso2)
        ),
        find_source(SOURCE).tables["countries"],
        edition=edition,
        known_from_date=known_from(edition),
        payload_sha256=member.raw.sha256,
        row_locator=[f"{member.place}:{line}" for line in range(2, data.num_rows + 2)],
    )
    return Parsed(
        partition=f"{edition}/countries",
        edition=edition,
        known_from_date=known_from(edition),
        known_from_basis="inferred",
        tables={"countries": table},
        files=[member.raw],
    )
