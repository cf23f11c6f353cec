"""Where a landed partition lies, and how its files get there and away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sources.kit.catalog import SourceSpec, TableSpec
from sources.kit.contract import QuarantinedRow, RawFile
from sources.kit.receipt import Receipt, file_stem
from warehouse.commit import commit, disk_errors, write_atomic
from warehouse.receipts import receipt_path
from warehouse.rooms import Rooms

_QUARANTINE = pa.schema(
    {"reason": pa.string(), "file": pa.string(), "line": pa.int64(), "raw_text": pa.string()}
)


def parquet_path(rooms: Rooms, source_id: str, table: str, partition: str) -> Path:
    return rooms.landing / source_id / table / f"{file_stem(partition)}.parquet"


def quarantine_path(rooms: Rooms, source_id: str, partition: str) -> Path:
    return rooms.quarantine / source_id / f"{file_stem(partition)}.parquet"


def raw_path(rooms: Rooms, sha256: str) -> Path:
    return rooms.raw / sha256[:2] / sha256


def keep_raw(rooms: Rooms, files: Iterable[RawFile]) -> None:
    """Keep each file's bytes once, by their hash, fsynced and read-only."""
    for file in files:
        place = raw_path(rooms, file.sha256)
        if place.is_file() and place.stat().st_size == len(file.content):
            continue
        with disk_errors(f"the raw bytes of {file.name}", place):
            write_atomic(place, file.content)
            place.chmod(0o444)


def declare_tables(rooms: Rooms, specs: Iterable[SourceSpec]) -> None:
    """An empty `_schema.parquet` per declared table, so that an empty source reads as empty."""
    for spec in specs:
        for table in spec.tables.values():
            _declare(rooms, table)


def _declare(rooms: Rooms, table: TableSpec) -> None:
    path = parquet_path(rooms, table.source_id, table.name, "_schema")
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


def files_there(rooms: Rooms, receipt: Receipt) -> bool:
    return all(
        parquet_path(rooms, receipt.source_id, table, receipt.partition).is_file()
        for table in receipt.tables
    )


def commit_partition(
    rooms: Rooms,
    spec: SourceSpec,
    receipt: Receipt,
    folder: Path,
    quarantine: Sequence[QuarantinedRow] = (),
) -> None:
    source_id, partition = spec.source_id, receipt.partition
    places = {t: parquet_path(rooms, source_id, t, partition) for t in spec.tables}
    moves = {f"{table}.parquet": places[table] for table in receipt.tables}
    removals = [path for table, path in places.items() if table not in receipt.tables]
    kept_aside = quarantine_path(rooms, source_id, partition)
    if quarantine:
        rows = [vars(row) for row in quarantine]
        pq.write_table(pa.Table.from_pylist(rows, schema=_QUARANTINE), folder / "_bad.parquet")
        moves["_bad.parquet"] = kept_aside
    else:
        removals.append(kept_aside)
    write_atomic(folder / "receipt.json", receipt.to_json())
    # last: a receipt is only there when everything it speaks of is
    moves["receipt.json"] = receipt_path(rooms, source_id, partition)
    commit(rooms, folder, moves, removals)


def remove_partition(rooms: Rooms, spec: SourceSpec, partition: str) -> None:
    """Remove a partition's receipt, Parquet and quarantine; raw bytes stay."""
    with disk_errors(f"{spec.source_id} {partition}", rooms.landing):
        # the receipt first: without it the next landing replaces whatever is left
        receipt_path(rooms, spec.source_id, partition).unlink(missing_ok=True)
        for table in spec.tables:
            parquet_path(rooms, spec.source_id, table, partition).unlink(missing_ok=True)
        quarantine_path(rooms, spec.source_id, partition).unlink(missing_ok=True)
