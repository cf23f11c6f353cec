"""dbt ends with the run that started it, however that ends, and a build waits for it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from orchestration.defs.transformation.dbt_command import dbt_executable
from orchestration.defs.transformation.dbt_process import wait_for_dbt
from orchestration.errors import RunFailedError
from warehouse.paths import DataPaths

#: What dbt does while it builds, without a project.
CHILD = (
    "import time\n"
    "from orchestration.defs.transformation.dbt_process import end_with_parent\n"
    "end_with_parent()\n"
    "print('watching', flush=True)\n"
    "time.sleep(100)\n"
)
PARENT = (
    "import subprocess, sys, time\n"
    "child = subprocess.Popen([sys.executable, '-c', sys.argv[1]], stdout=subprocess.PIPE)\n"
    "child.stdout.readline()\n"
    "print(child.pid, flush=True)\n"
    "time.sleep(100)\n"
)
HOLDER = (
    "import sys, time\n"
    "from pathlib import Path\n"
    "from warehouse.storage.file_lock import acquire_lock\n"
    "with acquire_lock(Path(sys.argv[1]), 'dbt'):\n"
    "    print('held', flush=True)\n"
    "    time.sleep(float(sys.argv[2]))\n"
)


def started(code: str, *words: str) -> tuple[subprocess.Popen[str], str]:
    """A Python process, and the first line that it prints."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, *words], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def is_running(pid: int) -> bool:
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return done.stdout.strip()[:1] not in ("", "Z")


def test_it_ends_when_its_parent_is_killed() -> None:
    parent, line = started(PARENT, CHILD)
    child = int(line)
    assert is_running(child)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    deadline = time.monotonic() + 20
    while is_running(child):
        assert time.monotonic() < deadline, "it works on alone"
        time.sleep(0.1)


def test_it_runs_as_long_as_its_parent() -> None:
    parent, line = started(PARENT, CHILD)
    time.sleep(1.5)  # three looks
    assert is_running(int(line))
    parent.kill()
    parent.wait()


def test_build_waits_for_dbt_of_a_killed_run(data_dir: DataPaths) -> None:
    data_dir.working.mkdir()
    owners: list[str] = []
    process, _ = started(HOLDER, str(data_dir.working / "dbt.lock"), "1")
    wait_for_dbt(data_dir, owners.append, timeout=20)
    assert process.wait(5) == 0
    assert [f"process {process.pid}" in owner for owner in owners] == [True]
    wait_for_dbt(data_dir, owners.append, timeout=0)
    assert len(owners) == 1, "nobody works there any more"


def test_dbt_that_does_not_end_is_named(data_dir: DataPaths) -> None:
    data_dir.working.mkdir()
    process, _ = started(HOLDER, str(data_dir.working / "dbt.lock"), "100")
    with pytest.raises(RunFailedError, match=f"process {process.pid}") as raised:
        wait_for_dbt(data_dir, lambda owner: None, timeout=0.5)
    assert "end that process" in raised.value.remedy
    process.kill()
    process.wait()


def test_executable_is_dbt(tmp_path: Path) -> None:
    """The one that runs start; it has dbt's command line, and its exit codes."""
    executable = dbt_executable()
    assert Path(executable).name == "pax-dbt"
    environment = {**os.environ, "PAX_HOME": str(tmp_path), "DO_NOT_TRACK": "1"}
    done = subprocess.run(
        [executable, "--log-path", str(tmp_path), "no-such-command"],
        capture_output=True, text=True, env=environment,
    )  # fmt: skip
    assert done.returncode == 2
    assert "No such command" in done.stdout + done.stderr
