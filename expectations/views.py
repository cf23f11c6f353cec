"""What a suite looks at: a DuckDB connection with the views that its queries may name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from expectations.suites import ROOM, Suite
from warehouse.paths import DataPaths
from warehouse.storage.read_only import literal, open_reading, quoted

BASELINES = ROOM / "baselines"
_RECEIPTS = pa.schema(
    {
        "source_id": pa.string(),
        "partition": pa.string(),
        "table_name": pa.string(),
        "edition": pa.string(),
        "known_from_date": pa.date32(),
        "access_method": pa.string(),
        "n_rows": pa.int64(),
    }
)
_PARAMETERS = pa.schema({"as_known_on": pa.date32(), "as_of_date": pa.date32()})
_BASELINE = pa.schema({"partition": pa.string(), "n_rows": pa.int64()})


@contextmanager
def arrival_views(paths: DataPaths, suite: Suite) -> Iterator[duckdb.DuckDBPyConnection]:
    """The landed Parquet of one table."""
    source_id, table = suite.subject.split(".")
    with duckdb.connect() as connection:
        glob = literal(f"{paths.landing / source_id / table}/*.parquet")
        connection.execute(
            f"create view data as select * from read_parquet({glob}, union_by_name = true)"
        )
        add_run_views(connection, _receipts(paths, [source_id], table), _parameters(paths))
        connection.register("baseline", baseline(suite.subject))
        yield connection


_shared: list[duckdb.DuckDBPyConnection] = []
_is_shared = False


@contextmanager
def sharing() -> Iterator[None]:
    """Open the working database once for all suites judged inside: opening costs 50 ms."""
    global _is_shared
    _is_shared = True
    try:
        yield
    finally:
        _is_shared = False
        let_go()


def let_go() -> None:
    """Close what `sharing` holds open, so that others may open the database their own way."""
    while _shared:
        _shared.pop().close()


@contextmanager
def departure_views(paths: DataPaths, suite: Suite) -> Iterator[duckdb.DuckDBPyConnection]:
    """A mart in the working database, and the same mart in the release that is served."""
    if _is_shared and not _shared:
        # DuckDB gives a second connection of the same settings the database that is open
        _shared.append(open_reading(paths.database))
    connection = open_reading(paths.database)
    try:
        mart = f"marts.{quoted(suite.subject)}"
        connection.execute(f"create temp view data as select * from {mart}")
        add_run_views(connection, _receipts(paths, suite.sources), _parameters(paths))
        before = previous(paths, suite.subject)
        if before is not None:
            connection.register("previous", before)
        yield connection
    finally:
        connection.close()


def add_run_views(
    connection: duckdb.DuckDBPyConnection, receipts: pa.Table, parameters: pa.Table
) -> None:
    """`receipts`, `parameters`, and `known_receipts`: those known on the run's day."""
    connection.register("receipts", receipts)
    connection.register("parameters", parameters)
    connection.execute(
        "create temp view known_receipts as select * from receipts "
        "where known_from_date <= (select as_known_on from parameters) and n_rows > 0"
    )


def baseline(subject: str, folder: Path = BASELINES) -> pa.Table:
    """Rows per partition as they are in the bundle, from `baselines/<source>.json`."""
    path = folder / f"{subject.split('.')[0]}.json"
    known: Mapping[str, Mapping[str, int]] = (
        json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    )
    rows = known.get(subject.partition(".")[2], {})
    return pa.table([list(rows), list(rows.values())], schema=_BASELINE)


def previous(paths: DataPaths, mart: str) -> pa.Table | None:
    """The mart in the served release, or None where a comparison would say nothing: there is no
    release yet, or it was built for another knowledge day."""
    release = paths.current / "parquet"
    card, table = release / "publish_info.parquet", release / f"{mart}.parquet"
    if not card.is_file() or not table.is_file():
        return None
    day: date = pq.read_table(card, columns=["as_known_on"]).to_pylist()[0]["as_known_on"]
    today = _parameters(paths).to_pylist()[0]["as_known_on"]
    return pq.read_table(table) if day == today else None


def _receipts(paths: DataPaths, sources: Sequence[str], table: str | None = None) -> pa.Table:
    path = paths.landing / "run" / "load_records" / "load_records.parquet"
    if not path.is_file():
        return _RECEIPTS.empty_table()
    rows = [
        row
        for row in pq.read_table(path, columns=_RECEIPTS.names).to_pylist()
        if row["source_id"] in sources and (table is None or row["table_name"] == table)
    ]
    return pa.Table.from_pylist(rows, schema=_RECEIPTS)


def _parameters(paths: DataPaths) -> pa.Table:
    path = paths.landing / "run" / "parameters" / "parameters.parquet"
    if path.is_file():
        return pq.read_table(path)
    return pa.Table.from_pylist(
        [{"as_known_on": date(9999, 12, 31), "as_of_date": None}], schema=_PARAMETERS
    )
