"""Each mart as one Parquet file whose bytes depend on the rows alone."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.paths import DataPaths
from warehouse.release.dbt_manifest import Mart, read_catalog
from warehouse.release.errors import PublishError, publish_errors
from warehouse.release.export_state import (
    ExportedFile,
    ExportState,
    read_states,
    state_of,
    write_states,
)
from warehouse.storage.atomic_write import sha256_of
from warehouse.storage.machine import memory_limit, usable_cores
from warehouse.storage.read_only import literal, quoted, reading

#: A multiple of DuckDB's vector (2048), so that batches and row groups fall together.
ROW_GROUP = 122_880


@dataclass(frozen=True)
class MartFile:
    """One written mart."""

    name: str
    path: Path
    rows: int
    size: int
    sha256: str
    columns: tuple[tuple[str, str], ...]  # name, DuckDB type
    key: tuple[str, ...]


def column_types(connection: duckdb.DuckDBPyConnection, mart: str) -> tuple[tuple[str, str], ...]:
    """Names and DuckDB types of a mart's columns, in order; empty when there is no such table."""
    # duckdb_columns() would bind every view of the database, and with it the landed Parquet
    try:
        found = connection.execute(f"describe marts.{quoted(mart)}").fetchall()
    except duckdb.CatalogException:
        return ()
    return tuple((name, data_type) for name, data_type, *_ in found)


def _refuse_double_keys(
    connection: duckdb.DuckDBPyConnection, mart: str, key: Sequence[str]
) -> None:
    columns = ", ".join(quoted(column) for column in key)
    double = connection.execute(
        f"select {columns}, count(*) as n_rows from marts.{quoted(mart)}"
        f" group by {columns} having count(*) > 1 order by all limit 3"
    ).fetchall()
    if double:
        raise PublishError(
            f"mart {mart}: its key ({', '.join(key)}) is not unique, for example {double}",
            remedy="mend the model; the key is what readers join on",
        )


def write_table(path: Path, reader: pa.RecordBatchReader) -> int:
    """Write batches as zstd Parquet with fixed row groups; give the number of rows."""
    rows = 0
    with pq.ParquetWriter(path, reader.schema, compression="zstd", compression_level=3) as writer:
        for batch in reader:
            writer.write_batch(batch, row_group_size=ROW_GROUP)
            rows += batch.num_rows
    return rows


def described(
    path: Path, rows: int, columns: tuple[tuple[str, str], ...], key: Sequence[str]
) -> MartFile:
    """A written file with its size and hash."""
    return MartFile(
        path.stem, path, rows, path.stat().st_size, sha256_of(path), columns, tuple(key)
    )


def _columns_of(connection: duckdb.DuckDBPyConnection, mart: str) -> tuple[tuple[str, str], ...]:
    columns = column_types(connection, mart)
    if not columns:
        raise PublishError(
            f"mart {mart} is not in the working database", remedy="run dbt for it, then publish"
        )
    return columns


def write_mart(
    connection: duckdb.DuckDBPyConnection, mart: str, key: Sequence[str], folder: Path
) -> MartFile:
    """Write one mart ordered by its key (by all its columns where it declares none).

    Raises:
        PublishError: the mart is missing, or its key names no column or not one row each.
    """
    columns = _columns_of(connection, mart)
    names = [name for name, _ in columns]
    if unknown := [column for column in key if column not in names]:
        raise PublishError(f"mart {mart} has no column {', '.join(unknown)} that its key names")
    if key:
        _refuse_double_keys(connection, mart, key)
    order = ", ".join(f"{quoted(column)} asc nulls last" for column in key or names)
    relation = connection.sql(f"select * from marts.{quoted(mart)} order by {order}")
    path = folder / f"{mart}.parquet"
    rows = write_table(path, relation.to_arrow_reader(ROW_GROUP))
    return described(path, rows, columns, key)


