"""A whole run on the bundled figures, made once and read by every test that needs one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from warehouse.paths import PROJECT, DataPaths

Done = subprocess.CompletedProcess[str]
Pax = Callable[..., Done]


def call(data_dir: Path, *words: str, wait: float = 280, **environment: str) -> Done:
    """`pax …` in its own process, as a person calls it."""
    return subprocess.run(
        [sys.executable, "-m", "orchestration.cli.app", *words],
        cwd=PROJECT,
        env={
            **os.environ,
            "PAX_HOME": str(data_dir),
            "COLUMNS": "200",
            "NO_COLOR": "1",
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=wait,
        check=False,
    )


@dataclass(frozen=True)
class Ran:
    """A finished run: its home and what it printed."""

    paths: DataPaths
    done: Done

    def pax(self, *words: str, **environment: str) -> Done:
        return call(self.paths.data_dir, *words, **environment)


@pytest.fixture(scope="session")
def whole_run(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """One run from nothing to a release. Its users must not change this home: they copy it, or
    put back what they moved. (All of them are in the xdist group `whole_run`.)"""
    data_dir = tmp_path_factory.mktemp("whole") / "home"
    done = call(data_dir, "run")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return Ran(DataPaths.at(data_dir), done)


@pytest.fixture
def pax(data_dir: DataPaths) -> Pax:
    """`pax` in an empty home."""

    def do(*words: str, **environment: str) -> Done:
        return call(data_dir.data_dir, *words, **environment)

    return do
