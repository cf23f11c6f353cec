"""Parser of BACI: CEPII's zip and CSV, and three re-shaped slices, into `flows` and `countries`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from sources.cepii_baci.clean import (
    drop_repeated_basket,
    flow_rules,
    reject_repeated_flows,
    to_typed_columns,
)
from sources.cepii_baci.layouts import (
    COUNTRIES,
    KNOWN,
    LAYOUTS,
    NOMENCLATURES,
    SOURCE,
    Layout,
    parse_edition,
    parse_revision_and_year,
    read_raw_columns,
    recognise_layout,
)
from sources.kit.archives import Member, iter_members
from sources.kit.catalog import find_source
from sources.kit.columns import (
    first_problem,
    matches,
    quarantine_rows,
    row_locators,
    split_by_rules,
    to_code,
    without_leading_zeros,
)
from sources.kit.contract import Parsed, QuarantinedRow, RawFile
from sources.kit.duplicates import Claim, claim_partition, reject_duplicate_files
from sources.kit.errors import CorruptFileError, UnknownLayoutError
from sources.kit.periods import month_end
from sources.kit.tabular import add_lineage_columns
from sources.kit.text_blocks import read_csv_as_text


def parse(files: Sequence[RawFile]) -> Iterator[Parsed]:
    """Yield one `Parsed` per edition, nomenclature and year, and one per list of countries.

    Value is in thousand USD, quantity in tonnes. A complete year takes precedence over one that
    has the largest partners only, so both may be given together.

    Raises:
        UnknownLayoutError: unknown columns, or no edition, revision or year in the name.
        CorruptFileError: a file is broken, has no valid flow, or repeats flows.
        SourceError: the same file is given twice.
    """
    reject_duplicate_files(files, SOURCE)
    seen: dict[str, Claim] = {}
    lists: dict[str, Parsed] = {}
    truncated: list[tuple[Member, Layout]] = []
    for member in _members(files):
        layout_id = recognise_layout(member)
        layout = LAYOUTS.get(layout_id)
        if layout_id == "country_codes":
            listed = _countries(member)
            # the zip of each nomenclature has the list of its edition
            if listed.partition not in seen or not _same_list(listed, lists[listed.partition]):
                yield from claim_partition(listed, seen, SOURCE)
            lists[listed.partition] = listed
        elif layout is not None and layout.is_truncated:
            truncated.append((member, layout))
        elif layout is not None:
            for parsed in _flows(member, layout):
                yield from claim_partition(parsed, seen, SOURCE)
    complete = set(seen)
    for member, layout in truncated:
        for parsed in _flows(member, layout):
            if parsed.partition not in complete:
                yield from claim_partition(parsed, seen, SOURCE)


def _members(files: Sequence[RawFile]) -> Iterator[Member]:
    for file in files:
        yield from iter_members(file, SOURCE)


def known_from(edition: str) -> date:
    """The last day of the month in `V202601` or `V202401b`: CEPII names the month, not the day.

    The first issue and its correction are known from the same day: the date of the correction is
    in none of its files.
    """
    return month_end(edition[1:7])


def _flows(member: Member, layout: Layout) -> Iterator[Parsed]:
    edition = parse_edition(member)
    raw = read_raw_columns(member, layout)
    named = parse_revision_and_year(member.place)
    if ("revision" not in layout.columns or "year" not in layout.columns) and named is None:
        raise UnknownLayoutError(
            SOURCE,
            "the file name does not contain the HS revision and the year",
            place=member.place,
            remedy="keep them in the name, such as BACI_HS17_Y2022_V202601.csv",
        )
    rows = to_typed_columns(raw, layout, named)
    is_native = layout.id == "native_csv"
    rules = flow_rules(rows, named if is_native else None, edition, layout)
    good, quarantine = split_by_rules(rows, rules, member)
    if layout.is_truncated:  # the layout by material
        good = drop_repeated_basket(good, member)
    if good.num_rows == 0:
        raise CorruptFileError(
            SOURCE,
            f"no row of {rows.num_rows} can be read as a flow{first_problem(quarantine)}",
            place=member.place,
            remedy="the columns may be shifted or the file truncated; download it again",
        )
    reject_repeated_flows(good, member)
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
        row_locator=row_locators(member, rows["line"]),
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
    edition = parse_edition(member)
    data = read_csv_as_text(member, SOURCE, known=KNOWN)
    of_file = next(c for c in COUNTRIES if set(c.values()) <= set(data.column_names))
    columns = {ours: to_code(data[theirs]) for ours, theirs in of_file.items()}
    columns["country_code"] = without_leading_zeros(columns["country_code"])
    # NA is Namibia; the older list writes N/A for countries without letters
    iso2 = columns["country_iso2"]
    has_letters = matches(iso2, "[A-Z]{2}")
    columns["country_iso2"] = pc.if_else(has_letters, iso2, pa.scalar(None, pa.string()))
    is_readable = matches(columns["country_code"], "[0-9]{1,3}")
    bad = data.filter(pc.invert(is_readable))
    table = add_lineage_columns(
        pa.table(columns).filter(is_readable),
        find_source(SOURCE).tables["countries"],
        edition=edition,
        known_from_date=known_from(edition),
        payload_sha256=member.raw.sha256,
        row_locator=row_locators(member, data.filter(is_readable)["line"]),
    )
    return Parsed(
        partition=f"{edition}/countries",
        edition=edition,
        known_from_date=known_from(edition),
        known_from_basis="inferred",
        tables={"countries": table},
        files=[member.raw],
        quarantine=quarantine_rows(bad, member, "not a country of CEPII's list"),
    )


def _same_list(one: Parsed, other: Parsed) -> bool:
    """Whether two lists of countries have the same rows, in whatever order."""
    names = [column.name for column in find_source(SOURCE).tables["countries"].columns]
    tables = [
        found.tables["countries"].select(names).sort_by("country_code") for found in (one, other)
    ]
    return bool(tables[0].equals(tables[1]))
