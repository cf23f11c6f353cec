"""The views and functions of a whole release give the same answers in PostgreSQL as in DuckDB."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
from adbc_driver_postgresql import dbapi

from tests.orchestration.conftest import FinishedRun
from tests.warehouse.postgres_server import Server, server_or_skip
from warehouse.release.duckdb_file import FILE_NAME
from warehouse.release.postgres import publish_to_postgres
from warehouse.storage.read_only import quoted, reading

pytestmark = [pytest.mark.xdist_group("whole_run"), pytest.mark.long]
#: Days and the days on which they were known, which the functions are asked for.
DAYS = [("2026-11-29", "2026-11-29"), ("2025-11-08", "2025-10-20"), ("2024-06-30", "2026-06-30")]
Row = tuple[object, ...]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    yield from server_or_skip()


def test_views_and_functions_give_the_same_answers(whole_run: FinishedRun, server: Server) -> None:
    folder = whole_run.paths.current.resolve()
    publish_to_postgres(folder, server.dsn)
    with reading(folder / FILE_NAME) as release, dbapi.connect(server.dsn) as connection:
        views = release.execute(
            "select view_name from duckdb_views() where schema_name = 'analysis'"
        ).fetchall()
        macros = release.execute(
            "select function_name from duckdb_functions()"
            " where schema_name = 'marts' and function_type = 'table_macro'"
        ).fetchall()
        assert len(views) >= 8
        assert len(macros) >= 2
        asked = [f"analysis.{quoted(name)}" for (name,) in views]
        asked += [
            f"marts.{quoted(name)}(date '{day}', date '{known}')"
            for (name,) in macros
            for day, known in DAYS
        ]
        for relation in asked:
            sql = f"select * from {relation}"
            expected = release.sql(sql).to_arrow_table().to_pylist()
            with connection.cursor() as cursor:
                cursor.execute(sql)
                found = cursor.fetch_arrow_table().to_pylist()
            assert len(found) == len(expected), relation
            pairs = zip(in_order(found), in_order(expected), strict=True)
            assert [pair for pair in pairs if not same(*pair)][:3] == [], relation


def in_order(rows: list[dict[str, object]]) -> list[Row]:
    """Rows by their values; floats by nine digits: the sums of two engines differ in the last."""
    values = [tuple(row.values()) for row in rows]
    return sorted(
        values,
        key=lambda row: [
            (v is None, f"{v:.9g}" if isinstance(v, float) else str(v)) for v in row
        ],
    )  # fmt: skip


def same(found: Row, expected: Row) -> bool:
    return all(
        math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
        if isinstance(a, float) and isinstance(b, float)
        else a == b
        for a, b in zip(found, expected, strict=True)
    )
