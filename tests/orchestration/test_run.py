"""The whole run on the bundled figures, and what must not happen when it is disturbed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from expectations.suites import load_suites
from orchestration.cli import run_state
from orchestration.cli.execute_job import Outcome
from orchestration.cli.input_fingerprint import changed, fingerprint
from orchestration.cli.run import exit_code
from orchestration.cli.run_parameters import parameters
from orchestration.defs.ingestion.ingest import land_source
from orchestration.resources import IngestConfig
from sources.kit.catalog import catalog
from tests.orchestration.conftest import Ran, call
from warehouse.paths import PROJECT, DataPaths
from warehouse.storage.load_records import mark_stale

whole = pytest.mark.xdist_group("whole_run")


def current(paths: DataPaths) -> str:
    return paths.current.resolve().name


def opened(paths: DataPaths) -> duckdb.DuckDBPyConnection:
    """The served release, as a plain client opens it."""
    return duckdb.connect(str(paths.current / "pax_silica.duckdb"), read_only=True)


def marts_of(paths: DataPaths) -> dict[str, str]:
    """The hash of each mart's Parquet, without the two tables that speak of the run."""
    return {
        path.stem: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((paths.current.resolve() / "parquet").glob("*.parquet"))
        if path.stem not in ("check_result", "publish_info")
    }


@pytest.fixture
def copied(whole_run: Ran, tmp_path: Path) -> DataPaths:
    """The finished home, to be disturbed."""
    shutil.copytree(whole_run.paths.data_dir, tmp_path / "copy", symlinks=True)
    return DataPaths.at(tmp_path / "copy")


