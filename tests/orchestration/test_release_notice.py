"""The notice of a new release: posted once, by whoever comes first, with what moved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from orchestration.defs.automation.run_sensors import release_webhook
from orchestration.defs.automation.webhook import announce_release
from tests.orchestration.conftest import call
from tests.sources.fake_publisher import Request, Response, serve
from tests.warehouse.synthetic_data_dir import CHECK_RESULTS, build_data_dir, publish_marts
from warehouse.paths import DataPaths
from warehouse.release import Published, RunInfo, rollback


def published(folder: Path, nudge: float = 0.0) -> tuple[DataPaths, Published]:
    paths, manifest = build_data_dir(folder, nudge=nudge)
    return paths, publish_marts(paths, manifest, CHECK_RESULTS, RunInfo(f"run{nudge}"))


def tick(paths: DataPaths) -> str:
    with (
        dg.DagsterInstance.ephemeral() as instance,
        dg.build_sensor_context(instance) as context,
    ):
        return release_webhook(paths).evaluate_tick(context).skip_message or ""


def test_each_release_is_posted_once_with_what_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bodies: list[dict[str, Any]] = []

    def receive(request: Request) -> Response:
        bodies.append(json.loads(request.body))
        return Response()

    with serve(receive) as url:
        monkeypatch.setenv("PAX_WEBHOOK_URL", url)
        paths, first = published(tmp_path)
        assert first.release_id in announce_release(paths)
        assert "is announced" in tick(paths), "the daemon does not repeat what the run has posted"
        _, second = published(tmp_path, nudge=0.1)
        assert second.release_id in tick(paths)
        assert "is announced" in announce_release(paths)
        rollback(paths)
        assert first.release_id in tick(paths), "a rollback makes another release current"
    assert [body["release_id"] for body in bodies] == [
        first.release_id, second.release_id, first.release_id
    ]  # fmt: skip
    assert "the first release" in bodies[0]["text"]
    moved = bodies[1]["moved"]
    sizes = [abs(row["after"] - row["before"]) for row in moved]
    assert sizes
    assert sizes == sorted(sizes, reverse=True)
    assert moved[0]["label"] in bodies[1]["text"]
    assert {row["cause"] for row in moved} == {"method"}, "neither source nor edition differs"
    assert "(cause: method)" in bodies[1]["text"]
    assert moved[0]["label"].split(", ")[0] == moved[0]["cell"].split(" · ")[0]
    assert not any("candidate:" in row["cell"] for row in moved)
    assert Path(bodies[1]["report"]).is_file()
    # what a notice states is in both releases
    shares = []
    for release in (first, second):
        with duckdb.connect() as connection:
            shares.append({
                " · ".join(map(str, key)): share
                for *key, share in connection.execute(
                    f"select {', '.join(_key(release, moved[0]['mart']))}, concern_share"
                    f" from read_parquet('{release.folder}/parquet/{moved[0]['mart']}.parquet')"
                ).fetchall()
            })  # fmt: skip
    cell = moved[0]["cell"]
    assert (shares[0][cell], shares[1][cell]) == (moved[0]["before"], moved[0]["after"])


def _key(release: Published, mart: str) -> list[str]:
    manifest = json.loads((release.folder / "manifest.json").read_text(encoding="utf-8"))
    key: list[str] = manifest["marts"][mart]["key"]
    return key


@pytest.mark.parametrize("status", [500, None], ids=["refused", "no_answer"])
def test_a_notice_that_is_not_accepted_is_posted_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int | None
) -> None:
    paths, release = published(tmp_path)
    answers = [Response(status=status) if status else None, Response()]
    with serve(lambda _: answers.pop(0)) as url:
        monkeypatch.setenv("PAX_WEBHOOK_URL", url)
        assert "did not accept" in tick(paths)
        assert paths.current.resolve().name == release.release_id
        assert release.release_id in tick(paths)


def test_rolling_back_on_the_command_line_posts_too(
    tmp_path: Path,
) -> None:
    paths, first = published(tmp_path)
    published(tmp_path, nudge=0.1)
    posts: list[Request] = []

    def receive(request: Request) -> Response:
        posts.append(request)
        return Response(status=200 if len(posts) > 1 else 503)

    with serve(receive) as url:
        for said in ("the webhook did not accept the notice", "posted the notice of"):
            done = call(
                paths.data_dir, "publish", "--rollback", first.release_id, PAX_WEBHOOK_URL=url
            )
            assert done.returncode == 0, done.stderr
            assert said in done.stdout
    assert len(posts) == 2


def test_without_an_address_nothing_is_posted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PAX_WEBHOOK_URL", raising=False)
    assert tick(DataPaths.at(tmp_path)) == "no PAX_WEBHOOK_URL"


@pytest.mark.parametrize("address", ["hooks/token-4711", "http://here:token-4711/x"])
def test_an_address_that_is_none_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    paths, _ = published(tmp_path)
    monkeypatch.setenv("PAX_WEBHOOK_URL", address)
    said = tick(paths)
    assert "PAX_WEBHOOK_URL is no address" in said
    assert "4711" not in said, "an address may hold a token"
