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
from warehouse.storage.atomic_write import (
    commit,
    disk_errors,
    finish_commits,
    sha256_of,
    staged,
    write_atomic,
    write_parquet,
)
from warehouse.storage.load_records import (
    is_accepted,
    load_record_path,
    read_accepted,
    read_load_record,
)

_QUARANTINE = pa.schema(
    {"reason": pa.string(), "file": pa.string(), "line": pa.int64(), "raw_text": pa.string()}
)


def parquet_path(paths: DataPaths, source_id: str, table: str, partition: str) -> Path:
    """The Parquet file of a landed table and partition."""
    return paths.landing / source_id / table / f"{file_stem(partition)}.parquet"


#: The quarantined rows of a partition, where it lies in a folder of its own.
QUARANTINE = "_quarantine.parquet"


def quarantine_path(paths: DataPaths, source_id: str, partition: str) -> Path:
    """The quarantined rows of a partition."""
    return paths.quarantine / source_id / f"{file_stem(partition)}.parquet"


def partition_files(paths: DataPaths, spec: SourceSpec, partition: str) -> dict[str, Path]:
    """Every file that a partition may have, by its name where the partition lies in a folder."""
    source_id = spec.source_id
    return {
        **{f"{t}.parquet": parquet_path(paths, source_id, t, partition) for t in spec.tables},
        QUARANTINE: quarantine_path(paths, source_id, partition),
        # last: a load record exists only when all its files do
        "load_record.json": load_record_path(paths, source_id, partition),
    }


def accepted_folder(paths: DataPaths, source_id: str, partition: str) -> Path:
    """The version of a partition that last passed its checks, while a newer one is unchecked."""
    return paths.landing / ".accepted" / source_id / file_stem(partition)


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
        if path.is_file() and sha256_of(path) == file.sha256:
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


def damaged_files(paths: DataPaths, record: LoadRecord) -> list[str]:
    """The tables of a partition whose Parquet file is missing or differs from its hash."""
    found = []
    for table, landed in record.tables.items():
        path = parquet_path(paths, record.source_id, table, record.partition)
        if not path.is_file():
            found.append(f"{table} is missing")
        elif sha256_of(path) != landed.sha256:
            found.append(f"{table} differs from its hash in the load record")
    return found


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
    places = partition_files(paths, spec, record.partition)
    names = {f"{table}.parquet" for table in record.tables} | {"load_record.json"}
    if quarantine:
        names.add(write_quarantine(folder, quarantine))
    write_atomic(folder / "load_record.json", record.to_json())
    commit(
        paths,
        folder,
        moves={name: place for name, place in places.items() if name in names},
        removals=[place for name, place in places.items() if name not in names],
        renames=_accepted_renames(paths, spec, record.partition),
    )


def write_quarantine(folder: Path, quarantine: Sequence[QuarantinedRow]) -> str:
    """Write the rows that cannot be read, one each with reason, file, line and text; the name."""
    rows = [vars(row) for row in quarantine]
    pq.write_table(pa.Table.from_pylist(rows, schema=_QUARANTINE), folder / QUARANTINE)
    return QUARANTINE


def _accepted_renames(
    paths: DataPaths, spec: SourceSpec, partition: str
) -> list[tuple[Path, Path]]:
    """The accepted version steps aside for a new one, until the checks have decided."""
    folder = accepted_folder(paths, spec.source_id, partition)
    there = read_load_record(paths, spec.source_id, partition)
    if (folder / "load_record.json").exists() or there is None:
        return []
    # a data directory of an older version has no such list: nothing else could stay in it
    has_list = read_accepted(paths, spec.source_id) is not None
    if has_list and not is_accepted(paths, there):
        return []
    files = partition_files(paths, spec, partition)
    return [(path, folder / name) for name, path in files.items() if path.exists()]


def remove_partition(paths: DataPaths, spec: SourceSpec, partition: str) -> None:
    """Remove a partition's load record, Parquet and quarantine, all or nothing; raw bytes stay.

    The version that it replaced comes back, as long as no check has accepted the newer one.

    Raises:
        LandingError: nothing was removed, or the next landing completes it.
    """
    there = partition_files(paths, spec, partition)
    accepted = accepted_folder(paths, spec.source_id, partition)
    with disk_errors(f"{spec.source_id} {partition}", paths.landing):
        finish_commits(paths)
        stem = f"{spec.source_id}__{file_stem(partition)}"
        with staged(paths, f"{stem}.removed") as removed, staged(paths, stem) as folder:
            # moved, not deleted: a commit that is finished twice must not take what came back
            renames = [(path, removed / name) for name, path in there.items() if path.exists()]
            renames += [
                (accepted / name, path)
                for name, path in there.items()
                if (accepted / name).exists()
            ]
            commit(paths, folder, {}, renames=renames)
        if accepted.exists():
            accepted.rmdir()
