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
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from orchestration.cli import run_state
from orchestration.cli.input_fingerprint import changed, fingerprint
from orchestration.cli.run import exit_code
from orchestration.cli.run_parameters import parameters
from orchestration.defs.automation.chain import ChainResult
from orchestration.defs.automation.chain_request import ChainRequest
from orchestration.defs.automation.source_runs import plan_source_runs
from orchestration.defs.ingestion.partitions import bundled_partitions
from orchestration.defs.instance import open_instance
from orchestration.defs.transformation.dbt_command import manifest_path, run_dbt
from sources.kit.catalog import catalog
from tests.browser import in_chromium, page_requests
from tests.orchestration.conftest import FinishedRun, call
from tests.orchestration.test_acceptance import COMTRADE, WGI, comtrade_file, wgi_file
from warehouse.paths import PROJECT, DataPaths
from warehouse.release.dbt_manifest import read_catalog
from warehouse.storage.landing import land_bundle, land_files
from warehouse.storage.load_records import mark_stale
from warehouse.storage.machine import usable_cores
from warehouse.storage.set_aside import list_set_aside

whole = pytest.mark.xdist_group("whole_run")


def current(paths: DataPaths) -> str:
    return paths.current.resolve().name


def opened(paths: DataPaths) -> duckdb.DuckDBPyConnection:
    """The current release, as a plain client opens it."""
    return duckdb.connect(str(paths.current / "pax_silica.duckdb"), read_only=True)


def marts_of(paths: DataPaths) -> dict[str, str]:
    """The hash of each mart's Parquet, without the two tables that describe the run."""
    return {
        path.stem: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((paths.current.resolve() / "parquet").glob("*.parquet"))
        if path.stem not in ("check_result", "publish_info")
    }


@pytest.fixture
def copied(whole_run: FinishedRun, tmp_path: Path) -> DataPaths:
    """A copy of the finished data directory, to be disturbed."""
    shutil.copytree(whole_run.paths.data_dir, tmp_path / "copy", symlinks=True)
    return DataPaths.at(tmp_path / "copy")


@whole
def test_models_keep_their_unit_tests(copied: DataPaths) -> None:
    """dbt's unit tests prove SQL on given rows; a run leaves them to the suite."""
    done = run_dbt(copied, "test", "--select", "test_type:unit")
    assert done.returncode == 0, done.stdout[-4000:]
    assert "ERROR=0" in done.stdout
    assert "PASS=0" not in done.stdout


@whole
class TestRunsInDagster:
    """A run of the command line is a Dagster run like any other."""

    @pytest.fixture
    def instance(self, whole_run: FinishedRun) -> Iterator[dg.DagsterInstance]:
        with open_instance(whole_run.paths) as instance:
            yield instance

    def test_runs_of_one_group_end_in_the_release(self, instance: dg.DagsterInstance) -> None:
        runs = instance.get_runs()
        assert {run.status for run in runs} == {dg.DagsterRunStatus.SUCCESS}
        [group] = {run.tags["pax/run_group"] for run in runs}
        last, *of_sources = runs
        assert last.job_name == "build_and_release"
        assert {run.job_name for run in of_sources} == {f"land_{name}" for name in catalog()}
        assert group

    def test_assets_are_materialized_with_metadata(
        self, instance: dg.DagsterInstance, whole_run: FinishedRun
    ) -> None:
        event = instance.get_latest_materialization_event(dg.AssetKey(["release", "current"]))
        assert event is not None
        assert event.asset_materialization is not None
        metadata = event.asset_materialization.metadata
        assert metadata["release_id"].value == current(whole_run.paths)
        for key in (["marts", "dim_country"], ["landing", "run", "load_records"]):
            assert instance.get_latest_materialization_event(dg.AssetKey(key)) is not None
        editions = instance.get_materialized_partitions(
            dg.AssetKey(["landing", "usgs_mcs", "world"])
        )
        assert editions == {"2022", "2024", "2025", "2026"}

    def test_checks_of_all_stages_are_evaluated(self, instance: dg.DagsterInstance) -> None:
        logs = [entry for run in instance.get_runs() for entry in instance.all_logs(run.run_id)]
        checks = [
            e.dagster_event.asset_check_evaluation_data for e in logs
            if e.dagster_event and e.dagster_event.event_type_value == "ASSET_CHECK_EVALUATION"
        ]  # fmt: skip
        layers = {check.asset_key.path[0] for check in checks}
        assert {"landing", "marts", "release"} <= layers
        assert all(check.passed or check.severity == dg.AssetCheckSeverity.WARN for check in checks)


