"""Parser of a user's own table of production, by a mapping file or the names of its columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sources.kit.archives import unpack
from sources.kit.catalog import find_source
from sources.kit.columns import MISSING, parse_number
from sources.kit.contract import Parsed, QuarantinedRow, RawFile
from sources.kit.duplicates import (
    Claim,
    claim_partition,
    reject_duplicate_files,
    reject_duplicate_keys,
)
from sources.kit.entity_terms import find_country, find_items
from sources.kit.errors import UnknownLayoutError
from sources.kit.mapped_tables import Row, read_best_header, read_mapped_rows
from sources.kit.tabular import add_lineage_columns, decode
from sources.user_production.mapping import (
    ROLES,
    SOURCE,
    TableMapping,
    find_mapping,
    read_mapping,
)

STATUSES = ("reported", "estimated", "withheld", "not_available")
WORLD = ("world", "world total", "total", "wld")
OTHERS = ("other", "others", "other countries", "rest of world", "nes")
_YEAR = re.compile(r"((?:19|20)\d\d)(?:\.0+)?")
_ISO3 = re.compile(r"[A-Z]{3}")


def parse(files: Sequence[RawFile]) -> Iterator[Parsed]:
    """Yield one partition per table: the state of the table on the day that its mapping states.

    Raises:
        UnknownLayoutError: a table has neither the columns of a mapping file nor the fields' names.
        SourceError: a mapping file is wrong.
        CorruptFileError: a table is broken, repeats a row, or has no readable row.
    """
    members = unpack(files, SOURCE)
    reject_duplicate_files(members, SOURCE)
    mappings = [
        read_mapping(decode(file.content, source_id=SOURCE, place=file.name), file.name)
        for file in members
        if _is_mapping(file)
    ]
    tables = [file for file in members if not _is_mapping(file)]
    if not tables:
        raise UnknownLayoutError(
            SOURCE, "a mapping file without a table", place=", ".join(f.name for f in members),
            remedy="land both together: as a folder, a zip, or two paths of one call",
        )  # fmt: skip
    seen: dict[str, Claim] = {}
    for file in tables:
        yield from claim_partition(parse_table(file, mappings), seen, SOURCE)


def parse_table(file: RawFile, mappings: Sequence[TableMapping]) -> Parsed:
    """Parse one table by the mapping that has its columns.

    Raises:
        UnknownLayoutError: no mapping has its columns.
        CorruptFileError: the table is broken, repeats a row, or has no readable row.
    """
    stated = [one.delimiter for one in mappings if one.delimiter]
    known = {*ROLES, *(name for one in mappings for name in one.columns.values())}
    names, delimiter = read_best_header(file, stated, SOURCE, known)
    mapping = find_mapping(names, mappings, file.name)
    rows, lines, bad = read_mapped_rows(
        file, delimiter, SOURCE, lambda cells: _row(cells, mapping), known
    )
    places = [f"{file.name}:{line}" for line in lines]
    return _partition(file, mapping, rows, places, bad)


def _is_mapping(file: RawFile) -> bool:
    return file.name.lower().endswith((".yml", ".yaml"))


def _row(cells: dict[str, str], mapping: TableMapping) -> Row:
    year = _YEAR.fullmatch(mapping.text("year", cells))
    if year is None:
        raise ValueError(f"not a year: {mapping.text('year', cells)!r}")
    given = {name: mapping.text(name, cells) for name in ("material", "stage", "country")}
    if empty := [name for name, text in given.items() if not text]:
        raise ValueError(f"no {' and no '.join(empty)}")
    text = mapping.text("quantity", cells)
    quantity, status = _quantity(text, mapping.text("status", cells).lower())
    country_id, kind = _country(given["country"])
    return {
        "table_id": mapping.table_id,
        "material_label": _material(given["material"]),
        "stage_label": given["stage"].lower(),
        "country_label": given["country"],
        "country_id": country_id,
        "row_kind": kind,
        "year": int(year[1]),
        "quantity": quantity,
        "quantity_text": text,
        "unit_label": mapping.text("unit", cells),
        "basis_label": mapping.text("basis", cells).lower(),
        "value_status": status,
        "note": mapping.text("note", cells) or None,
    }


def _quantity(text: str, status: str) -> tuple[float | None, str]:
    """The number of a cell and its status; missing stays missing, and a dash is no zero."""
    if status and status not in STATUSES:
        raise ValueError(f"the status is none of {', '.join(STATUSES)}: {status!r}")
    if text.upper() == "W":
        return None, "withheld"
    if text.lower() in MISSING or text in ("-", "–", "—"):
        return None, status if status in ("withheld", "not_available") else "not_available"
    number = parse_number(text)
    if number is None or number < 0:
        raise ValueError(f"not a quantity: {text!r}")
    if status in ("withheld", "not_available"):
        raise ValueError(f"{status}, and yet a number: {text!r}")
    if number == 0:
        return 0.0, "zero"
    return number, status or "reported"


def _country(label: str) -> tuple[str | None, str]:
    """The id of a country's name or code, and what kind of row it is."""
    plain = label.lower()
    if plain in WORLD:
        return "WLD", "printed_world_total"
    if plain in OTHERS:
        return "NES", "other_countries"
    return find_country(label) or (label if _ISO3.fullmatch(label) else None), "country"


def _material(label: str) -> str:
    """The id that an alias of the whole label stands for; else the label as an id is written."""
    found = find_items(label)
    if len(found) == 1 and found[0].end - found[0].start == len(label):
        return found[0].id
    return label.lower().replace(" ", "_")


def _partition(
    file: RawFile,
    mapping: TableMapping,
    rows: list[Row],
    places: list[str],
    bad: list[QuarantinedRow],
) -> Parsed:
    retrieved = file.retrieved_at.date()
    known = min(mapping.known_from_date or retrieved, retrieved)
    edition = f"{mapping.table_id}-{known.isoformat()}"
    table = find_source(SOURCE).tables["production"]
    key = [name for name in table.key if name != "edition"]
    reject_duplicate_keys(
        [tuple(row[name] for name in key) for row in rows], places, SOURCE,
        "keep one figure per material, stage, country and year",
    )  # fmt: skip
    with_lineage = add_lineage_columns(
        {c.name: [row[c.name] for row in rows] for c in table.columns},
        table,
        edition=edition,
        known_from_date=known,
        payload_sha256=file.sha256,
        row_locator=places,
    )
    basis = "published" if mapping.known_from_date else "compiled"
    return Parsed(edition, edition, known, basis, {"production": with_lineage}, [file], tuple(bad))
