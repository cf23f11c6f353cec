"""Load records: what landed, when and from where, one JSON per partition and one table of all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from sources.kit.catalog import SourceSpec
from sources.kit.load_record import LoadRecord, file_stem
from warehouse.paths import DataPaths
from warehouse.storage.atomic_write import write_atomic, write_parquet

#: The open end of knowledge time: everything known so far.
LATEST = date(9999, 12, 31)

LOAD_RECORDS = pa.schema(
    [
        pa.field("source_id", pa.string(), nullable=False),
        pa.field("partition", pa.string(), nullable=False),
        pa.field("table_name", pa.string()),
        pa.field("edition", pa.string(), nullable=False),
        pa.field("known_from_date", pa.date32(), nullable=False),
        pa.field("known_from_basis", pa.string(), nullable=False),
        pa.field("access_method", pa.string(), nullable=False),
        pa.field("file_name", pa.string(), nullable=False),
        pa.field("url", pa.string(), nullable=False),
        pa.field("retrieved_at", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("payload_sha256", pa.string(), nullable=False),
        pa.field("payload_bytes", pa.int64(), nullable=False),
        pa.field("n_rows", pa.int64(), nullable=False),
        pa.field("n_quarantined", pa.int64(), nullable=False),
        pa.field("parser_version", pa.string(), nullable=False),
        pa.field("publisher", pa.string(), nullable=False),
        pa.field("licence_id", pa.string(), nullable=False),
        pa.field("redistribution", pa.string(), nullable=False),
        pa.field("attribution", pa.string(), nullable=False),
        pa.field("title", pa.string(), nullable=False),
        pa.field("stale_after_days", pa.int32(), nullable=False),
    ]
)
#: What models that show no load records read of them: what landed of another source, or on an
#: earlier day than the newest, then changes nothing for the models behind.
NEWEST_EVIDENCE = pa.schema([pa.field("newest_date", pa.date32())])
PARTITIONS = pa.schema(
    [
        pa.field("partition", pa.string(), nullable=False),
        pa.field("access_method", pa.string(), nullable=False),
        pa.field("known_from_date", pa.date32(), nullable=False),
    ]
)
#: Sources of which a model reads the partitions.
_SOURCES_BY_PARTITION = ("un_comtrade",)
PARAMETERS = pa.schema(
    [
        pa.field("as_known_on", pa.date32(), nullable=False),
        pa.field("as_of_date", pa.date32()),
    ]
)


@dataclass(frozen=True)
class Landed:
    """Outcome of landing one partition: `landed`, `unchanged` (the same content had landed),
    `kept` (a live or manual partition replaces the bundled one), `duplicate` (the same content
    has landed under another name) or `set aside` (too many of its rows are unreadable)."""

    load_record: LoadRecord
    outcome: str
    note: str = ""


def load_record_path(paths: DataPaths, source_id: str, partition: str) -> Path:
    """The JSON file of a partition's load record."""
    return paths.load_records / source_id / f"{file_stem(partition)}.json"


def read_load_record(paths: DataPaths, source_id: str, partition: str) -> LoadRecord | None:
    """The load record of a partition, or None; a damaged one counts as none."""
    try:
        raw = load_record_path(paths, source_id, partition).read_bytes()
        return LoadRecord.from_dict(orjson.loads(raw))
    except (FileNotFoundError, orjson.JSONDecodeError, KeyError, TypeError):
        return None


def list_load_records(paths: DataPaths, source_id: str | None = None) -> list[LoadRecord]:
    """All load records, by source and partition; files with a leading `_` are none."""
    folders = (
        [paths.load_records / source_id] if source_id else sorted(paths.load_records.glob("*"))
    )
    found = []
    for folder in folders:
        for path in sorted(folder.glob("[!_]*.json")):
            record = read_load_record(paths, folder.name, path.stem)
            if record is not None:
                found.append(record)
    return found


def write_load_records_table(paths: DataPaths, sources: Mapping[str, SourceSpec]) -> Path:
    """Write `landing/run/load_records/load_records.parquet`, which dbt reads, and what is derived
    from it.

    One row per partition, table and raw file; a raw file without a row in any table has
    `table_name` null. Derived are `newest_evidence` and `<source>_partitions`, one row per
    partition of the source.

    Raises:
        OSError: it cannot be written.
    """
    records = [record for record in list_load_records(paths) if record.source_id in sources]
    rows = [row for record in records for row in _rows(record, sources[record.source_id])]
    written = _write_run_table(paths, "load_records", pa.Table.from_pylist(rows, LOAD_RECORDS))
    for source_id in _SOURCES_BY_PARTITION:
        partitions = [
            {
                "partition": record.partition,
                "access_method": record.access_method,
                "known_from_date": date.fromisoformat(record.known_from_date),
            }
            for record in records
            if record.source_id == source_id
        ]
        table = pa.Table.from_pylist(partitions, PARTITIONS)
        _write_run_table(paths, f"{source_id}_partitions", table)
    _write_newest_evidence(paths)
    return written


def write_parameters(
    paths: DataPaths, as_known_on: date | None = None, as_of_date: date | None = None
) -> Path:
    """Write `landing/run/parameters/parameters.parquet`: one row with the two days of the run; and
    `newest_evidence`, which depends on them.

    Raises:
        OSError: it cannot be written.
    """
    row = {"as_known_on": as_known_on or LATEST, "as_of_date": as_of_date}
    written = _write_run_table(paths, "parameters", pa.Table.from_pylist([row], PARAMETERS))
    _write_newest_evidence(paths)
    return written


