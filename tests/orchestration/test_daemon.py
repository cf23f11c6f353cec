"""Webserver and daemon as processes on loopback: a schedule tick and the sensor land data, and a
release follows; a run that was killed does not hold the queue."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from orchestration.defs.instance import open_instance
from tests.orchestration.conftest import FinishedRun, variables
from tests.sources.fake_publisher import Request, Response, serve
from tests.sources.us_federal_register.conftest import Register
from warehouse.paths import PROJECT, DataPaths
from warehouse.storage.load_records import list_load_records

pytestmark = [pytest.mark.xdist_group("whole_run"), pytest.mark.timeout(900), pytest.mark.long]
#: Seconds that a step may take on a busy machine.
TIMEOUT_SECONDS = 420


@pytest.fixture
def copied(whole_run: FinishedRun, tmp_path: Path) -> DataPaths:
    shutil.copytree(whole_run.paths.data_dir, tmp_path / "copy", symlinks=True)
    return DataPaths.at(tmp_path / "copy")


def test_schedule_and_sensor_land_and_a_release_follows(copied: DataPaths) -> None:
    before = copied.current.resolve().name
    soon = datetime.now(UTC) + timedelta(seconds=100)
    with (
        Register().serving() as register,
        serve(lambda _: Response()) as open_port,
        _deployment(
            copied,
            PAX_SENSOR_SECONDS="5",
            PAX_CRON_US_FEDERAL_REGISTER=f"{soon.minute} {soon.hour} * * *",
            PAX_FEDERAL_REGISTER_BASE_URL=register.url,
            HTTPS_PROXY=open_port,
        ) as port,
        open_instance(copied) as instance,
    ):
        assert _asset_keys(port) > {"landing/usgs_mcs/world", "marts/dim_country"}
        document = copied.inbox / "policy_news" / "act.txt"
        document.parent.mkdir(parents=True)
        document.write_text(
            "BEIJING, Nov 20 2026 (Reuters) - China's Ministry of Commerce announced on "
            "November 20, 2026 export controls on gallium, effective December 1, 2026.\n"
        )
        _wait(lambda: _finished(instance, "pax/source", "policy_news"), "the sensor's run")
        assert list_load_records(copied, "policy_news")
        assert not document.exists()
        assert (document.parent / ".processed" / document.name).is_file()
        _wait(lambda: _finished(instance, "pax/source", "us_federal_register"), "the tick's run")
        assert register.requests, "the publisher was asked"
        assert {r.access_method for r in list_load_records(copied, "us_federal_register")} == {
            "live"
        }
        chains = instance.get_runs(dg.RunsFilter(job_name="everything"))
        assert {run.status for run in chains} == {dg.DagsterRunStatus.SUCCESS}
    after = copied.current.resolve().name
    assert after != before, "new figures give a new release"
    assert (copied.current / "report" / "index.html").is_file()


def test_killed_run_is_failed_and_the_queue_goes_on(copied: DataPaths) -> None:
    """`pax run` is killed with -9 while the daemon works: the next tick fails its run, a run that
    had to wait in the queue starts, and the webhook gets a post."""
    posts: list[Request] = []

    def receive(request: Request) -> Response:
        posts.append(request)
        return Response()

    with (
        serve(receive) as webhook,
        _deployment(copied, PAX_SENSOR_SECONDS="5", PAX_WEBHOOK_URL=f"{webhook}/failed") as port,
        open_instance(copied) as instance,
    ):
        process = subprocess.Popen(
            [sys.executable, "-m", "orchestration.cli.app", "run", "--force"], cwd=PROJECT,
            env=variables(copied.data_dir), stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdout is not None
        assert any("dbt models" in line for line in process.stdout)
        [started] = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
        launched = _launch(port, "land_worldbank_wgi")
        _wait(lambda: _status(instance, launched) == dg.DagsterRunStatus.QUEUED, "the second run")
        process.send_signal(signal.SIGKILL)
        process.wait()
        _wait(lambda: _status(instance, started.run_id) == dg.DagsterRunStatus.FAILURE, "failing")
        _wait(lambda: _status(instance, launched) == dg.DagsterRunStatus.SUCCESS, "the queue")
        _wait(
            lambda: any("What to do" in json.loads(post.body)["text"] for post in list(posts)),
            "the webhook",
        )
        assert "release" in {json.loads(post.body).get("event") for post in posts}


@contextmanager
def _deployment(paths: DataPaths, **settings: str) -> Iterator[int]:
    """Webserver and daemon, as `deploy/` starts them; gives the webserver's port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = variables(paths.data_dir, PAX_PORT=str(port), NO_PROXY="127.0.0.1", **settings)
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    logs = paths.working / "logs"
    started = []
    for name in ("webserver", "daemon"):
        with (logs / f"{name}.log").open("w") as log:
            started.append(
                subprocess.Popen(
                    ["bash", str(PROJECT / "deploy" / "start.sh"), name],
                    env=environment,
                    stdout=log,
                    stderr=log,
                )
            )
    try:
        _wait(lambda: _asset_keys(port), "the webserver")
        yield port
    finally:
        for process in started:
            process.send_signal(signal.SIGINT)
        for process in started:
            process.wait(timeout=60)


def _wait(is_done: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not is_done():
        assert time.monotonic() < deadline, f"{what} did not come"
        time.sleep(1)


def _finished(instance: dg.DagsterInstance, tag: str, value: str) -> bool:
    runs = instance.get_runs(dg.RunsFilter(job_name="everything", tags={tag: value}))
    return bool(runs) and all(run.is_finished for run in runs)


def _status(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRunStatus:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return run.status


def _graphql(port: int, query: str, **variables: object) -> dict[str, object]:
    body = json.dumps({"query": query, "variables": variables}).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql", body, {"Content-Type": "application/json"}
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=60) as answer:
        found: dict[str, object] = json.loads(answer.read())["data"]
    return found


def _asset_keys(port: int) -> set[str]:
    try:
        found = _graphql(port, "{ assetNodes { assetKey { path } } }")
    except OSError:
        return set()
    nodes: list[dict[str, dict[str, list[str]]]] = found["assetNodes"]  # type: ignore[assignment]
    return {"/".join(node["assetKey"]["path"]) for node in nodes}


def _launch(port: int, job: str) -> str:
    """Press the button of a job; gives the id of its run."""
    [location] = _graphql(port, "{ repositoriesOrError { ... on RepositoryConnection { nodes { "
                          "name location { name } } } } }")["repositoriesOrError"]["nodes"]  # type: ignore[index]  # fmt: skip
    found = _graphql(
        port,
        "mutation L($p: ExecutionParams!) { launchRun(executionParams: $p) { __typename "
        "... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }",
        p={
            "selector": {
                "repositoryName": location["name"],
                "repositoryLocationName": location["location"]["name"],
                "jobName": job,
            },
            "mode": "default",
            "executionMetadata": {"tags": [
                {"key": "dagster/asset_partition_range_start", "value": "2024"},
                {"key": "dagster/asset_partition_range_end", "value": "2024"},
            ]},
        },
    )["launchRun"]  # fmt: skip
    return str(found["run"]["runId"])  # type: ignore[index]
