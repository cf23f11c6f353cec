"""The chain's plan, a backfill of one partition, locks that wait, and runs that were killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest

from orchestration.defs.automation.chain_request import ChainRequest
from orchestration.defs.automation.source_runs import SourceRun, plan_source_runs
from orchestration.defs.environment import write_settings
from orchestration.defs.ingestion.partitions import (
    RANGE_END,
    RANGE_START,
    bundled_partitions,
    contiguous_ranges,
)
from orchestration.defs.instance import fail_dead_runs, open_instance, run_lock_path
from sources.kit.catalog import catalog
from tests.orchestration.conftest import call, run_module, use_parsed, variables
from tests.orchestration.test_acceptance import WGI, wgi_file
from tests.sources.files import raw_file
from tests.sources.uk_hmrc.test_hmrc import odata_row
from warehouse.paths import PROJECT, DataPaths
from warehouse.storage.file_lock import LockTimeoutError, acquire_lock, is_locked, lock_owner
from warehouse.storage.landing import land_bundle, land_files
from warehouse.storage.load_records import list_load_records, load_record_path
from warehouse.storage.set_aside import list_set_aside

pytestmark = [pytest.mark.xdist_group("definitions"), pytest.mark.timeout(1800)]


Plan = Callable[..., list[SourceRun]]


class TestPlan:
    @pytest.fixture
    def runs(self, data_dir: DataPaths) -> Plan:
        def plan(source_id: str, **request: object) -> list[SourceRun]:
            asked = ChainRequest(**request)  # type: ignore[arg-type]
            return list(plan_source_runs(data_dir, catalog()[source_id], asked))

        return plan

    def test_new_bundled_source_has_one_run_of_all_its_parts(self, runs: Plan) -> None:
        [run] = runs("usgs_mcs")
        assert run.access_method == "bundled"
        assert run.partition_range == ("2022", "2026")
        [run] = runs("usgs_mcs", only=["un_hs"])
        assert run.partition_range == ("2022", "2026"), "its marts would be empty"

    def test_source_without_figures_is_only_checked(self, runs: Plan) -> None:
        assert runs("policy_news") == [SourceRun("policy_news", "bundled")]

    @pytest.mark.parametrize(
        "source_id", [name for name, spec in catalog().items() if "live" in spec.access_methods]
    )
    def test_every_live_source_has_a_live_run(self, runs: Plan, source_id: str) -> None:
        """Also one that serves its present state only, beside partitions of its bundle."""
        methods = [run.access_method for run in runs(source_id, live=[source_id])]
        assert "live" in methods

    def test_live_partitions_are_a_run_of_their_own(self, runs: Plan) -> None:
        asked = ["202401", "202402", "202405"]
        found = runs("uk_hmrc", live=["uk_hmrc"], partitions=asked)
        ranges = [run.partition_range for run in found if run.access_method == "live"]
        assert ranges == [("202401", "202402"), ("202405", "202405")]

    @pytest.mark.parametrize("source_id", ["eurostat_comext", "uk_hmrc", "us_census"])
    def test_whole_histories_are_asked_from_one_month_on(self, runs: Plan, source_id: str) -> None:
        found = runs(source_id, live=[source_id], since="201701")
        [run] = [run for run in found if run.access_method == "live"]
        assert run.partition_range is not None
        assert run.partition_range[0] == "201701"
        assert run.partition_range[1] >= "202606"

    def test_a_month_that_was_answered_is_not_asked_again(
        self, runs: Plan, data_dir: DataPaths
    ) -> None:
        page = raw_file("ots.json", {"value": [odata_row(MonthId=202503)]})
        land_files(catalog()["uk_hmrc"], [page], "live", data_dir)
        found = runs("uk_hmrc", live=["uk_hmrc"], since="201701")
        ranges = [run.partition_range for run in found if run.access_method == "live"]
        assert ranges[0] == ("201701", "202502")
        assert ranges[1] is not None
        assert ranges[1][0] == "202504"

    def test_source_of_a_present_state_is_asked_without_partition(self, runs: Plan) -> None:
        found = runs("worldbank_wgi", live=["worldbank_wgi"])
        assert SourceRun("worldbank_wgi", "live") in found
        assert runs("bgs_wms", live=["bgs_wms"])[0] == SourceRun("bgs_wms", "live")

    def test_upload_is_a_run_without_partition(self, runs: Plan) -> None:
        found = runs("usgs_mcs", manual={"usgs_mcs": ["/a/file.csv"]})
        assert found[-1] == SourceRun("usgs_mcs", "bundled", None, ("/a/file.csv",))
        assert not found[-1].tags


def test_ranges_join_neighbours_only() -> None:
    keys = ["a", "b", "c", "d", "e"]
    assert contiguous_ranges(keys, {"a", "b", "d"}) == [("a", "b"), ("d", "d")]
    assert contiguous_ranges(keys, set(keys)) == [("a", "e")]
    assert contiguous_ranges(keys, {"unknown"}) == []


class TestLock:
    def test_second_process_waits_and_names_the_owner(self, data_dir: DataPaths) -> None:
        with acquire_lock(data_dir.lock, "pax run"):
            waiting = _process(data_dir, "pax", "land", "--bundled", "un_hs")
            assert waiting.stderr is not None
            line = waiting.stderr.readline()
            assert "waiting for pax run" in line
            assert f"process {os.getpid()}" in line
            with acquire_lock(data_dir.lock, "a step of the same run"):
                assert is_locked(data_dir.lock)
            assert waiting.poll() is None
        assert waiting.wait(timeout=60) == 0
        assert list_load_records(data_dir, "un_hs")
        assert lock_owner(data_dir.lock) is None

    def test_no_wait_fails_at_once(self, data_dir: DataPaths) -> None:
        with acquire_lock(data_dir.lock, "another run"):
            done = call(data_dir.data_dir, "run", "--no-wait")
        assert done.returncode == 2
        assert "in use by another run" in done.stderr

    def test_timeout_names_the_owner(self, tmp_path: Path) -> None:
        code = _HOLD.format(path=tmp_path / "lock", purpose="first")
        holder = subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT, stdout=-1, text=True)
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == "held"
        with (
            pytest.raises(LockTimeoutError, match="first"),
            acquire_lock(tmp_path / "lock", "second", timeout=0.3),
        ):
            pass
        holder.kill()
        holder.wait()
        with acquire_lock(tmp_path / "lock", "after the kill"):
            pass


_HOLD = (
    "import time\nfrom pathlib import Path\nfrom warehouse.storage.file_lock import acquire_lock\n"
    "with acquire_lock(Path('{path}'), '{purpose}'):\n"
    "    print('held', flush=True)\n    time.sleep(60)"
)


def _process(paths: DataPaths, *words: str) -> subprocess.Popen[str]:
    """A console script of the environment, on this data directory."""
    script = str(Path(sys.executable).with_name(words[0]))
    return subprocess.Popen(
        [script, *words[1:]], cwd=PROJECT, env=variables(paths.data_dir),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.fixture
def world(tmp_path: Path, parsed_project: Path) -> DataPaths:
    """A data directory with two landed sources."""
    paths = DataPaths.at(tmp_path / "data")
    write_settings(paths)
    use_parsed(paths, parsed_project)
    for source_id in ("usgs_mcs", "worldbank_wgi"):
        land_bundle(catalog()[source_id], paths)
    return paths


def test_backfill_lands_just_the_chosen_partition(world: DataPaths) -> None:
    folder = world.landing / "usgs_mcs" / "world"
    for year in ("2024", "2025"):
        load_record_path(world, "usgs_mcs", year).unlink()
    before = {path.stem: path.stat().st_ino for path in folder.glob("20*.parquet")}
    done = run_module(
        world.data_dir, "dagster", "asset", "materialize", "-m", "orchestration.definitions",
        "--select", "landing/usgs_mcs/world", "--partition", "2025",
    )  # fmt: skip
    after = {path.stem: path.stat().st_ino for path in folder.glob("20*.parquet")}
    assert {year for year in after if after[year] != before[year]} == {"2025"}, done.stdout
    assert {r.partition for r in list_load_records(world, "usgs_mcs")} == {"2022", "2025", "2026"}
    with open_instance(world) as instance:
        found = instance.fetch_materializations(
            dg.AssetKey(["landing", "usgs_mcs", "world"]), limit=10
        ).records
        assert [record.partition_key for record in found] == ["2025"]


def test_refused_partition_is_set_aside_in_a_run_of_the_interface(world: DataPaths) -> None:
    """Materialize in the UI: the run succeeds, its check warns, the last good figures are back."""
    land_files(WGI, [wgi_file("cc ge pv")], "manual", world)
    done = run_module(
        world.data_dir, "dagster", "asset", "materialize", "-m", "orchestration.definitions",
        "--select", "landing/worldbank_wgi/indicators", "--partition", "2024",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    [record] = list_load_records(world, "worldbank_wgi")
    assert record.access_method == "bundled"
    [entry] = list_set_aside(world)
    with open_instance(world) as instance:
        [run] = instance.get_runs()
        [check] = [
            e.dagster_event.asset_check_evaluation_data
            for e in instance.all_logs(run.run_id)
            if e.dagster_event and e.dagster_event.event_type_value == "ASSET_CHECK_EVALUATION"
        ]
        assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)
        assert "2024 is set aside" in str(check.description)
        assert _messages(instance, entry.remedy)


def test_range_is_one_run_with_an_event_per_partition(world: DataPaths) -> None:
    done = run_module(
        world.data_dir, "dagster", "job", "execute", "-m", "orchestration.definitions",
        "-j", "land_usgs_mcs",
        "--tags", f'{{"{RANGE_START}": "2022", "{RANGE_END}": "2025"}}',
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    with open_instance(world) as instance:
        [run] = instance.get_runs()
        assert run.status == dg.DagsterRunStatus.SUCCESS
        statuses = instance.get_status_by_partition(
            dg.AssetKey(["landing", "usgs_mcs", "world"]),
            bundled_partitions(catalog()["usgs_mcs"]),
            dg.StaticPartitionsDefinition(bundled_partitions(catalog()["usgs_mcs"])),
        )
        assert {key for key, status in (statuses or {}).items() if status} == {
            "2022", "2024", "2025",
        }  # fmt: skip


def test_landing_waits_for_another_run(world: DataPaths) -> None:
    """Two people press Materialize at once: the second one's step waits its turn."""
    command = ("dagster", "asset", "materialize", "-m", "orchestration.definitions", "--select",
               "landing/usgs_mcs/world", "--partition", "2026")  # fmt: skip
    with (
        acquire_lock(world.lock, "another run"),
        # made before the process starts: Dagster's own command does not wait for another maker
        open_instance(world) as instance,
    ):
        waiting = _process(world, *command)
        deadline = time.monotonic() + 280
        while not _messages(instance, "waiting for another run"):
            assert time.monotonic() < deadline, "it does not wait"
            assert waiting.poll() is None, waiting.communicate()
            time.sleep(0.5)
    out, err = waiting.communicate(timeout=840)
    assert waiting.returncode == 0, out + err


