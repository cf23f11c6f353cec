"""Publication to PostgreSQL when something fails, and readers who must not notice any of it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from adbc_driver_postgresql import StatementOptions, dbapi
from rich.console import Console

from orchestration.cli import run_state
from orchestration.cli.input_fingerprint import fingerprint
from orchestration.cli.postgres import publish_if_configured
from orchestration.cli.run import run
from orchestration.cli.run_parameters import parameters
from orchestration.errors import DONE, REFUSED
from tests.warehouse.postgres_server import Server, ask, schemas, server_or_skip
from tests.warehouse.synthetic_data_dir import CHECK_RESULTS, build_data_dir, publish_marts
from warehouse.paths import DataPaths
from warehouse.release import Published, PublishError, RunInfo, rollback, unpin
from warehouse.release.duckdb_file import FILE_NAME
from warehouse.release.postgres import PostgresError, publish_to_postgres
from warehouse.storage.read_only import reading

pytestmark = pytest.mark.xdist_group("postgres")

PUBLISH = (
    "import sys; from pathlib import Path\n"
    "from warehouse.release.postgres import publish_to_postgres\n"
    "publish_to_postgres(Path(sys.argv[1]), sys.argv[2])\n"
)
#: What a reader asks: the sum tells which release answered.
SUM = "select round(sum(concern_share)::numeric, 6)::float8, count(*) from marts.partner_dependency"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    yield from server_or_skip()


@dataclass(frozen=True)
class TwoReleases:
    """A data directory with two releases of other shares; the second one is current."""

    paths: DataPaths
    first: Published
    second: Published


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> TwoReleases:
    data_dir = tmp_path_factory.mktemp("two_releases")
    paths, manifest = build_data_dir(data_dir)
    first = publish_marts(paths, manifest, CHECK_RESULTS, RunInfo("first"))
    build_data_dir(data_dir, nudge=0.05)
    return TwoReleases(paths, first, publish_marts(paths, manifest, CHECK_RESULTS, RunInfo("next")))


def sum_of(folder: Path) -> tuple[Any, ...]:
    """The answer to `SUM` in the release's own file."""
    with reading(folder / FILE_NAME) as release:
        (answer,) = release.execute(SUM.replace("::numeric", "")).fetchall()
    return tuple(answer)


def served(server: Server) -> str:
    ((release_id,),) = ask(server, "select release_id from marts.publish_info")
    return str(release_id)


# readers


