"""The asset graph: its keys, groups and checks as a committed snapshot, and what must tick.

After a wanted change: `PAX_SNAPSHOT=write pytest tests/orchestration/test_definitions.py`, then
read the difference before committing it.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.cli.status import refused_files
from orchestration.defs.automation.inbox import SETTLED_SECONDS, look_into_inbox
from orchestration.defs.automation.inbox_sensor import RETRY_AFTER, request_run
from orchestration.defs.environment import environment, write_settings
from orchestration.defs.ingestion.ingest import ingest
from orchestration.defs.ingestion.partitions import partition_keys
from orchestration.defs.ingestion.refused_files import refusal
from orchestration.defs.transformation.assets import MARTS
from orchestration.resources import IngestConfig
from sources.kit.catalog import catalog
from tests.orchestration.conftest import run_module, use_parsed
from tests.orchestration.test_acceptance import comtrade_file
from tests.sources.fake_publisher import Response, serve
from warehouse.paths import DataPaths

SNAPSHOT = Path(__file__).with_name("graph.json")

pytestmark = pytest.mark.xdist_group("definitions")


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory, parsed_project: Path) -> DataPaths:
    paths = DataPaths.at(tmp_path_factory.mktemp("definitions"))
    write_settings(paths)
    use_parsed(paths, parsed_project)
    return paths


@pytest.fixture(scope="module")
def definitions(paths: DataPaths) -> dg.Definitions:
    from orchestration.definitions import defs

    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(paths).items():
            patch.setenv(name, value)
        return defs()


def described(definitions: dg.Definitions) -> dict[str, dict[str, object]]:
    """Key, group and checks of every asset. dbt's own names of tests are long and many: their
    number stands for them; so does that of a source's partitions, which grow by the month."""
    graph = definitions.resolve_asset_graph()
    found: dict[str, dict[str, object]] = {}
    for key in sorted(graph.get_all_asset_keys()):
        node = graph.get(key)
        checks = sorted(check.name for check in graph.get_check_keys_for_assets({key}))
        own = [c for c in checks if c == "sources" or key.path[0] == "release"]
        found[key.to_user_string()] = {
            "group": node.group_name,
            "checks": own,
            "dbt_tests": len(checks) - len(own),
            "is_partitioned": node.is_partitioned,
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


def test_no_dependency_names_an_unknown_asset(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    unknown = sorted(key.to_user_string() for key in graph.external_asset_keys)
    assert not unknown, f"no step makes {unknown}"


def test_every_source_lands_and_has_jobs_and_a_schedule(definitions: dg.Definitions) -> None:
    keys = definitions.resolve_asset_graph().get_all_asset_keys()
    schedules = {s.name: s for s in definitions.schedules or []}
    jobs = {job.name for job in definitions.resolve_all_job_defs()}
    for source_id, spec in catalog().items():
        for table in spec.tables:
            assert dg.AssetKey(["landing", source_id, table]) in keys
        assert {source_id, f"land_{source_id}"} <= jobs
        schedule = schedules[f"{source_id}_cadence"]
        assert schedule.execution_timezone == "UTC"
        assert schedule.cron_schedule == spec.cadence.cron
    assert {"everything", "build_and_release", "release_only"} <= jobs


def test_landing_is_partitioned_where_a_source_has_parts(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    for source_id, spec in catalog().items():
        for table in spec.tables:
            node = graph.get(dg.AssetKey(["landing", source_id, table]))
            keys = node.partitions_def.get_partition_keys() if node.partitions_def else []
            assert list(keys) == partition_keys(spec)
            assert not keys or node.backfill_policy == dg.BackfillPolicy.single_run()
            stale_after = timedelta(days=spec.cadence.stale_after_days)
            policy = node.freshness_policy
            assert isinstance(policy, type(dg.FreshnessPolicy.time_window(stale_after)))
    assert {"2022", "2026"} <= set(partition_keys(catalog()["usgs_mcs"]))
    assert "202601" in partition_keys(catalog()["uk_hmrc"])
    assert not partition_keys(catalog()["policy_news"])


def test_every_asset_has_description_group_owner_and_kind(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    nodes = [graph.get(key) for key in graph.get_all_asset_keys()]
    bare = [n.key.to_user_string() for n in nodes if not (n.group_name and n.owners and n.kinds)]
    assert not bare, f"without group, owner or kind: {bare}"
    public = [n for n in nodes if n.key.path[0] in ("landing", "marts", "release")]
    silent = [n.key.to_user_string() for n in public if not n.description]
    assert not silent, f"without description: {silent}"


def test_checks_of_the_project_are_described_and_block(definitions: dg.Definitions) -> None:
    specs = [spec for checks in definitions.asset_checks or [] for spec in checks.check_specs]
    assert {spec.name for spec in specs} > {"sources", "dim_country"}
    assert all(spec.blocking and spec.description for spec in specs)


def test_release_waits_for_every_mart_and_its_check(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    marts = {key for key in graph.get_all_asset_keys() if key.path[0] == "marts"}
    parquet = dg.AssetKey(["release", "parquet"])
    assert marts
    assert graph.get(parquet).parent_keys == marts
    assert graph.get(dg.AssetKey(["release", "current"])).parent_keys == {parquet}
    checked = {check.name for check in graph.get_check_keys_for_assets({parquet})}
    assert checked == {key.path[-1] for key in marts}


def test_steps_after_dbt_read_marts_alone(definitions: dg.Definitions) -> None:
    """A build of a part states of what it has kept only the marts: Dagster would skip a step that
    reads another table."""
    graph = definitions.resolve_asset_graph()
    built = set(definitions.resolve_assets_def(dg.AssetKey(["marts", "dim_country"])).keys)
    read = {key for node in graph.asset_nodes if node.key not in built for key in node.parent_keys}
    assert {key.path[0] for key in read & built} == {MARTS}


def test_jobs_run_in_one_process_and_steps_share_a_pool(definitions: dg.Definitions) -> None:
    for job in definitions.resolve_all_job_defs():
        assert job.executor_def is dg.in_process_executor, job.name
        for node in job.nodes_in_topological_order:
            if node.name not in ("run_everything",):
                assert node.definition.pool == "data_directory", node.name  # type: ignore[attr-defined]


@pytest.mark.parametrize("job", ["everything", "build_and_release"])
def test_a_knowledge_day_in_the_future_is_refused(
    definitions: dg.Definitions, job: str, paths: DataPaths
) -> None:
    day = {"as_known_on": "9000-01-01"}
    config: dict[str, Any] = {"ops": {"run_everything": {"config": day}}}
    selection = None
    if job == "build_and_release":
        config = {"resources": {"inputs": {"config": {**day, "activate": True}}}}
        selection = [dg.AssetKey(["landing", "run", "parameters"])]
    with dg.DagsterInstance.ephemeral() as instance:
        done = definitions.resolve_job_def(job).execute_in_process(
            run_config=config, instance=instance, asset_selection=selection, raise_on_error=False
        )
        (failed,) = [event for event in done.all_events if event.is_step_failure]
    assert not done.success
    error = failed.step_failure_data.error
    assert error is not None
    assert "9000-01-01 lies in the future" in error.message
    assert "What to do: give " in error.message
    assert not (paths.landing / "run" / "parameters").exists()


def test_job_of_a_source_ends_in_the_release(definitions: dg.Definitions) -> None:
    job = definitions.resolve_job_def("usgs_mcs")
    keys = set(job.asset_layer.executable_asset_keys)
    assert dg.AssetKey(["landing", "usgs_mcs", "world"]) in keys
    assert dg.AssetKey(["release", "current"]) in keys
    assert not [k for k in keys if k.path[:2] == ["landing", "uk_hmrc"]]


def _schedules(definitions: dg.Definitions) -> dict[str, dg.ScheduleDefinition]:
    return {s.name: s for s in definitions.schedules or [] if isinstance(s, dg.ScheduleDefinition)}


def _tick_schedule(definitions: dg.Definitions, source_id: str) -> dg.ScheduleExecutionData:
    with dg.build_schedule_context() as context:
        return _schedules(definitions)[f"{source_id}_cadence"].evaluate_tick(context)


def test_schedules_run_with_the_daemon(definitions: dg.Definitions) -> None:
    for schedule in _schedules(definitions).values():
        assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING
    for sensor in definitions.sensors or []:
        assert sensor.default_status == dg.DefaultSensorStatus.RUNNING


def test_tick_without_live_access_names_the_upload(definitions: dg.Definitions) -> None:
    ticked = _tick_schedule(definitions, "cepii_geodist")
    assert not ticked.run_requests
    assert "pax land cepii_geodist" in (ticked.skip_message or "")


def test_tick_without_network_skips_with_its_reason(
    definitions: dg.Definitions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    ticked = _tick_schedule(definitions, "worldbank_wgi")
    assert not ticked.run_requests
    assert "no network to 127.0.0.1" in (ticked.skip_message or "")


def test_tick_with_network_asks_the_publisher(
    definitions: dg.Definitions, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(lambda _: Response()) as url:
        monkeypatch.setenv("HTTPS_PROXY", url)
        [request] = _tick_schedule(definitions, "worldbank_wgi").run_requests or []
    config = request.run_config["ops"]["run_everything"]["config"]
    assert config["live"] == ["worldbank_wgi"]
    assert config["retries"] > 0
    dg.validate_run_config(definitions.resolve_job_def("everything"), dict(request.run_config))


def test_one_switch_turns_all_off(
    definitions: dg.Definitions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAX_AUTOMATION", "off")
    assert "PAX_AUTOMATION" in (_tick_schedule(definitions, "un_hs").skip_message or "")
    assert "PAX_AUTOMATION" in (_tick_inbox(definitions).skip_message or "")


def test_cadence_and_time_zone_are_settings(paths: DataPaths) -> None:
    done = run_module(
        paths.data_dir, "dagster", "schedule", "list", "-m", "orchestration.definitions",
        PAX_CRON_UN_HS="5 4 * * *", PAX_TIMEZONE="Asia/Tokyo", PAX_AUTOMATION="off",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    [block] = [b for b in done.stdout.split("*" * 10) if "un_hs_cadence" in b]
    assert "5 4 * * *" in block
    assert "[RUNNING]" not in done.stdout


def test_dg_finds_and_checks_the_definitions(paths: DataPaths) -> None:
    done = run_module(paths.data_dir, "dagster_dg_cli.cli", "check", "defs")
    assert done.returncode == 0, done.stdout + done.stderr


def _tick_inbox(
    definitions: dg.Definitions, instance: dg.DagsterInstance | None = None
) -> dg.SensorExecutionData:
    sensors = {s.name: s for s in definitions.sensors or []}
    sensor = sensors["inbox_sensor"]
    assert isinstance(sensor, dg.SensorDefinition)
    with dg.DagsterInstance.ephemeral() as none, dg.build_sensor_context(instance or none) as tick:
        return sensor.evaluate_tick(tick)


def test_sensor_ticks_on_a_new_file(definitions: dg.Definitions, paths: DataPaths) -> None:
    assert not _tick_inbox(definitions).run_requests
    inbox = paths.inbox / "usgs_mcs"
    inbox.mkdir(parents=True)
    file = inbox / "MCS2027_World_Data.csv"
    file.write_text("still being written")
    assert not _tick_inbox(definitions).run_requests, "a file must settle first"
    settled = time.time() - SETTLED_SECONDS - 1
    os.utime(file, (settled, settled))
    [request] = _tick_inbox(definitions).run_requests or []
    config = request.run_config["ops"]["run_everything"]["config"]
    assert config["manual"] == {"usgs_mcs": [str(file)]}
    dg.validate_run_config(definitions.resolve_job_def("everything"), dict(request.run_config))
    [again] = _tick_inbox(definitions).run_requests or []
    assert again.run_key == request.run_key, "the same file asks once"
    file.unlink()


def test_one_file_of_the_inbox_does_not_hold_up_the_others(
    definitions: dg.Definitions, paths: DataPaths
) -> None:
    inbox = paths.inbox / "un_comtrade"
    (inbox / "a folder").mkdir(parents=True)
    files = {name: inbox / name for name in ("a.json", "b.json", "c.zip.crdownload", "~$d.csv")}
    settled = time.time() - SETTLED_SECONDS - 1
    for file in files.values():
        file.write_text("x")
        os.utime(file, (settled, settled))
    ahead = time.time() + 7290  # a slow machine takes some of it before the message
    os.utime(files["a.json"], (ahead, ahead))
    [request] = _tick_inbox(definitions).run_requests or []
    config = request.run_config["ops"]["run_everything"]["config"]
    assert config["manual"] == {"un_comtrade": [str(files["b.json"])]}
    files["b.json"].unlink()
    message = _tick_inbox(definitions).skip_message or ""
    assert "a.json was changed a moment ago; its own clock is 7,2" in message
    assert "a folder is an empty folder" in message
    assert "c.zip.crdownload is not complete yet" in message
    assert "~$d.csv" not in message
    spec = catalog()["un_comtrade"]
    later = look_into_inbox(paths, spec, now=time.time() + SETTLED_SECONDS + 1)
    assert later.ready == [files["a.json"]], "the clock of the file does not decide"
    shutil.rmtree(inbox)


def _put(paths: DataPaths, name: str, text: str) -> Path:
    """A settled file in the inbox."""
    file = paths.inbox / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    settled = time.time() - SETTLED_SECONDS - 1
    os.utime(file, (settled, settled))
    return file


def test_folder_in_the_inbox_is_one_upload(definitions: dg.Definitions, paths: DataPaths) -> None:
    file = _put(paths, "un_comtrade/a set/usa.csv", comtrade_file(2021).content.decode())
    _put(paths, "un_comtrade/a set/half.csv.part", "A,2021")
    assert "half.csv.part is not complete" in (_tick_inbox(definitions).skip_message or "")
    file.with_name("half.csv.part").unlink()
    [request] = _tick_inbox(definitions).run_requests or []
    spec, folder = catalog()["un_comtrade"], file.parent
    [path] = request.run_config["ops"]["run_everything"]["config"]["manual"]["un_comtrade"]
    assert path == str(folder)
    [landed] = ingest(spec, paths, IngestConfig(manual=[path])).landed
    assert landed.outcome == "landed"
    assert (paths.inbox / "un_comtrade" / ".processed" / "a set" / "usa.csv").is_file()
    assert ingest(spec, paths, IngestConfig(manual=[path])).failures == [], "it met another run"
    shutil.rmtree(paths.inbox)


def test_refused_file_is_tried_again_when_it_changes(
    definitions: dg.Definitions, paths: DataPaths
) -> None:
    """And when the code does: the version of a source's parser is that of its folder."""
    file = _put(paths, "un_comtrade/strange.csv", "this,is,nothing\n1,2,3\n")
    good = _put(paths, "un_comtrade/usa.csv", comtrade_file(2022).content.decode())
    spec, files = catalog()["un_comtrade"], [str(file), str(good)]
    done = ingest(spec, paths, IngestConfig(manual=files))
    assert len(done.landed) == len(done.failures) == 1, "one refused file leaves the other alone"
    [line] = refused_files(paths)
    assert "its header lacks" in line
    assert "What to do: known layouts are" in line
    tick = _tick_inbox(definitions)
    assert not tick.run_requests
    assert "strange.csv was refused; it is tried again when it or the code" in tick.skip_message
    assert "its header lacks" in tick.skip_message
    other = replace(spec, folder=catalog()["uk_hmrc"].folder)
    assert refusal(paths, spec, file)
    assert not refusal(paths, other, file)
    _put(paths, "un_comtrade/strange.csv", comtrade_file(2023).content.decode())
    assert _tick_inbox(definitions).run_requests
    assert ingest(spec, paths, IngestConfig(manual=[str(file)])).landed
    assert not list((paths.inbox / "un_comtrade" / ".refused").iterdir())
    shutil.rmtree(paths.inbox)


def test_file_of_a_run_is_not_asked_for_again_at_once(
    definitions: dg.Definitions, paths: DataPaths
) -> None:
    _put(paths, "un_comtrade/usa.csv", comtrade_file(2021).content.decode())
    with dg.instance_for_test() as instance:
        [request] = _tick_inbox(definitions, instance).run_requests or []
        job = definitions.resolve_job_def("everything")
        run = instance.create_run_for_job(
            job, tags=request.tags, status=dg.DagsterRunStatus.STARTED
        )
        tick = _tick_inbox(definitions, instance)
        assert not tick.run_requests
        assert f"usa.csv is being landed by run {run.run_id}" in tick.skip_message
        instance.report_run_failed(run)
        tick = _tick_inbox(definitions, instance)
        assert "ended without landing it; it is tried again at" in tick.skip_message
        later = datetime.now(UTC) + RETRY_AFTER
        asked = request_run(instance, "un_comtrade", [paths.inbox / "un_comtrade/usa.csv"], later)
        assert isinstance(asked, dg.RunRequest)
        assert asked.run_key != request.run_key
    shutil.rmtree(paths.inbox)


def test_file_beside_the_folders_is_named(definitions: dg.Definitions, paths: DataPaths) -> None:
    _put(paths, "usa.csv", "x")
    assert "no source is called usa.csv" in (_tick_inbox(definitions).skip_message or "")
    shutil.rmtree(paths.inbox)


def test_sensor_names_a_folder_of_no_source(definitions: dg.Definitions, paths: DataPaths) -> None:
    (paths.inbox / "usgs").mkdir(parents=True)
    assert "no source is called usgs" in (_tick_inbox(definitions).skip_message or "")
    (paths.inbox / "usgs").rmdir()