def _messages(instance: dg.DagsterInstance, text: str) -> bool:
    return any(
        text in entry.message
        for run in instance.get_runs()
        for entry in instance.all_logs(run.run_id)
    )


def test_processes_open_a_new_instance_together(tmp_path: Path) -> None:
    script = (
        "from pathlib import Path\n"
        "from orchestration.defs.instance import open_instance\n"
        "from warehouse.paths import DataPaths\n"
        f"with open_instance(DataPaths(Path({str(tmp_path)!r}))) as instance:\n"
        "    print(len(instance.get_runs()))"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", script], stdout=-1, stderr=-2, text=True)
        for _ in range(3)
    ]
    printed = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], printed


class TestKilledRun:
    """A run that was killed with -9 stays `started` for Dagster; its lock says otherwise."""

    @pytest.fixture
    def killed(self, world: DataPaths) -> str:
        with (
            acquire_lock(world.lock, "a run that keeps it waiting"),
            open_instance(world) as instance,  # before the process starts, as above
        ):
            process = _process(
                world, "dagster", "asset", "materialize", "-m", "orchestration.definitions",
                "--select", "landing/worldbank_wgi/indicators", "--partition", "2024",
            )  # fmt: skip
            while not _messages(instance, "waiting for a run that keeps it waiting"):
                assert process.poll() is None, process.communicate()
                time.sleep(0.3)
            [run] = instance.get_runs()
            assert fail_dead_runs(instance, world) == [], "it is alive"
            process.send_signal(signal.SIGKILL)
            process.wait()
        return run.run_id

    def test_is_failed_by_the_next_look(self, world: DataPaths, killed: str) -> None:
        with open_instance(world) as instance:
            run = instance.get_run_by_id(killed)
            assert run is not None
            assert run.status == dg.DagsterRunStatus.STARTED
            assert run_lock_path(world, killed).is_file()
            assert fail_dead_runs(instance, world) == [killed]
            run = instance.get_run_by_id(killed)
            assert run is not None
            assert run.status == dg.DagsterRunStatus.FAILURE
            assert _messages(instance, "What to do: start the run again")
            assert fail_dead_runs(instance, world) == []

    def test_is_failed_by_a_code_location_that_starts(self, world: DataPaths, killed: str) -> None:
        done = run_module(
            world.data_dir, "dagster", "definitions", "validate", "-m", "orchestration.definitions"
        )
        assert done.returncode == 0, done.stdout + done.stderr
        with open_instance(world) as instance:
            run = instance.get_run_by_id(killed)
            assert run is not None
            assert run.status == dg.DagsterRunStatus.FAILURE