def _write_newest_evidence(paths: DataPaths) -> None:
    """One row: the newest day of a load record that is known on the run's day, or null.

    Load records and parameters are written in any order, by steps of their own.
    """
    records, parameters = (_run_table(paths, name) for name in ("load_records", "parameters"))
    as_known_on = LATEST
    if parameters.is_file():
        (as_known_on,) = pq.read_table(parameters)["as_known_on"].to_pylist()
    days: list[date] = []
    if records.is_file():
        days = pq.read_table(records, columns=["known_from_date"])["known_from_date"].to_pylist()
    newest = max((day for day in days if day <= as_known_on), default=None)
    table = pa.Table.from_pylist([{"newest_date": newest}], NEWEST_EVIDENCE)
    _write_run_table(paths, "newest_evidence", table)


def _run_table(paths: DataPaths, name: str) -> Path:
    return paths.landing / "run" / name / f"{name}.parquet"


def _write_run_table(paths: DataPaths, name: str, table: pa.Table) -> Path:
    return write_parquet(_run_table(paths, name), table)


def _rows(record: LoadRecord, spec: SourceSpec) -> Iterator[dict[str, Any]]:
    # the same content under two names is one payload, and its rows count once
    for payload in record.payloads:
        by_table: list[tuple[str | None, int]] = [
            (name, table.rows_by_payload[payload.sha256])
            for name, table in sorted(record.tables.items())
            if payload.sha256 in table.rows_by_payload
        ]
        for table_name, n_rows in by_table or [(None, 0)]:
            yield {
                "source_id": record.source_id,
                "partition": record.partition,
                "table_name": table_name,
                "edition": record.edition,
                "known_from_date": date.fromisoformat(record.known_from_date),
                "known_from_basis": record.known_from_basis,
                "access_method": record.access_method,
                "file_name": payload.name,
                "url": payload.url,
                "retrieved_at": datetime.fromisoformat(payload.retrieved_at).astimezone(UTC),
                "payload_sha256": payload.sha256,
                "payload_bytes": payload.bytes,
                "n_rows": n_rows,
                "n_quarantined": record.n_quarantined,
                "parser_version": record.parser_version,
                "publisher": spec.publisher,
                "licence_id": spec.licence.id,
                "redistribution": spec.licence.redistribution,
                "attribution": spec.licence.attribution,
                "title": spec.title,
                "stale_after_days": spec.cadence.stale_after_days,
            }


@dataclass(frozen=True)
class StaleSource:
    """A live fetch failed at `since`; what landed before stays in use."""

    source_id: str
    since: str  # ISO 8601, UTC: the first failure since the last good landing
    last_tried: str
    reason: str


def mark_stale(paths: DataPaths, source_id: str, reason: str, at: datetime) -> StaleSource:
    """Record a failed live fetch; the first failure's time is kept until a fetch succeeds.

    Raises:
        OSError: the mark cannot be written.
    """
    before = read_stale_source(paths, source_id)
    now = at.astimezone(UTC).isoformat(timespec="seconds")
    mark = StaleSource(source_id, before.since if before else now, now, reason)
    content = orjson.dumps(asdict(mark), option=orjson.OPT_INDENT_2)
    write_atomic(_stale_path(paths, source_id), content, durable=False)
    return mark


def _stale_path(paths: DataPaths, source_id: str) -> Path:
    return paths.load_records / source_id / "_stale.json"


def read_stale_source(paths: DataPaths, source_id: str) -> StaleSource | None:
    """The mark of a source whose last live fetch failed, or None."""
    try:
        return StaleSource(**orjson.loads(_stale_path(paths, source_id).read_bytes()))
    except (FileNotFoundError, orjson.JSONDecodeError, TypeError):
        return None


def clear_stale(paths: DataPaths, source_id: str) -> None:
    """Remove the mark after a successful live fetch."""
    _stale_path(paths, source_id).unlink(missing_ok=True)


def _accepted_path(paths: DataPaths, source_id: str) -> Path:
    return paths.load_records / source_id / "_accepted.json"


def read_accepted(paths: DataPaths, source_id: str) -> dict[str, dict[str, str]] | None:
    """Hashes by table of the partitions that last passed their checks; None before the first."""
    try:
        found: dict[str, dict[str, str]] = orjson.loads(
            _accepted_path(paths, source_id).read_bytes()
        )
    except (FileNotFoundError, orjson.JSONDecodeError):
        return None
    return found


def write_accepted(paths: DataPaths, source_id: str, records: Iterable[LoadRecord]) -> None:
    """Record that the checks of these partitions, all that a source has, have passed.

    Raises:
        OSError: it cannot be written.
    """
    hashes = {record.partition: record.table_hashes for record in records}
    if hashes != read_accepted(paths, source_id):
        content = orjson.dumps(hashes, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
        write_atomic(_accepted_path(paths, source_id), content)


def is_accepted(paths: DataPaths, record: LoadRecord) -> bool:
    """Whether a landed partition has passed its checks as it is."""
    accepted = read_accepted(paths, record.source_id) or {}
    return accepted.get(record.partition) == record.table_hashes