@dataclass
class Reader:
    """One client that asks `SUM` until it is told to stop."""

    is_anew: bool = False
    statement: str = SUM
    prepare: str = ""
    errors: list[str] = field(default_factory=list)
    answers: list[tuple[Any, ...]] = field(default_factory=list)

    def read(self, server: Server, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                with (
                    dbapi.connect(server.dsn, autocommit=True) as connection,
                    connection.cursor() as cursor,
                ):
                    if self.prepare:
                        # `copy (...)`, which the driver sends otherwise, takes no `execute`
                        cursor.adbc_statement.set_options(
                            **{StatementOptions.USE_COPY.value: "false"}
                        )
                        cursor.execute(self.prepare)
                    while not stop.is_set():
                        cursor.execute(self.statement)
                        self.answers.append(tuple(cursor.fetchall()[0]))
                        if self.is_anew:
                            break
            except dbapi.Error as error:
                self.errors.append(str(error))
                return


@pytest.mark.parametrize("times", [3, pytest.param(50, marks=pytest.mark.long)])
def test_readers_notice_no_publication(server: Server, two: TwoReleases, times: int) -> None:
    """Each answer is wholly of one release; nobody waits, reconnects or sees an error."""
    publish_to_postgres(two.first.folder, server.dsn)
    readers = [
        Reader(),
        Reader(is_anew=True),
        Reader(prepare=f"prepare shares as {SUM}", statement="execute shares"),
    ]
    stop = threading.Event()
    threads = [threading.Thread(target=reader.read, args=(server, stop)) for reader in readers]
    for thread in threads:
        thread.start()
    for number in range(times):
        publish_to_postgres((two.first if number % 2 else two.second).folder, server.dsn)
    stop.set()
    for thread in threads:
        thread.join(30)
    expected = {sum_of(two.first.folder), sum_of(two.second.folder)}
    assert len(expected) == 2
    for reader in readers:
        assert reader.errors == []
        assert set(reader.answers) == expected
        assert len(reader.answers) > times
    assert schemas(server) == ["analysis", "marts"]


# failures in the middle


@contextmanager
def when_created(server: Server, table: str, then: str) -> Iterator[None]:
    """The server executes `then` (PL/pgSQL) as soon as `table` is created for loading."""
    ask(
        server,
        f"""
        create function public.amid_load() returns event_trigger language plpgsql as $$
        begin
            if exists (
                select 1 from pg_event_trigger_ddl_commands()
                where command_tag = 'CREATE TABLE' and object_identity = 'marts_loading.{table}'
            ) then {then};
            end if;
        end $$
        """,
        "create event trigger amid_load on ddl_command_end when tag in ('CREATE TABLE')"
        " execute function public.amid_load()",
    )
    try:
        yield
    finally:
        ask(server, "drop event trigger amid_load", "drop function public.amid_load")


@pytest.mark.parametrize(
    ("then", "why"),
    [
        ("raise exception 'no space for this table'", "no space for this table"),
        # the copy of the rows fails, after eight tables were filled
        ("alter table marts_loading.partner_dependency add check (year < 0)", "check constraint"),
        (
            "raise exception 'could not extend file' using errcode = 'disk_full'",
            "short of disk.*could not extend file",
        ),
    ],
    ids=["create", "copy", "disk full"],
)
def test_a_failing_statement_amid_the_load_changes_nothing(
    server: Server, two: TwoReleases, then: str, why: str
) -> None:
    publish_to_postgres(two.first.folder, server.dsn)
    with (
        when_created(server, "partner_dependency", then),
        pytest.raises(PostgresError, match=f"(?s){why}.*What to do.*publishes it again"),
    ):
        publish_to_postgres(two.second.folder, server.dsn)
    assert served(server) == two.first.release_id
    assert schemas(server) == ["analysis", "marts"]
    publish_to_postgres(two.second.folder, server.dsn)
    assert served(server) == two.second.release_id


def kill(server: Server) -> None:
    ask(server, "select pg_terminate_backend(pid) from pg_stat_activity where wait_event='PgSleep'")


def stop_and_start(server: Server) -> None:
    server.stop()
    server.start()


@pytest.mark.parametrize("end", [kill, stop_and_start])
def test_a_server_lost_amid_the_load_has_the_former_release(
    server: Server, two: TwoReleases, end: Callable[[Server], None]
) -> None:
    publish_to_postgres(two.first.folder, server.dsn)
    raised: list[PostgresError] = []

    def publish() -> None:
        try:
            publish_to_postgres(two.second.folder, server.dsn)
        except PostgresError as error:
            raised.append(error)

    with when_created(server, "partner_dependency", "perform pg_sleep(60)"):
        thread = threading.Thread(target=publish)
        thread.start()
        wait_until(lambda: n_backends(server, "wait_event = 'PgSleep'") == 1)
        end(server)
        thread.join(30)
    assert "the connection to PostgreSQL was lost" in str(raised[0])
    assert "What to do: when the server runs again" in str(raised[0])
    assert served(server) == two.first.release_id
    assert schemas(server) == ["analysis", "marts"]
    publish_to_postgres(two.second.folder, server.dsn)
    assert served(server) == two.second.release_id


def n_backends(server: Server, condition: str) -> int:
    sql = f"select count(*) from pg_stat_activity where pid <> pg_backend_pid() and {condition}"
    ((n,),) = ask(server, sql)
    return int(n)


def wait_until(holds: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("step", "n_schemas", "is_swapped"),
    [("postgres_loaded", 2, False), ("postgres_swapped", 4, True)],
)
def test_a_killed_publication_is_cleaned_up_by_the_next(
    server: Server, two: TwoReleases, step: str, n_schemas: int, is_swapped: bool
) -> None:
    publish_to_postgres(two.first.folder, server.dsn)
    done = subprocess.run(
        [sys.executable, "-c", PUBLISH, str(two.second.folder), server.dsn],
        env={**os.environ, "PAX_FAILPOINT": step}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == -9, done.stderr
    wait_until(lambda: n_backends(server, "backend_type = 'client backend'") == 0)
    assert served(server) == (two.second if is_swapped else two.first).release_id
    assert len(schemas(server)) == n_schemas
    assert publish_to_postgres(two.second.folder, server.dsn).notes == ()
    assert served(server) == two.second.release_id
    assert schemas(server) == ["analysis", "marts"]


def test_two_publications_at_once_are_refused(server: Server, two: TwoReleases) -> None:
    publish_to_postgres(two.first.folder, server.dsn)
    with when_created(server, "partner_dependency", "perform pg_sleep(60)"):
        first = subprocess.Popen(
            [sys.executable, "-c", PUBLISH, str(two.second.folder), server.dsn],
            stderr=subprocess.DEVNULL,
        )
        wait_until(lambda: n_backends(server, "wait_event = 'PgSleep'") == 1)
        with pytest.raises(PostgresError, match="another publication"):
            publish_to_postgres(two.second.folder, server.dsn)
        kill(server)
        assert first.wait(30) != 0
    assert served(server) == two.first.release_id


# no server


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://user:hunter2@localhost:1/none",
        "host=/nowhere user=u password=hunter2",
        "host=/nowhere user=u password 'hunter2'",
        "postgresql://user:hunter2@localhost:port/none",
        "postgresql:///none?host=/nowhere&password=hunter2",
    ],
)
def test_a_wrong_dsn_is_refused_without_its_password(two: TwoReleases, dsn: str) -> None:
    with pytest.raises(PostgresError, match="What to do") as raised:
        publish_to_postgres(two.second.folder, dsn)
    assert "hunter2" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_a_damaged_release_is_refused(server: Server, two: TwoReleases, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_bytes((two.first.folder / "manifest.json").read_bytes())
    (tmp_path / FILE_NAME).write_bytes(b"not a database")
    with pytest.raises(PublishError, match="could not read"):
        publish_to_postgres(tmp_path, server.dsn)


class TestCommandLine:
    """`pax run` and `pax publish` with PAX_POSTGRES_DSN: what a database lacks is published."""

    @pytest.fixture
    def console(self) -> Console:
        return Console(width=200, record=True, force_terminal=False)

    @pytest.fixture
    def nothing_new(self, two: TwoReleases, monkeypatch: pytest.MonkeyPatch) -> DataPaths:
        """The data directory as a whole run leaves it: its inputs have not changed since."""
        monkeypatch.setenv("PAX_HOME", str(two.paths.data_dir))
        chosen = parameters()
        before = run_state.LastRun(
            run_id="next", started_at=datetime.now(UTC).isoformat(), seconds=1.0, exit_code=DONE,
            outcome="published", fingerprint=fingerprint(two.paths, chosen.as_dict()),
            parameters=chosen.as_dict(), release_id=two.second.release_id,
            summary={"landed": [], "checks": {}, "failed_checks": [], "failures": [],
                     "release": None, "outcome": "published", "seconds": 1.0},
        )  # fmt: skip
        run_state.write(two.paths, before)
        return two.paths

    def test_a_run_with_nothing_new_publishes_what_failed_before(
        self,
        server: Server,
        two: TwoReleases,
        nothing_new: DataPaths,
        console: Console,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        publish_to_postgres(two.first.folder, server.dsn)
        monkeypatch.setenv("PAX_POSTGRES_DSN", server.dsn)
        server.stop()
        try:
            assert run(nothing_new, parameters(), console) == REFUSED
        finally:
            server.start()
        text = console.export_text()
        assert "nothing new" in text
        assert f"PostgreSQL lacks {two.second.release_id}" in text
        assert "cannot be reached" in text
        assert "`pax run` or `pax publish --postgres DSN` publishes it again" in text
        assert nothing_new.current.resolve() == two.second.folder, "the release stands"

        assert run(nothing_new, parameters(), console) == DONE
        text = console.export_text()
        assert f"PostgreSQL had {two.first.release_id}" in text
        assert f"PostgreSQL has {two.second.release_id}" in text
        assert served(server) == two.second.release_id

        before = ask(server, "select 'marts'::regnamespace::oid")
        assert run(nothing_new, parameters(), console) == DONE
        assert f"PostgreSQL already has {two.second.release_id}" in console.export_text()
        assert ask(server, "select 'marts'::regnamespace::oid") == before, "not loaded again"

    def test_a_rollback_is_followed(
        self,
        server: Server,
        two: TwoReleases,
        console: Console,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("PAX_POSTGRES_DSN", server.dsn)
        assert publish_if_configured(two.paths, console) == DONE
        rollback(two.paths, two.first.release_id)
        try:
            assert publish_if_configured(two.paths, console) == DONE
            assert served(server) == two.first.release_id
        finally:
            unpin(two.paths)
        assert publish_if_configured(two.paths, console) == DONE
        assert served(server) == two.second.release_id

    def test_an_empty_database_gets_its_first_release(
        self,
        server: Server,
        two: TwoReleases,
        console: Console,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        ask(server, "drop schema if exists marts, analysis cascade")
        monkeypatch.setenv("PAX_POSTGRES_DSN", server.dsn)
        assert publish_if_configured(two.paths, console) == DONE
        assert "PostgreSQL had no release" in console.export_text()
        assert served(server) == two.second.release_id
