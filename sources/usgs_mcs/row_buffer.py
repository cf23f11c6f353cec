"""The landed rows of the four tables, and the buffer that the readers fill."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields

import pyarrow as pa

from sources.kit.catalog import SourceSpec, find_source
from sources.kit.contract import QuarantinedRow, RawFile
from sources.kit.tabular import add_lineage_columns
from sources.usgs_mcs.editions import Issue
from sources.usgs_mcs.values import UnreadableValueError, Value, parse_value

SOURCE_ID = "usgs_mcs"


@dataclass(frozen=True)
class World:
    """One printed cell: a statistic of a commodity for one country row and year."""

    commodity: str
    commodity_key: str
    chapter: str
    country_text: str
    country_name: str
    row_kind: str
    type_text: str
    type_key: str
    form_text: str
    statistic: str
    unit_text: str | None
    year: int
    note: str | None


@dataclass(frozen=True)
class Salient:
    """One printed cell of the US salient statistics."""

    commodity: str
    commodity_key: str
    chapter: str
    statistic: str
    detail: str
    unit_text: str | None
    year: int
    note: str | None
    definition_text: str | None


@dataclass(frozen=True)
class ImportSource:
    """One supplier's share of US imports over a window of years."""

    commodity: str
    commodity_key: str
    chapter: str
    detail: str
    country_text: str
    country_name: str
    row_kind: str
    year_from: int
    year_to: int
    note: str | None


@dataclass(frozen=True)
class FrontMatter:
    """One line of a table of the report's introduction, with its text unchanged."""

    table_id: str
    line: int
    country_text: str | None
    commodity_text: str | None
    statement_text: str | None
    date_text: str | None
    share_text: str | None
    reliance_text: str | None
    is_critical: bool | None
    source_url: str | None
    note: str | None


Row = World | Salient | ImportSource | FrontMatter
TABLES = ("world", "salient", "import_sources", "front_matter")


@dataclass
class RowBuffer:
    """The rows that a reader has parsed, with their places, and the quarantined ones."""

    rows: dict[str, list[tuple[RawFile, int, Row, Value]]] = field(
        default_factory=lambda: {name: [] for name in TABLES}
    )
    quarantine: list[QuarantinedRow] = field(default_factory=list)

    def add_cell(
        self,
        table: str,
        file: RawFile,
        line: int,
        row: Row,
        text: str,
        *,
        note: str = "",
        estimated: bool = False,
    ) -> None:
        """Parse the cell `text` of `row`; a cell with an unknown spelling is quarantined."""
        year = int(getattr(row, "year_to", 0) or getattr(row, "year", 0))
        try:
            value = parse_value(text, note=note, estimated=estimated, year=year)
        except UnreadableValueError as error:
            self.quarantine_line(str(error), file, line, [repr(row)])
            return
        self.rows[table].append((file, line, row, value))

    def add_text_row(self, table: str, file: RawFile, line: int, row: Row) -> None:
        """Add a row of texts, without a value cell."""
        self.rows[table].append((file, line, row, Value("")))

    def quarantine_line(self, reason: str, file: RawFile, line: int, cells: Iterable[str]) -> None:
        """Quarantine a line of `file`."""
        self.quarantine.append(QuarantinedRow(reason, file.name, line, ",".join(cells)))

    def tables(self, issue: Issue, payloads: dict[str, str]) -> dict[str, pa.Table]:
        """The tables that have rows, with lineage; repeated cells are quarantined.

        `payloads` maps the hash of a table file to that of its raw file.
        """
        spec = find_source(SOURCE_ID)
        return {
            name: _table(spec, name, self._distinct(name), issue, payloads)
            for name, rows in self.rows.items()
            if rows
        }

    def _distinct(self, table: str) -> list[tuple[RawFile, int, Row, Value, int]]:
        """Rows with their `occurrence`: salient keys are repeated (mica has no form in 2026)."""
        seen: Counter[tuple[object, ...]] = Counter()
        kept = []
        for file, line, row, value in self.rows[table]:
            key = _key(row)
            seen[key] += 1
            if seen[key] > 1 and not isinstance(row, Salient):
                self.quarantine_line(
                    "the same cell occurs twice", file, line, [repr(row), value.text]
                )
                continue
            kept.append((file, line, row, value, seen[key]))
        return kept


def ragged_reason(cells: list[str], header: list[str]) -> str:
    """Quarantine reason of a line with a wrong number of cells."""
    return f"{len(cells)} cells where the header has {len(header)}"


def _key(row: Row) -> tuple[object, ...]:
    excluded = {"note", "definition_text", "commodity", "chapter", "country_name"}
    return tuple(getattr(row, f.name) for f in fields(row) if f.name not in excluded)


def _table(
    spec: SourceSpec,
    name: str,
    rows: list[tuple[RawFile, int, Row, Value, int]],
    issue: Issue,
    payloads: dict[str, str],
) -> pa.Table:
    records = []
    for _, _, row, value, occurrence in rows:
        record = asdict(row) | ({} if name == "front_matter" else _cells(name, value))
        records.append(record | ({"occurrence": occurrence} if name == "salient" else {}))
    columns = {c.name: [r[c.name] for r in records] for c in spec.tables[name].columns}
    return add_lineage_columns(
        columns,
        spec.tables[name],
        edition=issue.edition,
        known_from_date=issue.known_from_date,
        payload_sha256=[payloads[file.sha256] for file, *_ in rows],
        row_locator=[f"{file.name}:{line}" for file, line, *_ in rows],
    )


def _cells(table: str, value: Value) -> dict[str, object]:
    stem = "share" if table == "import_sources" else "value"
    scale = 100.0 if table == "import_sources" else 1.0  # printed in percent, kept as 0-1

    def scaled(number: float | None) -> float | None:
        return None if number is None else number / scale

    return {
        f"{stem}_text": value.text,
        stem: scaled(value.value),
        f"{stem}_low": scaled(value.low),
        f"{stem}_high": scaled(value.high),
        "value_operator": value.operator,
        "value_status": value.status,
        "is_estimated": value.is_estimated,
        "repair": value.repair,
    }
