"""PostgreSQL takes every view and function of the bundled release, over tables without rows.

The long tests compare their answers; this one finds within seconds what is no SQL there.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.orchestration.conftest import FinishedRun
from tests.warehouse.postgres_server import Server, ask, server_or_skip
from warehouse.release.duckdb_file import FILE_NAME
from warehouse.release.postgres.sql import column_type, functions_sql, views_sql
from warehouse.storage.read_only import quoted, reading

pytestmark = pytest.mark.xdist_group("whole_run")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    yield from server_or_skip()


def test_views_and_functions_are_sql_of_postgresql(whole_run: FinishedRun, server: Server) -> None:
    with reading(whole_run.paths.current.resolve() / FILE_NAME) as release:
        columns: dict[str, list[str]] = {}
        for table, name, kind in release.execute(
            "select table_name, column_name, data_type from duckdb_columns()"
            " where schema_name = 'marts' order by table_name, column_index"
        ).fetchall():
            columns.setdefault(table, []).append(f"{quoted(name)} {column_type(kind)}")
        tables = [
            f"create table marts.{quoted(table)} ({', '.join(listed)})"
            for table, listed in columns.items()
        ]
        views, functions = list(views_sql(release)), list(functions_sql(release))
    assert len(views) >= 9
    assert len(functions) >= 2
    ask(server, "create schema marts", *tables, "create schema analysis", *views, *functions)
    for name in ("active_clauses", "control_exposure_asof"):
        ask(server, f"select count(*) from marts.{name}()")
