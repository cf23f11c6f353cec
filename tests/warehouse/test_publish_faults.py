"""Kills at every step of publishing, and a BI client that reads while releases change."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.warehouse.synthetic_data_dir import CHECK_RESULTS, build_data_dir, publish_marts
from warehouse.paths import DataPaths
from warehouse.release import Published, RunInfo, current_id, releases
from warehouse.release.failpoint import STEPS
from warehouse.release.registry import activate, integrity_errors
from warehouse.release.verify import verify_release

PUBLISH = (
    "import sys; from pathlib import Path\n"
    "from warehouse.release import *; from warehouse.paths import DataPaths\n"
    "paths, manifest = DataPaths.at(sys.argv[1]), Path(sys.argv[2])\n"
    "export_marts(paths, manifest); publish(paths, manifest, [], RunInfo('killed', keep=1))\n"
)
READER = """
import json, os, sys, time
from pathlib import Path
import sqlalchemy
data_dir, stop = Path(sys.argv[1]), Path(sys.argv[2])
seen, errors, n_queries = [], [], 0
hardened = {"enable_external_access": False, "lock_configuration": True}
while not stop.exists():
    try:
        engine = sqlalchemy.create_engine(
            f"duckdb:///{data_dir / 'current' / 'pax_silica.duckdb'}",
            connect_args={"read_only": True, "config": hardened},
            poolclass=sqlalchemy.pool.NullPool,
        )
        with engine.connect() as connection:
            for _ in range(3):
                info, rows, total = connection.execute(sqlalchemy.text(
                    "select (select release_id from marts.publish_info), count(*),"
                    " round(sum(concern_share), 3) from marts.partner_dependency"
                )).one()
                n_queries += 1
                if info not in [name for name, *_ in seen]:
                    seen.append((info, rows, total))
                elif (info, rows, total) not in seen:
                    errors.append(f"torn: {info} {rows} {total}")
        engine.dispose()
    except Exception as error:
        errors.append(repr(error))
    if n_queries == 3:
        print("reading", flush=True)
print(json.dumps({"seen": seen, "errors": errors, "n_queries": n_queries}))
"""


@pytest.fixture(scope="session")
def before_kill(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Published]:
    """A data directory with one release and other rows in its working database."""
    data_dir = tmp_path_factory.mktemp("before") / "data"
    paths, manifest = build_data_dir(data_dir)
    first = publish_marts(paths, manifest, CHECK_RESULTS, RunInfo("first"))
    build_data_dir(data_dir, nudge=0.05)
    return data_dir, first


@pytest.mark.parametrize("step", STEPS)
def test_kill_at_any_step_leaves_current_complete(
    tmp_path: Path, step: str, before_kill: tuple[Path, Published]
) -> None:
    template, first = before_kill
    data_dir = tmp_path / "data"
    shutil.copytree(template, data_dir, symlinks=True)
    paths = DataPaths.at(data_dir)
    manifest = paths.dbt_target / "manifest.json"
    done = subprocess.run(
        [sys.executable, "-c", PUBLISH, str(data_dir), str(manifest)],
        env={**os.environ, "PAX_FAILPOINT": step}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == -9, done.stderr

    is_activated = step in ("activated", "retained")
    assert (current_id(paths) == first.release_id) is not is_activated
    assert verify_release(paths.current.resolve()) == []
    assert all(not integrity_errors(release.folder) for release in releases(paths))

    second = publish_marts(paths, manifest, CHECK_RESULTS, RunInfo("second"))
    assert second.is_new is (step not in ("renamed", "activated", "retained"))
    assert current_id(paths) == second.release_id != first.release_id
    assert not list(paths.releases.glob(".*.tmp"))
    assert not list(paths.data_dir.glob(".current*"))
    assert verify_release(paths.current.resolve()) == []


def start_reader(data_dir: Path, stop: Path) -> subprocess.Popen[str]:
    """A BI client that reads `current` until the file `stop` is there; it has begun."""
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(data_dir), str(stop)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert reader.stdout is not None
    assert reader.stdout.readline() == "reading\n"
    return reader


def test_bi_client_has_no_error_while_releases_change(tmp_path: Path) -> None:
    paths, manifest = build_data_dir(tmp_path)
    publish_marts(paths, manifest, CHECK_RESULTS, RunInfo("first"))
    stop = tmp_path / "stop"
    reader = start_reader(tmp_path, stop)
    for number in range(1, 4):
        paths, manifest = build_data_dir(tmp_path, nudge=number / 50)
        publish_marts(paths, manifest, CHECK_RESULTS, RunInfo(f"run{number}", keep=2))
        time.sleep(0.3)
    stop.touch()
    out, err = reader.communicate(timeout=60)
    result = json.loads(out)
    assert result["errors"] == [], err
    assert len(result["seen"]) == 4
    assert result["n_queries"] >= 12


@pytest.mark.parametrize("times", [50, pytest.param(1000, marks=pytest.mark.long)])
def test_readers_have_no_error_while_two_releases_are_activated(
    before_kill: tuple[Path, Published], tmp_path: Path, times: int
) -> None:
    """Two BI clients open `current` again and again: each answer is wholly of one release."""
    shutil.copytree(before_kill[0], tmp_path / "data", symlinks=True)
    paths, stop = DataPaths.at(tmp_path / "data"), tmp_path / "stop"
    publish_marts(paths, paths.dbt_target / "manifest.json", CHECK_RESULTS, RunInfo("second"))
    two = [release.release_id for release in releases(paths)]
    assert len(two) == 2
    readers = [start_reader(paths.data_dir, stop) for _ in range(2)]
    for number in range(times):
        activate(paths, two[number % 2])
        time.sleep(0.01)
    stop.touch()
    for reader in readers:
        out, err = reader.communicate(timeout=60)
        result = json.loads(out)
        assert result["errors"] == [], err
        assert {name for name, *_ in result["seen"]} == set(two)
        assert result["n_queries"] >= times / 10
        print(f"{result['n_queries']} reads during {times} activations, no error")
