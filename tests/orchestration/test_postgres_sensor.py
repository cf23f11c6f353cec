"""The daemon's way to PostgreSQL: the sensor's ticks and its job, against a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from orchestration.defs.automation.postgres_sensor import postgres_sensor, publish_postgres
from orchestration.resources import DataDirResource
from tests.warehouse.postgres_server import Server, ask, server_or_skip
from tests.warehouse.synthetic_data_dir import CHECK_RESULTS, build_data_dir, publish_marts
from warehouse.paths import DataPaths
from warehouse.release import RunInfo

pytestmark = pytest.mark.xdist_group("postgres")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    yield from server_or_skip()


def tick(paths: DataPaths) -> dg.SensorExecutionData:
    with (
        dg.DagsterInstance.ephemeral() as instance,
        dg.build_sensor_context(instance) as context,
    ):
        return postgres_sensor(paths).evaluate_tick(context)


def test_without_a_database_nothing_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PAX_POSTGRES_DSN", raising=False)
    assert tick(DataPaths.at(tmp_path)).skip_message == "no PAX_POSTGRES_DSN"


def test_a_release_that_the_database_lacks_is_published(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAX_POSTGRES_DSN", server.dsn)
    paths, manifest = build_data_dir(tmp_path)
    assert tick(paths).skip_message == "no release yet"
    release = publish_marts(paths, manifest, CHECK_RESULTS, RunInfo("first"))

    server.stop()
    try:
        skipped = tick(paths)
    finally:
        server.start()
    assert "cannot be reached" in (skipped.skip_message or "")
    assert not skipped.run_requests

    (request,) = tick(paths).run_requests or []
    assert request.run_key is not None
    assert release.release_id in request.run_key
    done = publish_postgres.execute_in_process(
        resources={"data_dir": DataDirResource(path=str(paths.data_dir))}
    )
    assert done.output_for_node("publish_current_release") == release.release_id
    assert ask(server, "select release_id from marts.publish_info") == [(release.release_id,)]
    assert tick(paths).skip_message == f"PostgreSQL has {release.release_id}"


def test_one_switch_turns_it_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAX_AUTOMATION", "off")
    assert "PAX_AUTOMATION" in (tick(DataPaths.at(tmp_path)).skip_message or "")
