"""Publication to a real PostgreSQL server: the same rows, rights, and schemas of others."""

from __future__ import annotations

import json
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from adbc_driver_postgresql import dbapi

from tests.warehouse.postgres_server import Server, ask, schemas, server_or_skip
from tests.warehouse.synthetic_data_dir import (
    CHECK_RESULTS,
    build_data_dir,
    publish_marts,
    relationship_test,
)
from warehouse.paths import DataPaths
from warehouse.release import Published, RunInfo
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


def test_psql_reads_as_the_recipe_says(server: Server, release: Path) -> None:
    """docs/connect/postgresql.md: `psql DSN -c "select …"`, as a member of the reading role."""
    publish_to_postgres(release, server.dsn)
    psql = server.binaries / "psql"
    if not psql.is_file():
        warnings.warn("no psql beside the server: its recipe is not tested", stacklevel=1)
        pytest.skip("no psql")
    ask(server, "drop role if exists psql_reader", "create role psql_reader login",
        f"grant {READER} to psql_reader")  # fmt: skip
    dsn = server.dsn.replace("user=pax", "user=psql_reader")
    manifest = json.loads((release / "manifest.json").read_text())

    def run(sql: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(psql), dsn, "--no-psqlrc", "-At", "-c", sql],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    assert run("select release_id from marts.publish_info").stdout.strip() == release.name
    tables = run("\\dt marts.*").stdout.splitlines()
    assert {line.split("|")[1] for line in tables} == set(manifest["marts"])
    assert "permission denied" in run("delete from marts.dim_country").stderr


def test_a_writer_without_the_right_to_create_roles_gets_a_note(
    server: Server, release: Path
) -> None:
    ask(server, "drop schema if exists marts, analysis cascade", "drop role if exists analyst",
        f"drop owned by {READER}", f"drop role {READER}", "create role writer login",
        "grant create on database postgres to writer")  # fmt: skip
    dsn = server.dsn.replace("user=pax", "user=writer")
    try:
        (note,) = publish_to_postgres(release, dsn).notes
        assert "create role pax_reader nologin" in note
        ask(server, f"create role {READER} nologin")
        assert publish_to_postgres(release, dsn).notes == ()
        ask(server, f"set role {READER}", "select * from marts.publish_info")
    finally:
        ask(server, "drop owned by writer cascade", "drop role writer")


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


def foreign_keys(server: Server) -> set[tuple[str, str, str]]:
    sql = (
        "select conrelid::regclass::text, attname::text, confrelid::regclass::text"
        " from pg_constraint inner join pg_attribute"
        " on attrelid = conrelid and attnum = conkey[1] where contype = 'f'"
    )
    return set(ask(server, sql))


def test_foreign_keys_are_those_of_the_release(server: Server, release: Path) -> None:
    publish_to_postgres(release, server.dsn)
    marts = json.loads((release / "manifest.json").read_text())["marts"]
    expected = {
        (f"marts.{mart}", key["column"], f"marts.{key['references']}")
        for mart, entry in marts.items()
        for key in entry["foreign_keys"]
    }
    assert foreign_keys(server) == expected
    assert len(expected) == 5


def test_a_foreign_key_that_the_rows_do_not_hold_is_a_note(server: Server, tmp_path: Path) -> None:
    paths, manifest = build_data_dir(tmp_path)
    content = json.loads(manifest.read_text())
    content["nodes"]["test.pax_silica.wrong"] = relationship_test(
        "partner_dependency", "entity_id", "dim_country", "country_id"
    )
    manifest.write_text(json.dumps(content))
    wrong = publish_marts(paths, manifest, CHECK_RESULTS, RunInfo("wrong"))
    done = publish_to_postgres(wrong.folder, server.dsn)
    assert done.notes == (
        "no foreign key from partner_dependency.entity_id to dim_country, which lacks"
        " BLOC:PAX_SILICA",
    )
    # two of these reference each other
    assert len(foreign_keys(server)) == 7