def export_marts(
    paths: DataPaths, manifest_json: Path, on_progress: Callable[[str], None] | None = None
) -> list[MartFile]:
    """Write every mart of the working database to `paths.release_parquet`.

    One file per mart that dbt's manifest names, ordered by its key: equal rows give equal bytes. A
    mart with the rows of the last export keeps its file.

    Raises:
        PublishError: no working database, a mart is missing, or its key is not unique.
    """
    folder = paths.release_parquet
    spill = folder / ".spill"
    with publish_errors(paths.data_dir):
        marts = read_catalog(manifest_json, paths.database)
    with publish_errors(paths.data_dir), open_working_database(paths, spill) as connection:
        folder.mkdir(parents=True, exist_ok=True)
        last = read_states(folder)
        now: dict[str, ExportedFile] = {}

        def export(mart: Mart) -> MartFile:
            with connection.cursor() as own:
                state = state_of(own, mart.name, _columns_of(own, mart.name), mart.key)
                file = _kept(own, mart, folder, state, last.get(mart.name))
                file = file or write_mart(own, mart.name, mart.key, folder)
            now[mart.name] = ExportedFile(state, file.sha256)
            return file

        files = []
        with ThreadPoolExecutor(2) as pool:  # one mart is sorted while another is compressed
            for file in pool.map(export, marts):
                if on_progress:
                    on_progress(f"wrote {file.name}")
                files.append(file)
        for path in {*folder.glob("*.parquet")} - {file.path for file in files}:
            path.unlink()
        write_states(folder, now)
    shutil.rmtree(spill, ignore_errors=True)
    return files


def _kept(
    connection: duckdb.DuckDBPyConnection,
    mart: Mart,
    folder: Path,
    state: ExportState,
    last: ExportedFile | None,
) -> MartFile | None:
    """The file of the last export, if it is whole and of the same rows."""
    path = folder / f"{mart.name}.parquet"
    if last is None or last.state != state or not path.is_file():
        return None
    columns = column_types(connection, mart.name)
    file = described(path, state.n_rows, columns, mart.key)
    return file if file.sha256 == last.sha256 else None


@contextmanager
def open_working_database(paths: DataPaths, spill: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The working database, read-only, with a folder for sorts that outgrow memory.

    Raises:
        PublishError: there is none yet.
    """
    if not paths.database.is_file():
        raise PublishError(
            f"there is no working database at {paths.database}", remedy="run dbt, then publish"
        )
    with reading(
        paths.database, threads=usable_cores(), memory_limit=memory_limit(), spill=spill
    ) as connection:
        yield connection


def read_exported(
    connection: duckdb.DuckDBPyConnection, mart: str, key: Sequence[str], folder: Path
) -> MartFile:
    """What `export_marts` wrote of a mart, compared with the working database.

    Raises:
        PublishError: the file is missing, or the mart was built again since.
    """
    path = folder / f"{mart}.parquet"
    again = "export the marts again (`pax run` does), then publish"
    if not path.is_file():
        raise PublishError(f"mart {mart} was not exported to {folder}", remedy=again)
    columns = column_types(connection, mart)
    found = pq.read_schema(path).names
    if found != [name for name, _ in columns]:
        raise PublishError(f"mart {mart} has other columns than its export", remedy=again)
    rows = pq.read_metadata(path).num_rows
    (n_rows,) = connection.execute(f"select count(*) from marts.{quoted(mart)}").fetchone() or (0,)
    if rows != n_rows:
        raise PublishError(f"mart {mart} has {n_rows} rows, its export {rows}", remedy=again)
    return described(path, rows, columns, key)


def read_sql(file: MartFile) -> str:
    """A select that gives back the file's rows with the types that the mart has."""
    columns = ", ".join(
        f"cast({quoted(name)} as {kind}) as {quoted(name)}" for name, kind in file.columns
    )
    return f"select {columns} from read_parquet({literal(str(file.path))})"