@whole
def test_models_keep_their_unit_tests(copied: DataPaths) -> None:
    """dbt's unit tests prove SQL on given rows; a run leaves them to the suite."""
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.dbt_env", "test", "--select", "test_type:unit"],
        cwd=PROJECT,
        env={**os.environ, "PAX_HOME": str(copied.data_dir)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert "ERROR=0" in done.stdout
    assert "PASS=0" not in done.stdout


@whole
class TestWholeRun:
    def test_prints_the_short_table(self, whole_run: Ran) -> None:
        said = whole_run.done.stdout
        for stage in ("landing", "sources", "dbt", "marts", "release"):
            assert stage in said
        assert all(source in said for source in catalog())
        assert current(whole_run.paths) in said
        assert "report/index.html" in said
        assert "data_dictionary.html" in said
        assert said.count("pax query") >= 3
        assert "Traceback" not in said + whole_run.done.stderr
        assert "Warning" not in whole_run.done.stderr

    def test_pasted_queries_work(self, whole_run: Ran) -> None:
        lines = [line.strip() for line in whole_run.done.stdout.splitlines()]
        queries = [line.split('"', 1)[1].rsplit('"', 1)[0] for line in lines if "pax query" in line]
        with opened(whole_run.paths) as connection:
            for sql in queries[:3]:
                assert connection.execute(sql).fetchall(), sql

    def test_release_is_whole(self, whole_run: Ran) -> None:
        folder = whole_run.paths.current.resolve()
        manifest = json.loads((folder / "manifest.json").read_text())
        with duckdb.connect(str(folder / "pax_silica.duckdb"), read_only=True) as connection:
            for name, mart in manifest["marts"].items():
                rows = connection.execute(f"select count(*) from marts.{name}").fetchone()
                assert rows == (mart["rows"],), name
            bare = connection.execute(
                "select table_name || '.' || column_name from duckdb_columns()"
                " where schema_name = 'marts' and coalesce(comment, '') = ''"
            ).fetchall()
        assert not bare

    def test_no_mart_is_empty_but_of_sources_that_bring_nothing(self, whole_run: Ran) -> None:
        marts = json.loads((whole_run.paths.current / "manifest.json").read_text())["marts"]
        bundled = {name for name, spec in catalog().items() if "bundled" in spec.access_methods}
        empty = [name for name, mart in marts.items() if not mart["rows"]]
        suites = {name: load_suites("marts", name)[0] for name in empty}
        assert not [
            name
            for name, suite in suites.items()
            if not suite.may_be_empty and (not suite.sources or set(suite.sources) & bundled)
        ]

    def test_checks_of_every_stage_are_in_the_release(self, whole_run: Ran) -> None:
        with opened(whole_run.paths) as connection:
            found = dict(
                connection.execute(
                    "select stage, count(*) from marts.check_result group by all"
                ).fetchall()
            )
            failed = connection.execute(
                "select * from marts.check_result where severity = 'critical' and not passed"
            ).fetchall()
        assert set(found) == {"sources", "dbt", "marts"}
        assert not failed

    def test_second_run_publishes_nothing_new(self, whole_run: Ran) -> None:
        before = sorted(path.name for path in whole_run.paths.releases.iterdir())
        done = whole_run.pax("run")
        assert done.returncode == 0, done.stderr
        assert "nothing new" in done.stdout
        assert "[2/6]" not in done.stdout, "the fingerprint must answer before anything is built"
        assert sorted(path.name for path in whole_run.paths.releases.iterdir()) == before

    def test_second_home_gives_the_same_bytes_though_a_publisher_is_silent(
        self, whole_run: Ran, tmp_path: Path
    ) -> None:
        """The proxy refuses every connection, so the live source cannot answer: the bundle stands
        in, the source is marked stale, and the release is the other home's to the byte."""
        other, nowhere = DataPaths.at(tmp_path / "other"), "http://127.0.0.1:9"
        done = call(
            other.data_dir, "run", "--live", "--source", "worldbank_wgi",
            HTTPS_PROXY=nowhere, HTTP_PROXY=nowhere, ALL_PROXY=nowhere, NO_PROXY="",
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        assert "live failed" in done.stdout
        assert marts_of(other) == marts_of(whole_run.paths)
        assert current(other) == current(whole_run.paths)

    def test_kill_leaves_current_whole_and_a_torn_database_is_built_again(
        self, copied: DataPaths
    ) -> None:
        before, hashes = current(copied), marts_of(copied)
        process = subprocess.Popen(
            [sys.executable, "-m", "orchestration.cli.app", "run", "--force"],
            cwd=PROJECT, env={**os.environ, "PAX_HOME": str(copied.data_dir)},
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdout is not None
        for line in process.stdout:
            if "dbt models" in line:
                break
        time.sleep(1.5)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert current(copied) == before
        assert marts_of(copied) == hashes
        with opened(copied) as connection:
            assert connection.execute("select release_id from marts.publish_info").fetchone()
        copied.database.write_bytes(os.urandom(100_000))
        after = call(copied.data_dir, "run", "--force")
        assert after.returncode == 0, after.stdout + after.stderr
        assert "built from scratch" in after.stdout
        assert "nothing new" in after.stdout
        assert current(copied) == before
        assert marts_of(copied) == hashes

    def test_backdated_run_says_so(self, copied: DataPaths) -> None:
        done = call(copied.data_dir, "run", "--as-known-on", "2025-06-30")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "2025-06-30" in done.stdout
        with opened(copied) as connection:
            later = connection.execute(
                "select count(*) from marts.dim_source_edition where known_from_date > '2025-06-30'"
            ).fetchone()
        assert later == (0,)
        back = call(copied.data_dir, "publish", "--rollback")
        assert back.returncode == 0, back.stderr

    def test_selected_part_publishes_nothing(self, copied: DataPaths) -> None:
        before = sorted(path.name for path in copied.releases.iterdir())
        done = call(copied.data_dir, "run", "--select", "dim_country")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "no release is made of a part" in done.stdout
        assert sorted(path.name for path in copied.releases.iterdir()) == before

    def test_timings_say_where_the_seconds_go(self, whole_run: Ran) -> None:
        timings = json.loads((whole_run.paths.working / "timings.json").read_text())
        stages = ("prepare", "landing", "sources", "dbt", "marts", "release", "total")
        assert all(timings[stage] > 0 for stage in stages)
        assert sum(timings[stage] for stage in stages[:-1]) <= timings["total"] + 1


def test_home_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = call(tmp_path / "file" / "home", "run")
    assert done.returncode == 2
    assert "PAX_HOME" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not bind root")
def test_read_only_home_is_refused(tmp_path: Path) -> None:
    data_dir = tmp_path / "home"
    data_dir.mkdir(mode=0o555)
    done = call(data_dir, "run")
    assert done.returncode == 2
    assert "permissions" in done.stderr


def test_fingerprint_sees_what_lands_and_what_is_asked(data_dir: DataPaths) -> None:
    empty = fingerprint(data_dir, parameters().as_dict())
    assert not changed(empty, fingerprint(data_dir, parameters().as_dict()))
    other = fingerprint(data_dir, parameters(as_known_on="2025-06-30").as_dict())
    assert changed(other, empty) == ["parameters"]
    land_source(catalog()["worldbank_wgi"], data_dir, IngestConfig())
    assert changed(fingerprint(data_dir, parameters().as_dict()), empty) == ["landed"]


def test_torn_record_of_the_last_run_counts_as_none(data_dir: DataPaths) -> None:
    data_dir.working.mkdir()
    run_state.path(data_dir).write_text('{"run_id": "abc"')
    assert run_state.read(data_dir) is None


@pytest.mark.parametrize(
    ("is_new", "failures", "is_stale", "expected"),
    [
        (True, [], False, 0),
        (False, [], False, 0),
        (True, [], True, 0),
        (False, [], True, 3),
        (None, ["a check failed"], False, 1),
        (None, ["a check failed"], True, 1),
    ],
)
def test_exit_codes(
    data_dir: DataPaths, is_new: bool | None, failures: list[str], is_stale: bool, expected: int
) -> None:
    """3 only when a source did not answer and nothing newer was published without it."""
    if is_stale:
        mark_stale(data_dir, "worldbank_wgi", "no answer", datetime.now(UTC))
    release = None if is_new is None else {"release_id": "r", "is_new": is_new}
    asked = parameters(live=True, sources=["worldbank_wgi"])
    assert exit_code(data_dir, asked, Outcome("run", release, failures)) == expected