@whole
class TestWholeRun:
    def test_prints_the_short_table(self, whole_run: FinishedRun) -> None:
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

    def test_pax_is_called_as_the_shell_would_find_it(self, whole_run: FinishedRun) -> None:
        """`make run` is `uv run pax run`: what is on its PATH is not on that of the shell."""
        folder = Path(sys.executable).parent
        path = f"{folder}:{os.environ['PATH']}"
        for depth, typed in (("1", os.path.relpath(folder / "pax", PROJECT)), ("", "pax")):
            said = whole_run.pax("run", PATH=path, UV_RUN_RECURSION_DEPTH=depth).stdout
            assert f"    {typed} query" in said

    def test_pasted_queries_work(self, whole_run: FinishedRun) -> None:
        lines = [line.strip() for line in whole_run.done.stdout.splitlines()]
        queries = [line.split('"', 1)[1].rsplit('"', 1)[0] for line in lines if "pax query" in line]
        with opened(whole_run.paths) as connection:
            for sql in queries[:3]:
                assert connection.execute(sql).fetchall(), sql

    def test_release_is_whole(self, whole_run: FinishedRun) -> None:
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

    def test_marts_of_bundled_sources_have_rows(self, whole_run: FinishedRun) -> None:
        rows = json.loads((whole_run.paths.current / "manifest.json").read_text())["marts"]
        bundled = {name for name, spec in catalog().items() if "bundled" in spec.access_methods}
        marts = read_catalog(manifest_path(whole_run.paths), whole_run.paths.database)
        filled = {
            mart.name
            for mart in marts
            if set(mart.sources) <= bundled and not mart.meta.get("may_be_empty")
        }
        assert len(filled) > 20
        assert not [name for name in filled & set(rows) if not rows[name]["rows"]]

    def test_checks_of_every_stage_are_in_the_release(self, whole_run: FinishedRun) -> None:
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

    def test_second_run_publishes_nothing_new(self, whole_run: FinishedRun) -> None:
        before = sorted(path.name for path in whole_run.paths.releases.iterdir())
        done = whole_run.pax("run")
        assert done.returncode == 0, done.stderr
        assert "nothing new" in done.stdout
        assert "[2/6]" not in done.stdout, "the fingerprint must answer before anything is built"
        assert sorted(path.name for path in whole_run.paths.releases.iterdir()) == before

    @pytest.mark.long
    def test_second_data_dir_gives_the_same_bytes_though_a_publisher_is_silent(
        self, whole_run: FinishedRun, tmp_path: Path
    ) -> None:
        """The proxy refuses every connection, so the live source cannot answer: the bundle stands
        in, the source is marked stale, and the release equals the other one to the byte, though
        DuckDB adds up in other threads."""
        other, nowhere = DataPaths.at(tmp_path / "other"), "http://127.0.0.1:9"
        done = call(
            other.data_dir, "run", "--live", "--source", "worldbank_wgi",
            HTTPS_PROXY=nowhere, HTTP_PROXY=nowhere, ALL_PROXY=nowhere, NO_PROXY="",
            PAX_THREADS="1" if usable_cores() > 1 else "4",
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        assert "live failed" in done.stdout
        assert marts_of(other) == marts_of(whole_run.paths)
        assert current(other) == current(whole_run.paths)

    def test_force_lands_again_what_it_names_or_what_has_changed(self, copied: DataPaths) -> None:
        def planned(**request: object) -> set[str]:
            asked = ChainRequest(force=True, **request)  # type: ignore[arg-type]
            return {
                run.source_id
                for spec in catalog().values()
                for run in plan_source_runs(copied, spec, asked)
            }

        assert planned() == set()
        assert planned(only=["un_hs"]) == {"un_hs"}
        day = planned(as_known_on="2025-06-30")
        assert day >= {s for s, spec in catalog().items() if bundled_partitions(spec)}, (
            "source checks depend on the day"
        )
        file = next((copied.landing / "usgs_mcs" / "world").glob("20*.parquet"))
        file.write_bytes(file.read_bytes() + b"appended by hand")
        assert planned() == {"usgs_mcs"}

    @pytest.mark.long
    def test_kill_leaves_current_whole_and_a_torn_database_is_built_again(
        self, copied: DataPaths
    ) -> None:
        before, hashes = current(copied), marts_of(copied)
        with open_instance(copied) as instance:
            n_runs = instance.get_runs_count()
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
        assert "nothing new" in after.stdout
        with open_instance(copied) as instance:
            failed = [r for r in instance.get_runs() if r.status == dg.DagsterRunStatus.FAILURE]
            assert [run.job_name for run in failed] == ["build_and_release"], "killed, and failed"
            assert instance.get_runs_count() > n_runs + 1
        assert current(copied) == before
        assert marts_of(copied) == hashes

    @pytest.mark.long
    def test_a_day_on_which_no_trade_was_known_is_published_beside(
        self, copied: DataPaths, tmp_path: Path
    ) -> None:
        before, day = current(copied), "2022-03-31"
        there = {path.name for path in copied.releases.iterdir()}
        done = call(copied.data_dir, "run", "--as-known-on", day)
        assert done.returncode == 0, done.stdout + done.stderr
        assert f"{day}: nothing published later is in it" in done.stdout
        assert current(copied) == before
        [beside] = {path.name for path in copied.releases.iterdir()} - there
        assert f"--release {beside}" in done.stdout

        listed = call(copied.data_dir, "status").stdout
        assert f"{beside}: " in listed
        assert f"as known on {day}" in listed
        later = (
            f"select count(*) as n from marts.dim_source_edition where known_from_date > '{day}'"
        )
        trade = "select count(*) as n from marts.fct_trade_reconciled"
        output = "select count(*) as n from marts.fct_production where edition = '2022'"
        for sql, is_positive in ((later, False), (trade, False), (output, True)):
            asked = call(copied.data_dir, "query", sql, "--release", beside, "--format", "json")
            assert (json.loads(asked.stdout)[0]["n"] > 0) == is_positive, sql
        card = json.loads((copied.releases / beside / "manifest.json").read_text())
        why = {name: mart["why_empty"] for name, mart in card["marts"].items()}
        assert all((card["marts"][name]["rows"] == 0) == bool(text) for name, text in why.items())
        assert "cepii_baci (known from 2026-01-31)" in why["fct_trade_reconciled"]

        # its pages stay readable, and state what was not known
        for page in sorted((copied.releases / beside / "report").glob("*.html")):
            dom, log, net = in_chromium(tmp_path, page)
            assert 'data-rendered="yes"' in dom, page.name
            assert "CONSOLE" not in log, page.name
            assert page_requests(net) == []
            assert 'class="empty"' in dom, page.name

        again = call(copied.data_dir, "run", "--as-known-on", day)
        assert "nothing new" in again.stdout
        assert "[2/6]" not in again.stdout
        activated = call(copied.data_dir, "publish", "--activate")
        assert activated.returncode == 0, activated.stderr
        assert current(copied) == beside
        back = call(copied.data_dir, "publish", "--rollback")
        assert back.returncode == 0, back.stderr
        assert current(copied) == before

    @pytest.mark.long
    @pytest.mark.timeout(2400)
    def test_refused_partitions_stop_nothing(self, copied: DataPaths) -> None:
        """A cut file and one that is not what it claims, of two sources: both are set aside, the
        release is that of the last good figures and names them; good files bring them back."""
        before, hashes = current(copied), marts_of(copied)
        land_files(WGI, [wgi_file("cc ge pv")], "manual", copied)
        land_files(COMTRADE, [comtrade_file(2021, is_shifted=True)], "manual", copied)
        done = call(copied.data_dir, "run", "--strict", wait=600)
        assert done.returncode == 4, done.stdout + done.stderr
        assert current(copied) != before
        assert marts_of(copied) == hashes
        status = call(copied.data_dir, "status").stdout
        changes = (copied.current / "CHANGES.md").read_text()
        report = (copied.current / "report" / "index.html").read_text()
        for partition, command in (
            ("worldbank_wgi 2024", "pax land worldbank_wgi FILE"),
            ("un_comtrade file/", "pax land un_comtrade FILE"),
        ):
            for text in (done.stdout, status, changes):
                assert partition in text
                assert command in text
            assert partition in report
        sql = "from marts.check_result where expectation like '%set aside%' order by subject"
        with opened(copied) as connection:
            found = connection.execute(f"select subject, severity, passed {sql}").fetchall()
        assert found == [
            ("un_comtrade.trade", "warning", False),
            ("worldbank_wgi.indicators", "warning", False),
        ]
        assert call(copied.data_dir, "run", "--strict").returncode == 4, "nothing new, and missing"

        for name in ("worldbank_wgi", "un_comtrade"):
            for entry in list_set_aside(copied, name):
                again = call(copied.data_dir, "land", name, "--undo", entry.partition)
                assert again.returncode == 0, again.stderr
        done = call(copied.data_dir, "run", "--strict", wait=600)
        assert done.returncode == 0, done.stdout + done.stderr
        assert current(copied) == before, "the same figures are the same release"

        parquet = copied.landing / "worldbank_wgi" / "indicators" / "2024.parquet"
        parquet.chmod(0o644)
        parquet.write_bytes(parquet.read_bytes() + b"changed by hand")
        done = call(copied.data_dir, "run", "--strict", wait=600)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "missing" not in done.stdout, "it has landed again from its bundle"
        assert current(copied) == before

    @pytest.mark.long
    @pytest.mark.timeout(1200)
    def test_new_file_that_fails_a_dbt_test_is_set_aside(self, copied: DataPaths) -> None:
        """A value of two trillion dollars passes the source checks and fails a test of the marts:
        the release is made without its file, and names test, row, file and commands."""
        hashes, file = marts_of(copied), comtrade_file(2021)
        content = file.content.replace(b",1000\n", b",2000000000000\n")
        land_files(COMTRADE, [replace(file, content=content)], "manual", copied)
        done = call(copied.data_dir, "run", "--strict", wait=900)
        assert done.returncode == 4, done.stdout + done.stderr
        assert marts_of(copied) == hashes
        for text in (done.stdout, call(copied.data_dir, "status").stdout):
            assert "usa_2021.csv) is set aside" in text
            assert "assert_values_are_in_dollars" in text
            assert "largest_usd 2000000000000.0" in text
            assert "pax land un_comtrade FILE" in text

    def test_selected_part_publishes_nothing(self, copied: DataPaths) -> None:
        before = sorted(path.name for path in copied.releases.iterdir())
        done = call(copied.data_dir, "run", "--select", "dim_country")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "no release is made of a part" in done.stdout
        assert sorted(path.name for path in copied.releases.iterdir()) == before

    def test_timings_say_where_the_seconds_go(self, whole_run: FinishedRun) -> None:
        timings = json.loads((whole_run.paths.working / "timings.json").read_text())
        stages = ("prepare", "landing", "sources", "dbt", "marts", "release", "total")
        assert all(timings[stage] > 0 for stage in stages)
        assert sum(timings[stage] for stage in stages[:-1]) <= timings["total"] + 1


def test_data_dir_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = call(tmp_path / "file" / "data", "run")
    assert done.returncode == 2
    assert "PAX_HOME" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not bind root")
def test_read_only_data_dir_is_an_error(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    data_dir.mkdir(mode=0o555)
    done = call(data_dir, "run")
    assert done.returncode == 2
    assert "permissions" in done.stderr


def test_fingerprint_sees_what_lands_and_what_is_asked(data_dir: DataPaths) -> None:
    empty = fingerprint(data_dir, parameters().as_dict())
    assert not changed(empty, fingerprint(data_dir, parameters().as_dict()))
    other = fingerprint(data_dir, parameters(as_known_on="2025-06-30").as_dict())
    assert changed(other, empty) == ["parameters"]
    land_bundle(catalog()["worldbank_wgi"], data_dir)
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
    assert exit_code(data_dir, asked, ChainResult("group", "run", release, failures)) == expected


@pytest.mark.parametrize(("is_strict", "is_incomplete", "expected"), [
    (True, True, 4), (True, False, 0), (False, True, 0),
])  # fmt: skip
def test_strict_is_about_what_the_release_lacks(
    data_dir: DataPaths, is_strict: bool, is_incomplete: bool, expected: int
) -> None:
    result = ChainResult("group", "run", {"release_id": "r", "is_new": True})
    asked = parameters(strict=is_strict)
    assert exit_code(data_dir, asked, result, is_incomplete) == expected
    failed = ChainResult("group", "run", None, ["a model failed"])
    assert exit_code(data_dir, asked, failed, is_incomplete) == 1
