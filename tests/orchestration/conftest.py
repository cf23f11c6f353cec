"""A whole run on the bundled figures, made once and read by every test that needs one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest

from orchestration.cli.error_output import out
from orchestration.defs.environment import environment, write_settings
from orchestration.defs.transformation.dbt_command import prepare_manifest
from warehouse.paths import PROJECT, DataPaths

Done = subprocess.CompletedProcess[str]
Pax = Callable[..., Done]


def variables(data_dir: Path, **more: str) -> dict[str, str]:
    """The environment of a process that works on `data_dir`."""
    return {
        **os.environ,
        **environment(DataPaths.at(data_dir)),
        "COLUMNS": "200",
        "NO_COLOR": "1",
        **more,
    }


def call(data_dir: Path, *words: str, wait: float = 840, **more: str) -> Done:
    """`pax …` in its own process, as a person calls it."""
    return run_module(data_dir, "orchestration.cli.app", *words, wait=wait, **more)


def run_module(data_dir: Path, module: str, *words: str, wait: float = 840, **more: str) -> Done:
    return subprocess.run(
        [sys.executable, "-m", module, *words],
        cwd=PROJECT, env=variables(data_dir, **more), capture_output=True, text=True,
        timeout=wait, check=False,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def wide_console(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables that a command prints in this process do not fold, however wide the terminal is."""
    monkeypatch.setattr(out, "width", 200)


@dataclass(frozen=True)
class FinishedRun:
    """A finished run: its data directory and what it printed."""

    paths: DataPaths
    done: Done

    def pax(self, *words: str, **environment: str) -> Done:
        return call(self.paths.data_dir, *words, **environment)


@pytest.fixture(scope="session")
def whole_run(tmp_path_factory: pytest.TempPathFactory) -> FinishedRun:
    """One run from nothing to a release. Its users must not change this data directory: they copy
    it, or put back what they moved. (All of them are in the xdist group `whole_run`.)"""
    data_dir = tmp_path_factory.mktemp("whole") / "data"
    done = call(data_dir, "run")  # 65 s on a quiet machine, 400 on a busy one
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return FinishedRun(DataPaths.at(data_dir), done)


@pytest.fixture(scope="session")
def parsed_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dbt project, parsed once: a data directory with a copy of it loads at once."""
    return prepare_manifest(DataPaths.at(tmp_path_factory.mktemp("parsed"))).parent


def use_parsed(paths: DataPaths, parsed_project: Path) -> None:
    shutil.copytree(parsed_project, paths.working / parsed_project.name)


@pytest.fixture
def pax(data_dir: DataPaths) -> Pax:
    """`pax` in an empty data directory."""

    def do(*words: str, **environment: str) -> Done:
        return call(data_dir.data_dir, *words, **environment)

    return do


@pytest.fixture(scope="session")
def paths(tmp_path_factory: pytest.TempPathFactory, parsed_project: Path) -> DataPaths:
    paths = DataPaths.at(tmp_path_factory.mktemp("definitions"))
    write_settings(paths)
    use_parsed(paths, parsed_project)
    return paths


@pytest.fixture(scope="session")
def definitions(paths: DataPaths) -> dg.Definitions:
    from orchestration.definitions import defs

    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(paths).items():
            patch.setenv(name, value)
        return defs()
