"""Where a landed partition lies, and how its files get there and away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sources.kit.catalog import SourceSpec, TableSpec
from sources.kit.contract import QuarantinedRow, RawFile
from sources.kit.load_record import LoadRecord, file_stem
from warehouse.paths import DataPaths
from warehouse.storage.atomic_write import commit, disk_errors, write_atomic
from warehouse.storage.load_records import receipt_path

_QUARANTINE = pa.schema(
    {"reason": pa.string(), "file": pa.string(), "line": pa.int64(), "raw_text": pa.string()}
)


def parquet_path(paths: DataPaths, source_id: str, table: str, partition: str) -> Path:
    return paths.landing / source_id / table / f"{file_stem(partition)}.parquet"


def quarantine_path(paths: DataPaths, source_id: str, partition: str) -> Path:
    return paths.quarantine / source_id / f"{file_stem(partition)}.parquet"


def raw_path(paths: DataPaths, sha256: str) -> Path:
    return paths.raw / sha256[:2] / sha256


def keep_raw(paths: DataPaths, files: Iterable[RawFile]) -> None:
    """Keep each file's bytes once, by their hash, fsynced and read-only."""
    for file in files:
        place = raw_path(paths, file.sha256)
        if place.is_file() and place.stat().st_size == len(file.content):
            continue
        with disk_errors(f"the raw bytes of {file.name}", place):
            write_atomic(place, file.content)
            place.chmod(0o444)


def declare_tables(paths: DataPaths, specs: Iterable[SourceSpec]) -> None:
    """An empty `_schema.parquet` per declared table, so that an empty source reads as empty."""
    for spec in specs:
        for table in spec.tables.values():
            _declare(paths, table)


def _declare(paths: DataPaths, table: TableSpec) -> None:
    path = parquet_path(paths, table.source_id, table.name, "_schema")
    if path.is_file() and _same_schema(path, table):
        return
    with disk_errors(f"the schema of {table.source_id}.{table.name}", path):
        sink = pa.BufferOutputStream()
        pq.write_table(table.schema.empty_table(), sink, compression="zstd")
        write_atomic(path, sink.getvalue().to_pybytes(), durable=False)


def _same_schema(path: Path, table: TableSpec) -> bool:
    try:
        return bool(pq.read_schema(path).equals(table.schema))
    except (OSError, pa.ArrowInvalid):
        return False


def files_there(paths: DataPaths, receipt: LoadRecord) -> bool:
    return all(
        parquet_path(paths, receipt.source_id, table, receipt.partition).is_file()
        for table in receipt.tables
    )


def commit_partition(
    paths: DataPaths,
    spec: SourceSpec,
    receipt: LoadRecord,
    folder: Path,
    quarantine: Sequence[QuarantinedRow] = (),
) -> None:
    source_id, partition = spec.source_id, receipt.partition
    places = {t: parquet_path(paths, source_id, t, partition) for t in spec.tables}
    moves = {f"{table}.parquet": places[table] for table in receipt.tables}
    removals = [path for table, path in places.items() if table not in receipt.tables]
    kept_aside = quarantine_path(paths, source_id, partition)
    if quarantine:
        rows = [vars(row) for row in quarantine]
        pq.write_table(pa.Table.from_pylist(rows, schema=_QUARANTINE), folder / "_bad.parquet")
        moves["_bad.parquet"] = kept_aside
    else:
        removals.append(kept_aside)
    write_atomic(folder / "receipt.json", receipt.to_json())
    # last: a receipt is only there when everything it speaks of is
    moves["receipt.json"] = receipt_path(paths, source_id, partition)
    commit(paths, folder, moves, removals)


def remove_partition(paths: DataPaths, spec: SourceSpec, partition: str) -> None:
    """Remove a partition's receipt, Parquet and quarantine; raw bytes stay."""
    with disk_errors(f"{spec.source_id} {partition}", paths.landing):
        # the receipt first: without it the next landing replaces whatever is left
        receipt_path(paths, spec.source_id, partition).unlink(missing_ok=True)
        for table in spec.tables:
            parquet_path(paths, spec.source_id, table, partition).unlink(missing_ok=True)
        quarantine_path(paths, spec.source_id, partition).unlink(missing_ok=True)
