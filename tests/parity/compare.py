"""Compare a table of DuckDB with the same table as Spark wrote it: types, keys, every value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

#: Relative difference up to which two floats are equal: engines add in another order.
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Compared:
    """One table of both engines.

    Attributes:
        key: columns that the rows are joined on.
        largest: largest relative difference of two floats.
        differences: what is not equal, in words; empty if all is.
    """

    table: str
    n_rows: int
    n_columns: int
    key: Sequence[str]
    largest: float
    differences: Sequence[str]


def spark_files(folder: Path, table: str) -> str:
    """The Parquet files of a table below Spark's warehouse folder, as a pattern."""
    schema, _, name = table.partition(".")
    return str(folder / f"{schema}.db" / name / "*.parquet")


def declared_key(manifest: Mapping[str, Any], table: str) -> list[str]:
    """The columns that a test of the project proves to be a key of the table, or none."""
    keys = [
        node["test_metadata"]["kwargs"]["combination_of_columns"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        and (node.get("test_metadata") or {}).get("name") == "unique_combination_of_columns"
        and not node["config"].get("where")
        and (of := manifest["nodes"].get(node.get("attached_node") or ""))
        and f"{of['schema']}.{of['alias']}" == table
    ]
    return min(keys, key=len, default=[])


def engine_specific_columns(manifest: Mapping[str, Any], table: str) -> list[str]:
    """Columns that the project declares to be other in each engine: short keys by a hash."""
    nodes = [n for n in manifest["nodes"].values() if f"{n['schema']}.{n['alias']}" == table]
    return [name for n in nodes for name in n["config"]["meta"].get("engine_specific_columns", [])]


def compare(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    files: str,
    key: Sequence[str] = (),
    without: Sequence[str] = (),
) -> Compared:
    """Full join of both on `key`; without one on all columns but the floats. Columns named in
    `without` are left out.

    Raises:
        duckdb.Error: one of the two cannot be read.
    """
    columns = f"* exclude ({', '.join(without)})" if without else "*"
    connection.execute(f"create or replace temp view ours as select {columns} from {table}")
    connection.execute(
        f"create or replace temp view theirs as select {columns} from read_parquet('{files}')"
    )
    types, other_types = _types(connection, "ours"), _types(connection, "theirs")
    n_rows = int(_number(connection, "select count(*) from ours"))
    if types != other_types:
        wrong = sorted(set(types.items()) ^ set(other_types.items()))
        return Compared(table, n_rows, len(types), key, 0.0, [f"types or columns differ: {wrong}"])
    floats = [name for name, kind in types.items() if kind == "DOUBLE"]
    if not key and not floats:
        return Compared(table, n_rows, len(types), [], 0.0, _differing_rows(connection))
    key = list(key) or [name for name in types if name not in floats]
    differences = _join(connection, key)
    for name, kind in types.items():
        if name not in key:
            differences += _unequal(connection, key, name, kind)
    largest = max((_largest(connection, name) for name in floats), default=0.0)
    return Compared(table, n_rows, len(types), key, largest, differences)


def _differing_rows(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Rows of a table of exact values without a key, each as often as it stands there."""
    rows = "select count(*) from (from {} except all from {})"
    counted = {
        "rows are only in DuckDB": rows.format("ours", "theirs"),
        "rows are only in Spark": rows.format("theirs", "ours"),
    }
    return [f"{n} {words}" for words, sql in counted.items() if (n := _number(connection, sql))]


def _join(connection: duckdb.DuckDBPyConnection, key: Sequence[str]) -> list[str]:
    """Make the table `joined` of the rows `a` of DuckDB and `b` of Spark; what has no partner."""
    names = ", ".join(key)
    on = " and ".join(f"ours.{name} is not distinct from theirs.{name}" for name in key)
    connection.execute(
        "create or replace temp table joined as select ours as a, theirs as b "
        f"from ours full join theirs on {on}"
    )
    repeated = "select count(*) from (select 1 from {} group by {} having count(*) > 1)"
    counted = {
        "keys of DuckDB stand more than once": repeated.format("ours", names),
        "keys of Spark stand more than once": repeated.format("theirs", names),
        "rows are only in DuckDB": "select count(*) from joined where b is null",
        "rows are only in Spark": "select count(*) from joined where a is null",
    }
    return [f"{n} {words}" for words, sql in counted.items() if (n := _number(connection, sql))]


def _unequal(
    connection: duckdb.DuckDBPyConnection, key: Sequence[str], name: str, kind: str
) -> list[str]:
    a, b = f"a.{name}", f"b.{name}"
    condition = f"{a} is distinct from {b}"
    if kind == "DOUBLE":
        condition += f" and coalesce(not {_gap(name)} <= {TOLERANCE}, true)"
    rows = f"from joined where a is not null and b is not null and {condition}"
    n = _number(connection, f"select count(*) {rows}")
    if not n:
        return []
    keys = ", ".join(f"a.{column}" for column in key)
    example = connection.execute(f"select {keys}, {a}, {b} {rows} limit 1").fetchone()
    return [f"{name}: {n} values differ, such as {example}"]


def _largest(connection: duckdb.DuckDBPyConnection, name: str) -> float:
    return _number(connection, f"select max({_gap(name)}) from joined where a.{name} <> b.{name}")


def _gap(name: str) -> str:
    """The relative difference of two floats that are not equal."""
    return f"abs(a.{name} - b.{name}) / greatest(abs(a.{name}), abs(b.{name}))"


def _types(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    described = connection.execute(f"describe {relation}").fetchall()
    return {name: kind for name, kind, *_ in described}


def _number(connection: duckdb.DuckDBPyConnection, sql: str) -> float:
    row = connection.execute(sql).fetchone()
    return row[0] or 0 if row else 0
