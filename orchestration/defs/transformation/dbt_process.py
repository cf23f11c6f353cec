"""`pax-dbt`: dbt as a process that ends with the run that started it, also if that was killed.

A run that is killed with -9 ends nothing that it has started: dbt would go on building alone,
beside the next run, and write into its files. Linux and macOS give a process whose parent has ended
another one, so dbt asks who its parent is. As long as it runs it holds a lock, for which a build
waits.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

from orchestration.errors import RunFailedError
from warehouse.paths import DataPaths
from warehouse.storage.file_lock import LockTimeoutError, acquire_lock

#: Seconds between two looks at the parent, and from a request to end to a kill.
INTERVAL_SECONDS, GRACE_SECONDS = 0.5, 10.0
#: Seconds that a build waits for the dbt of a run that was killed.
TIMEOUT_SECONDS = 60.0
#: What opens no database, and may run beside a build.
_WITHOUT_DATABASE = frozenset({"parse", "--version", "--help"})


def main() -> None:
    """The program `dbt`, as its package declares it, with its exit codes."""
    end_with_parent()
    [program] = entry_points(group="console_scripts", name="dbt")
    dbt = program.load()
    if _WITHOUT_DATABASE & set(sys.argv[1:]):
        sys.exit(dbt())
    with acquire_lock(_lock(DataPaths.at()), "dbt", timeout=TIMEOUT_SECONDS):
        sys.exit(dbt())


def end_with_parent() -> None:
    """Watch in a thread whether the parent of this process still runs."""
    watch = threading.Thread(target=_watch, args=(os.getppid(),), daemon=True, name="parent")
    watch.start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(INTERVAL_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)


def wait_for_dbt(
    paths: DataPaths, on_wait: Callable[[str], None], timeout: float = TIMEOUT_SECONDS
) -> None:
    """Wait until no dbt works in this data directory: that of a killed run is about to end.

    Args:
        on_wait: called with the process in words before waiting.
    Raises:
        RunFailedError: it has not ended in `timeout` seconds.
    """
    try:
        with acquire_lock(_lock(paths), "the start of a build", timeout=timeout, on_wait=on_wait):
            return
    except LockTimeoutError as error:
        raise RunFailedError(
            f"dbt still works in this data directory: {str(error).splitlines()[0]}",
            remedy="end that process, then `pax run` again; what is current stays",
        ) from error


def _lock(paths: DataPaths) -> Path:
    return paths.working / "dbt.lock"
