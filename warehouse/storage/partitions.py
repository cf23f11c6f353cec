"""Files of a landed partition: their paths, how they are committed and removed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sources.kit.catalog import SourceSpec, TableSpec
from sources.kit.contract import QuarantinedRow, RawFile
from sources.kit.load_record import LoadRecord, file_stem
from warehouse.paths import DataPaths
from warehouse.storage.atomic_write import commit, disk_errors, write_atomic, write_parquet
from warehouse.storage.load_records import load_record_path

_QUARANTINE = pa.schema(
    {"reason": pa.string(), "file": pa.string(), "line": pa.int64(), "raw_text": pa.string()}
)


def parquet_path(paths: DataPaths, source_id: str, table: str, partition: str) -> Path:
    """The Parquet file of a landed table and partition."""
    return paths.landing / source_id / table / f"{file_stem(partition)}.parquet"


def quarantine_path(paths: DataPaths, source_id: str, partition: str) -> Path:
    """The quarantined rows of a partition."""
    return paths.quarantine / source_id / f"{file_stem(partition)}.parquet"


def raw_path(paths: DataPaths, sha256: str) -> Path:
    """The raw bytes with this hash."""
    return paths.raw / sha256[:2] / sha256


def keep_raw(paths: DataPaths, files: Iterable[RawFile]) -> None:
    """Store each file's bytes once, by their hash, fsynced and read-only.

    Raises:
        LandingError: they cannot be written.
    """
    for file in files:
        path = raw_path(paths, file.sha256)
        if path.is_file() and path.stat().st_size == len(file.content):
            continue
        with disk_errors(f"the raw bytes of {file.name}", path):
            write_atomic(path, file.content)
            path.chmod(0o444)


def declare_tables(paths: DataPaths, specs: Iterable[SourceSpec]) -> None:
    """Write an empty `_schema.parquet` per declared table: a source without data reads as empty.

    Raises:
        LandingError: it cannot be written.
    """
    for spec in specs:
        for table in spec.tables.values():
            _declare(paths, table)


def _declare(paths: DataPaths, table: TableSpec) -> None:
    path = parquet_path(paths, table.source_id, table.name, "_schema")
    if path.is_file() and _same_schema(path, table):
        return
    with disk_errors(f"the schema of {table.source_id}.{table.name}", path):
        write_parquet(path, table.schema.empty_table())


def _same_schema(path: Path, table: TableSpec) -> bool:
    try:
        return bool(pq.read_schema(path).equals(table.schema))
    except (OSError, pa.ArrowInvalid):
        return False


def has_all_files(paths: DataPaths, record: LoadRecord) -> bool:
    """Whether every Parquet file of a load record exists."""
    return all(
        parquet_path(paths, record.source_id, table, record.partition).is_file()
        for table in record.tables
    )


def commit_partition(
    paths: DataPaths,
    spec: SourceSpec,
    record: LoadRecord,
    folder: Path,
    quarantine: Sequence[QuarantinedRow] = (),
) -> None:
    """Move the staged Parquet of `folder` into the landing, with its quarantine and load record.

    Raises:
        OSError: nothing was committed, or the next landing completes it.
    """
    source_id, partition = spec.source_id, record.partition
    places = {t: parquet_path(paths, source_id, t, partition) for t in spec.tables}
    moves = {f"{table}.parquet": places[table] for table in record.tables}
    removals = [path for table, path in places.items() if table not in record.tables]
    quarantined = quarantine_path(paths, source_id, partition)
    if quarantine:
        rows = [vars(row) for row in quarantine]
        pq.write_table(
            pa.Table.from_pylist(rows, schema=_QUARANTINE), folder / "_quarantine.parquet"
        )
        moves["_quarantine.parquet"] = quarantined
    else:
        removals.append(quarantined)
    write_atomic(folder / "load_record.json", record.to_json())
    # last: a load record exists only when all its files do
    moves["load_record.json"] = load_record_path(paths, source_id, partition)
    commit(paths, folder, moves, removals)


def remove_partition(paths: DataPaths, spec: SourceSpec, partition: str) -> None:
    """Remove a partition's load record, Parquet and quarantine; raw bytes stay.

    Raises:
        LandingError: a file cannot be removed.
    """
    with disk_errors(f"{spec.source_id} {partition}", paths.landing):
        # the load record first: without it the next landing replaces whatever is left
        load_record_path(paths, spec.source_id, partition).unlink(missing_ok=True)
        for table in spec.tables:
            parquet_path(paths, spec.source_id, table, partition).unlink(missing_ok=True)
        quarantine_path(paths, spec.source_id, partition).unlink(missing_ok=True)
