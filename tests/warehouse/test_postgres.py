"""Publication to a real PostgreSQL server: the same rows, rights, and schemas of others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from adbc_driver_postgresql import dbapi

from tests.warehouse.postgres_server import Server, ask, schemas, server_or_skip
from warehouse.paths import DataPaths
from warehouse.release import Published
from warehouse.release.duckdb_file import FILE_NAME
from warehouse.release.postgres import READER, PostgresError, publish_to_postgres, redact
from warehouse.storage.read_only import quoted, reading

pytestmark = pytest.mark.xdist_group("postgres")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    yield from server_or_skip()


@pytest.fixture(scope="module")
def release(published: tuple[DataPaths, Published]) -> Path:
    return published[1].folder


def test_every_table_has_the_rows_of_the_release(server: Server, release: Path) -> None:
    done = publish_to_postgres(release, server.dsn)
    with reading(release / FILE_NAME) as duckdb_file:
        tables = [
            name
            for (name,) in duckdb_file.execute(
                "select table_name from duckdb_tables() where schema_name = 'marts'"
            ).fetchall()
        ]
        n_rows = 0
        for table in tables:
            columns = [
                quoted(name)
                for name, kind, *_ in duckdb_file.execute(f"describe marts.{table}").fetchall()
                if "MAP" not in kind and "UBIGINT" not in kind
            ]
            sql = f"select {', '.join(columns)} from marts.{table}"
            expected = duckdb_file.sql(sql).to_arrow_table().to_pylist()
            with dbapi.connect(server.dsn) as connection, connection.cursor() as cursor:
                cursor.execute(sql)
                found = cursor.fetch_arrow_table().to_pylist()
            assert sorted(map(repr, found)) == sorted(map(repr, expected)), table
            n_rows += len(expected)
    assert done.n_tables == len(tables)
    assert done.n_rows == n_rows > 0
    assert schemas(server) == ["analysis", "marts"]


def test_comments_name_the_publishers(server: Server, release: Path) -> None:
    publish_to_postgres(release, server.dsn)
    ((comment,),) = ask(server, "select obj_description('marts'::regnamespace, 'pg_namespace')")
    assert comment.startswith("Pax Silica release ")
    assert "Attribution: " in comment
    ((bare,),) = ask(
        server,
        "select count(*) from information_schema.columns where table_schema = 'marts' and"
        " col_description(format('%I.%I', table_schema, table_name)::regclass, ordinal_position)"
        " is null",
    )
    assert bare == 0


def test_the_reader_reads_and_writes_nothing(server: Server, release: Path) -> None:
    publish_to_postgres(release, server.dsn)
    ask(server, "drop role if exists analyst")
    ask(server, f"create role analyst in role {READER}")
    ((n,),) = ask(server, "set role analyst", "select count(*) from marts.publish_info")
    assert n == 1
    for forbidden in ("delete from marts.publish_info", "create table marts.x (a int)"):
        with pytest.raises(dbapi.Error, match="permission denied"):
            ask(server, "set role analyst", forbidden)


def test_grants_are_issued_again_and_no_more(server: Server, release: Path) -> None:
    publish_to_postgres(release, server.dsn)
    ask(server, "create role narrow", "grant usage on schema marts to narrow",
        "grant select on marts.publish_info to narrow")  # fmt: skip
    publish_to_postgres(release, server.dsn)
    assert ask(server, "set role narrow", "select count(*) from marts.publish_info") == [(1,)]
    with pytest.raises(dbapi.Error, match="permission denied"):
        ask(server, "set role narrow", "select count(*) from marts.dim_country")


def test_an_open_transaction_keeps_the_former_schema_until_the_next(
    server: Server, release: Path
) -> None:
    publish_to_postgres(release, server.dsn)
    with dbapi.connect(server.dsn) as connection, connection.cursor() as cursor:
        cursor.execute("select count(*) from marts.dim_country")
        cursor.fetchall()
        done = publish_to_postgres(release, server.dsn, lock_timeout_seconds=0.2)
        assert any("being read" in note for note in done.notes), done.notes
        assert len(schemas(server)) > 2
        connection.rollback()
    publish_to_postgres(release, server.dsn)
    assert schemas(server) == ["analysis", "marts"]


def test_views_of_others_are_kept(server: Server, release: Path) -> None:
    publish_to_postgres(release, server.dsn)
    ask(server, "create view public.mine as select * from marts.dim_country")
    done = publish_to_postgres(release, server.dsn)
    assert any("used by mine" in note for note in done.notes), done.notes
    assert ask(server, "select count(*) > 0 from public.mine") == [(True,)]
    ask(server, "drop view public.mine")
    assert publish_to_postgres(release, server.dsn).notes == ()


def test_a_schema_of_others_is_never_replaced(server: Server, release: Path) -> None:
    ask(server, "drop schema if exists marts, analysis cascade", "create schema marts")
    try:
        with pytest.raises(PostgresError, match="not of a release"):
            publish_to_postgres(release, server.dsn)
    finally:
        ask(server, "drop schema marts")


def test_redacting_an_encoded_password() -> None:
    assert redact("p@ss and p%40ss", "postgresql://u:p%40ss@h/d") == "*** and ***"
