"""`pax` as a process of its own that can be killed, limited, or given another clock."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.orchestration.conftest import variables
from warehouse.paths import PROJECT, DataPaths

MINUTES = 60.0
PAX = (sys.executable, "-m", "orchestration.cli.app")


def start(paths: DataPaths, *words: str, **settings: str) -> subprocess.Popen[str]:
    """`pax <words>`, the leader of a group of processes."""
    return start_command([*PAX, *words], variables(paths.data_dir, **settings))


def start_command(
    command: Sequence[str],
    environment: Mapping[str, str],
    limits: Mapping[int, int] | None = None,
) -> subprocess.Popen[str]:
    """A command from the checkout; `limits` are hard limits of resources by their number."""

    def apply() -> None:
        for what, limit in (limits or {}).items():
            resource.setrlimit(what, (limit, limit))

    return subprocess.Popen(
        command, cwd=PROJECT, env=dict(environment), stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, start_new_session=True, preexec_fn=apply,
    )  # fmt: skip


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    """The exit code and what was printed.

    Raises:
        TimeoutExpired: it has not ended after half an hour.
    """
    output, _ = process.communicate(timeout=30 * MINUTES)
    return process.returncode, output


def kill(process: subprocess.Popen[str], chance: random.Random, *, is_left: bool = False) -> str:
    """Kill with -9: the process alone, as the system does without memory, or all of its group.

    With `is_left` what it had started is left to itself, and must end by itself.
    """
    is_alone = chance.random() < 0.5
    with suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGKILL) if is_alone else os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if not is_left:
        if is_alone:
            time.sleep(chance.random())
        with suppress(ProcessLookupError):  # it must not disturb the next seeds
            os.killpg(process.pid, signal.SIGKILL)
    return "alone" if is_alone else "with its children"


def list_group(leader: int) -> list[str]:
    """The commands of the processes of a group that still run."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pgid=,stat=,args="], capture_output=True, text=True, check=True
    )
    lines = [line.split(maxsplit=2) for line in listed.stdout.splitlines()]
    return [args for group, state, args in lines if group == str(leader) and state[0] != "Z"]


def without_privileges() -> list[str] | None:
    """The words before a command that bind it to the modes of files: none for a plain user, the
    loss of all capabilities for root; None where root cannot drop them."""
    if os.geteuid():
        return []
    if shutil.which("setpriv") is None:
        return None
    return ["setpriv", "--bounding-set", "-all", "--inh-caps", "-all"]


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path | None]:
    """A mounted tmpfs of that size; None where this user may not mount one."""
    with tempfile.TemporaryDirectory() as folder:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder]
        if subprocess.run(mount, capture_output=True, check=False).returncode:
            yield None
            return
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=False)


def enlarge(disk: Path) -> None:
    """Give a small disk all the space that a run needs."""
    subprocess.run(["mount", "-o", "remount,size=4g", str(disk)], check=True)
