"""Parser of the chip supply chain dataset: its four tables of one state, landed together.

A share is empty where the provider is known and the share is not: it stays missing. A provider
has one row per alias, and joining the shares to them would multiply them: one row is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sources.kit.archives import unpack
from sources.kit.catalog import find_source, unknown_layout_error
from sources.kit.columns import parse_number
from sources.kit.contract import Parsed, QuarantinedRow, RawFile
from sources.kit.date_parsing import find_dates
from sources.kit.duplicates import reject_duplicate_files, reject_duplicate_keys
from sources.kit.errors import CorruptFileError, UnknownLayoutError
from sources.kit.tabular import add_lineage_columns, read_text_table

SOURCE = "eto_chip_explorer"
#: The columns by which a file is recognised, and which must be there.
LAYOUTS = {
    "provision": ("provider_id", "provided_id", "share_provided", "year", "source"),
    "sequence": ("input_id", "goes_into_id", "is_type_of_id"),
    "inputs": ("input_id", "input_name", "type", "stage_id", "year"),
    "providers": ("provider_name", "provider_id", "provider_type", "country"),
    "stages": ("stage_id", "stage_name"),
}
KNOWN = frozenset(name for names in LAYOUTS.values() for name in names)
REQUIRED = ("inputs", "providers", "provision", "sequence")
PROVIDER_TYPES = ("country", "organization")
_INPUT = re.compile(r"[NS]\d+")
_PROVIDER = re.compile(r"P\d+")
_YEAR = re.compile(r"(?:19|20)\d\d")
Row = dict[str, Any]


@dataclass
class Rows:
    """The rows of one landed table with their places."""

    values: list[Row] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    shas: list[str] = field(default_factory=list)


def parse(files: Sequence[RawFile]) -> Iterator[Parsed]:
    """Yield one partition: inputs, providers, provision and sequence of one state of the dataset.

    Shares are percent of the world market by value. The state is known from the newest day that
    its statements of sources name, not later than its download.

    Raises:
        UnknownLayoutError: a file has none of the layouts, or one of the four tables is missing.
        CorruptFileError: a file is broken or repeats a row, or nothing can be parsed.
    """
    found: dict[str, Rows] = {}
    bad: list[QuarantinedRow] = []
    days: set[date] = set()
    members = unpack(files, SOURCE)
    reject_duplicate_files(members, SOURCE)
    layouts = {_read(file, found, bad, days) for file in members}
    if missing := [name for name in REQUIRED if name not in layouts]:
        raise UnknownLayoutError(
            SOURCE,
            f"the state is incomplete: {', '.join(missing)} missing",
            place=", ".join(file.name for file in members),
            remedy="land inputs.csv, providers.csv, provision.csv and sequence.csv together",
        )
    yield _partition(files, found, bad, days)


def _read(file: RawFile, found: dict[str, Rows], bad: list[QuarantinedRow], days: set[date]) -> str:
    """Read one file into `found`; its layout."""
    table, ragged = read_text_table(file.content, source_id=SOURCE, place=file.name, known=KNOWN)
    columns = set(table.column_names)
    name = next((name for name, needed in LAYOUTS.items() if columns.issuperset(needed)), None)
    # inputs name their stage too
    if name is None or (name == "stages" and "input_id" in columns):
        what = f"columns {', '.join(table.column_names[:8])} are of none of the tables"
        raise unknown_layout_error(SOURCE, what, file.name)
    bad.extend(ragged)
    target = found.setdefault("inputs" if name == "stages" else name, Rows())
    for line, cells in enumerate(table.select(list(LAYOUTS[name])).to_pylist(), start=2):
        texts = {key: " ".join(text.split()) for key, text in cells.items()}
        try:
            row = _CONVERT[name](texts)
        except ValueError as error:
            bad.append(QuarantinedRow(str(error), file.name, line, str(cells)[:500]))
            continue
        if name == "provision":
            days.update(w.day for w in find_dates(texts["source"]) if w.day <= _retrieved(file))
        target.values.append(row)
        target.places.append(f"{file.name}:{line}")
        target.shas.append(file.sha256)
    if not target.values:
        raise CorruptFileError(SOURCE, f"no row of {name} can be read", place=file.name)
    return name


def _input(cells: Row) -> Row:
    if not cells["input_name"]:
        raise ValueError("no input_name")
    if not cells["type"]:
        raise ValueError("no type")
    return {
        "input_id": _id(cells["input_id"], _INPUT),
        "input_name": cells["input_name"],
        "type": cells["type"],
        "stage_id": cells["stage_id"] or None,
        "year": _year(cells["year"]) if cells["year"] else None,
    }


def _stage(cells: Row) -> Row:
    return _input({
        "input_id": cells["stage_id"], "input_name": cells["stage_name"], "type": "stage",
        "stage_id": cells["stage_id"], "year": "",
    })  # fmt: skip


def _provider(cells: Row) -> Row:
    if cells["provider_type"] not in PROVIDER_TYPES:
        raise ValueError(f"provider_type {cells['provider_type']!r} is none of {PROVIDER_TYPES}")
    if not cells["provider_name"]:
        raise ValueError("no provider_name")
    return {
        "provider_id": _id(cells["provider_id"], _PROVIDER),
        "provider_name": cells["provider_name"],
        "provider_type": cells["provider_type"],
        "country": cells["country"] or None,
    }


def _provision(cells: Row) -> Row:
    share = parse_number(cells["share_provided"])
    if share is not None and not 0 <= share <= 100:
        raise ValueError(f"share_provided {share} is no percentage of 0 to 100")
    return {
        "provider_id": _id(cells["provider_id"], _PROVIDER),
        "provided_id": _id(cells["provided_id"], _INPUT),
        "share_provided": share,
        "year": _year(cells["year"]),
    }


def _edge(cells: Row) -> Row:
    targets = [cells[name] for name in ("goes_into_id", "is_type_of_id")]
    if sum(bool(target) for target in targets) != 1:
        raise ValueError("exactly one of goes_into_id and is_type_of_id must be filled")
    goes_into, is_type_of = (_id(target, _INPUT) if target else None for target in targets)
    start = _id(cells["input_id"], _INPUT)
    if start in (goes_into, is_type_of):
        raise ValueError(f"{start} leads to itself")
    return {"input_id": start, "goes_into_id": goes_into, "is_type_of_id": is_type_of}


_CONVERT = {
    "inputs": _input,
    "stages": _stage,
    "providers": _provider,
    "provision": _provision,
    "sequence": _edge,
}


def _id(text: str, pattern: re.Pattern[str]) -> str:
    if not pattern.fullmatch(text):
        raise ValueError(f"{text!r} is no id of the form {pattern.pattern}")
    return text


def _year(text: str) -> int:
    year = re.sub(r"\.0+$", "", text)
    if not _YEAR.fullmatch(year):
        raise ValueError(f"{text!r} is no year")
    return int(year)


def _retrieved(file: RawFile) -> date:
    return file.retrieved_at.date()


def _partition(
    files: Sequence[RawFile],
    found: dict[str, Rows],
    bad: list[QuarantinedRow],
    days: set[date],
) -> Parsed:
    known = max(days, default=min(_retrieved(file) for file in files))
    edition = known.isoformat()
    found["providers"] = _one_per_id(found["providers"])
    spec = find_source(SOURCE)
    tables = {}
    for name in REQUIRED:
        rows, table = found[name], spec.tables[name]
        columns = {c.name: [row[c.name] for row in rows.values] for c in table.columns}
        tables[name] = add_lineage_columns(
            columns,
            table,
            edition=edition,
            known_from_date=known,
            payload_sha256=rows.shas,
            row_locator=rows.places,
        )
        keys = [key for key in table.key if key != "edition"]
        reject_duplicate_keys(
            (tuple(row[key] for key in keys) for row in rows.values),
            rows.places,
            SOURCE,
            "download it again; a table has each row once",
        )
    basis = "inferred" if days else "compiled"
    return Parsed(edition, edition, known, basis, tables, files, tuple(bad))


def _one_per_id(rows: Rows) -> Rows:
    """The first row of every provider: the others are its aliases."""
    kept = Rows()
    seen: set[str] = set()
    for values, place, sha in zip(rows.values, rows.places, rows.shas, strict=True):
        if values["provider_id"] not in seen:
            seen.add(values["provider_id"])
            kept.values.append(values)
            kept.places.append(place)
            kept.shas.append(sha)
    return kept
