"""The asset graph: its keys, groups and checks as a committed snapshot, and what must tick.

After a wanted change: `PAX_SNAPSHOT=write pytest tests/orchestration/test_definitions.py`, then
read the difference before committing it.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import dagster as dg
import pytest

from orchestration import dbt_env, dbt_run
from orchestration.defs import build
from orchestration.defs.automation.inbox_sensor import SETTLED_SECONDS
from sources.kit.catalog import catalog
from warehouse.paths import DataPaths

SNAPSHOT = Path(__file__).with_name("graph.json")

pytestmark = pytest.mark.xdist_group("definitions")


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    return DataPaths.at(tmp_path_factory.mktemp("definitions"))


@pytest.fixture(scope="module")
def definitions(paths: DataPaths) -> dg.Definitions:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("PAX_HOME", *dbt_env.QUIET):
            patch.setenv(name, os.environ.get(name, ""))  # put back what `apply` sets
        dbt_env.apply(paths)
        dbt_run.parse(paths)
        return build(paths)


def described(definitions: dg.Definitions) -> dict[str, dict[str, object]]:
    """Key, group and checks of every asset. dbt's own names of tests are long and many: their
    number stands for them."""
    graph = definitions.resolve_asset_graph()
    found: dict[str, dict[str, object]] = {}
    for key in sorted(graph.get_all_asset_keys()):
        node = graph.get(key)
        checks = sorted(check.name for check in graph.get_check_keys_for_assets({key}))
        doors = [name for name in checks if name in ("sources", "marts")]
        found[key.to_user_string()] = {
            "group": node.group_name,
            "doors": doors,
            "dbt_tests": len(checks) - len(doors),
        }
    return found


def test_graph_is_the_committed_one(definitions: dg.Definitions) -> None:
    now = described(definitions)
    text = json.dumps(now, indent=1, sort_keys=True) + "\n"
    if os.environ.get("PAX_SNAPSHOT") == "write":
        SNAPSHOT.write_text(text, encoding="utf-8")
    before = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    assert sorted(now) == sorted(before), "assets came or went"
    assert now == before


def test_there_is_no_phantom_asset(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    phantoms = sorted(key.to_user_string() for key in graph.external_asset_keys)
    assert not phantoms, f"nobody makes {phantoms}: a dependency names a key that does not exist"


def test_every_source_lands_and_has_a_schedule(definitions: dg.Definitions) -> None:
    keys = definitions.resolve_asset_graph().get_all_asset_keys()
    schedules = {s.name: s for s in definitions.schedules or []}
    for source_id, spec in catalog().items():
        for table in spec.tables:
            assert dg.AssetKey(["landing", source_id, table]) in keys
        assert f"{source_id}_cadence" in schedules


def test_every_asset_is_described_and_grouped(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    bare = [
        key.to_user_string()
        for key in graph.get_all_asset_keys()
        if not (graph.get(key).group_name and graph.get(key).description)
        and key.path[0] in ("landing", "marts", "release")
    ]
    assert not bare, f"without group or description: {bare}"
    ownerless = [
        key.to_user_string()
        for key in graph.get_all_asset_keys()
        if key.path[0] in ("landing", "marts", "release") and not graph.get(key).owners
    ]
    assert not ownerless, f"without owner: {ownerless}"


def test_every_check_is_described_and_doors_block(definitions: dg.Definitions) -> None:
    doors = [spec for checks in definitions.asset_checks or [] for spec in checks.check_specs]
    assert doors
    assert all(spec.blocking and spec.description for spec in doors)


def test_release_waits_for_every_mart(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    marts = {key for key in graph.get_all_asset_keys() if key.path[0] == "marts"}
    assert marts
    assert graph.get(dg.AssetKey(["release", "duckdb"])).parent_keys == marts


def test_job_takes_everything_in_one_process(definitions: dg.Definitions) -> None:
    job = definitions.resolve_job_def("pax_run")
    assert job.executor_def is dg.in_process_executor
    graph = definitions.resolve_asset_graph()
    assert set(job.asset_layer.executable_asset_keys) == set(graph.get_all_asset_keys())


def test_schedules_tick(definitions: dg.Definitions) -> None:
    job = definitions.resolve_job_def("pax_run")
    for schedule in definitions.schedules or []:
        assert isinstance(schedule, dg.ScheduleDefinition)
        source_id = schedule.name.removesuffix("_cadence")
        resources = definitions.get_repository_def().get_top_level_resources()
        del resources
        with dg.build_schedule_context() as context:
            ticked = schedule.evaluate_tick(context)
        if "live" in catalog()[source_id].access_methods:
            [request] = ticked.run_requests or []
            dg.validate_run_config(job, dict(request.run_config))
            assert request.run_config["resources"]["inputs"]["config"]["live"] == [source_id]
        else:
            assert not ticked.run_requests
            assert "pax land" in (ticked.skip_message or "")


def _tick(definitions: dg.Definitions) -> dg.SensorExecutionData:
    [sensor] = definitions.sensors or []
    assert isinstance(sensor, dg.SensorDefinition)
    with dg.build_sensor_context() as context:
        return sensor.evaluate_tick(context)


def test_sensor_ticks_on_a_dropped_file(definitions: dg.Definitions, paths: DataPaths) -> None:
    assert not _tick(definitions).run_requests
    inbox = paths.inbox / "usgs_mcs"
    inbox.mkdir(parents=True)
    file = inbox / "MCS2027_World_Data.csv"
    file.write_text("still being written")
    assert not _tick(definitions).run_requests, "a file must settle first"
    settled = time.time() - SETTLED_SECONDS - 1
    os.utime(file, (settled, settled))
    [request] = _tick(definitions).run_requests or []
    assert request.run_config["resources"]["inputs"]["config"]["manual"] == {
        "usgs_mcs": [str(file)]
    }
    dg.validate_run_config(definitions.resolve_job_def("pax_run"), dict(request.run_config))
    [again] = _tick(definitions).run_requests or []
    assert again.run_key == request.run_key, "the same file asks once"
    file.unlink()


def test_sensor_names_a_folder_of_no_source(definitions: dg.Definitions, paths: DataPaths) -> None:
    (paths.inbox / "usgs").mkdir(parents=True)
    assert "no source is called usgs" in (_tick(definitions).skip_message or "")
    (paths.inbox / "usgs").rmdir()
