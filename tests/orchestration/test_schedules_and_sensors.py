"""What ticks: schedules of the sources, and the sensor of the inbox."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from orchestration.cli.status import refused_files
from orchestration.defs.automation.inbox import SETTLED_SECONDS, look_into_inbox
from orchestration.defs.automation.inbox_sensor import RETRY_AFTER, request_run
from orchestration.defs.ingestion.ingest import ingest
from orchestration.defs.ingestion.refused_files import refusal
from orchestration.resources import IngestConfig
from sources.kit.catalog import catalog
from tests.orchestration.conftest import run_module
from tests.orchestration.test_acceptance import comtrade_file
from tests.sources.fake_publisher import Response, serve
from warehouse.paths import DataPaths

pytestmark = pytest.mark.xdist_group("definitions")


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
