"""Parser of the UN code lists, conversions and correlations of the Harmonized System."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa

from sources.kit.archives import unpack
from sources.kit.catalog import SourceSpec, find_source, unknown_layout_error
from sources.kit.columns import to_code
from sources.kit.contract import Parsed, QuarantinedRow, RawFile
from sources.kit.errors import CorruptFileError, UnknownLayoutError
from sources.kit.tabular import add_lineage_columns, read_text_table

SOURCE = "un_hs"
#: A revision enters into force on the first of January; a pair of revisions belongs to the newer.
REVISIONS = {
    "HS1992": date(1992, 1, 1),
    "HS2012": date(2012, 1, 1),
    "HS2017": date(2017, 1, 1),
    "HS2022": date(2022, 1, 1),
}
#: Names of columns that are read.
KNOWN = frozenset({
    "hs6", "relationship",
    *(f"{mark}{name.lower()}" for name in REVISIONS for mark in ("", "in_", "desc_")),
})  # fmt: skip
_CODE = re.compile(r"\d{6}")
_REVISION = re.compile("|".join(name.lower() for name in REVISIONS))
_RELATIONSHIPS = ("1:1", "1:n", "n:1", "n:n")
Row = tuple[str | None, ...]


@dataclass
class _Rows:
    """The rows of one landed table of one revision, with their places."""

    rows: list[Row] = field(default_factory=list)
    sha256: list[str] = field(default_factory=list)
    row_locators: list[str] = field(default_factory=list)

    def add(self, row: Row, file: RawFile, line: int) -> None:
        self.rows.append(row)
        self.sha256.append(file.sha256)
        self.row_locators.append(f"{file.name}:{line}")


@dataclass
class _Revision:
    """The rows of all files about one revision."""

    tables: dict[str, _Rows]
    files: list[RawFile] = field(default_factory=list)
    quarantine: list[QuarantinedRow] = field(default_factory=list)


def parse(files: Sequence[RawFile]) -> Iterator[Parsed]:
    """Yield one `Parsed` per revision of the HS.

    Raises:
        UnknownLayoutError: a file is none of the three lists.
        CorruptFileError: the files given together do not cover a revision.
    """
    spec = find_source(SOURCE)
    found = {name: _Revision({t: _Rows() for t in spec.tables}) for name in REVISIONS}
    for file in unpack(files, SOURCE):
        _read(file, found)
    for name, revision in found.items():
        if revision.files:
            is_oldest = not any(found[n].files for n in REVISIONS if n < name)
            _require_all_tables(name, revision, is_oldest=is_oldest)
            yield _parsed(name, revision, spec)


def _read(file: RawFile, found: dict[str, _Revision]) -> None:
    table, ragged = read_text_table(file.content, source_id=SOURCE, place=file.name, known=KNOWN)
    names = table.column_names
    lines = list(zip(*(_cells(table, n) for n in names), strict=True))
    if "hs6" in names and any(f"in_{n.lower()}" in names for n in REVISIONS):
        revisions = _codes(file, names, lines, found)
    elif pair := _pair_columns(names):
        lines = [tuple(line[i] for i in pair) for line in lines]
        revisions = _pairs(file, [names[i] for i in pair], lines, found)
    else:
        raise _unknown(file, names)
    for name in revisions:
        found[name].files.append(file)
    found[max(revisions)].quarantine.extend(ragged)


def _pair_columns(names: list[str]) -> list[int]:
    """Places of the newer revision, the older one and the relationship; empty in other files."""
    revisions = sorted((n for n in names if _REVISION.fullmatch(n)), reverse=True)
    others = sorted(set(names) - set(revisions))
    if len(revisions) != 2 or others not in ([], ["relationship"]):
        return []
    return [names.index(name) for name in (*revisions, *others)]


def _cells(table: pa.Table, name: str) -> list[str]:
    """The texts of a column; codes and flags as they were before a tool made them numbers."""
    column = table[name]
    found: list[str] = (column if name.startswith("desc_") else to_code(column)).to_pylist()
    return found


def _codes(
    file: RawFile, names: list[str], lines: Iterable[tuple[str, ...]], found: dict[str, _Revision]
) -> list[str]:
    """Add rows of `codes`, one per revision with the code; returns the revisions of the list."""
    listed = [name for name in REVISIONS if f"in_{name.lower()}" in names]
    for number, line in enumerate(lines, start=2):
        cells = dict(zip(names, line, strict=True))
        flags = [cells[f"in_{name.lower()}"] for name in listed]
        if not _CODE.fullmatch(cells["hs6"]) or set(flags) - {"0", "1"}:
            reason = "hs6 is not six digits, or a revision's flag is neither 0 nor 1"
            found[max(listed)].quarantine.append(_quarantined_row(reason, file, number, line))
            continue
        for name, flag in zip(listed, flags, strict=True):
            text = cells.get(f"desc_{name.lower()}", "").strip() or None
            if flag == "1":
                found[name].tables["codes"].add((name, cells["hs6"], text), file, number)
    return listed


def _pairs(
    file: RawFile, names: list[str], lines: Iterable[tuple[str, ...]], found: dict[str, _Revision]
) -> list[str]:
    """Add rows of `conversions` (two columns) or `correlations` (three) of the newer revision."""
    newer, older = (name.upper() for name in names[:2])
    table = "correlations" if len(names) == 3 else "conversions"
    for number, line in enumerate(lines, start=2):
        codes_fit = all(_CODE.fullmatch(code) for code in line[:2])
        if not codes_fit or (len(line) == 3 and line[2] not in _RELATIONSHIPS):
            reason = "a code is not six digits, or the relationship is unknown"
            found[newer].quarantine.append(_quarantined_row(reason, file, number, line))
            continue
        row: Row = (newer, line[0], older, line[1], *line[2:])
        found[newer].tables[table].add(row, file, number)
    return [newer]


def _parsed(name: str, revision: _Revision, spec: SourceSpec) -> Parsed:
    tables = {
        table: _build_table(name, rows, spec, table) for table, rows in revision.tables.items()
    }
    return Parsed(
        partition=name,
        edition=name,
        known_from_date=REVISIONS[name],
        known_from_basis="inferred",
        tables=tables,
        files=tuple(revision.files),
        quarantine=tuple(revision.quarantine),
    )


def _build_table(name: str, rows: _Rows, spec: SourceSpec, table: str) -> pa.Table:
    columns = [column.name for column in spec.tables[table].columns]
    values = {c: [row[i] for row in rows.rows] for i, c in enumerate(columns)}
    return add_lineage_columns(
        values,
        spec.tables[table],
        edition=name,
        known_from_date=REVISIONS[name],
        payload_sha256=rows.sha256,
        row_locator=rows.row_locators,
    )


def _require_all_tables(name: str, revision: _Revision, *, is_oldest: bool) -> None:
    """Check that all tables are there, since landing replaces the whole revision.

    Pairs belong to the newer revision, so the oldest of the files has none.
    """
    wanted = ["codes"] if is_oldest else ["codes", "conversions", "correlations"]
    missing = [table for table in wanted if not revision.tables[table].rows]
    if missing:
        raise CorruptFileError(
            SOURCE,
            f"{name} would land without its {', '.join(missing)}",
            place=", ".join(file.name for file in revision.files),
            remedy="give the code list, the conversions and the correlations together",
        )


def _quarantined_row(reason: str, file: RawFile, line: int, cells: Sequence[str]) -> QuarantinedRow:
    return QuarantinedRow(reason, file.name, line, ",".join(cells))


def _unknown(file: RawFile, names: list[str]) -> UnknownLayoutError:
    what = f"the header {', '.join(names)} is of no known layout"
    return unknown_layout_error(SOURCE, what, file.name)
