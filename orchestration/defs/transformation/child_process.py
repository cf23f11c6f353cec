"""A process that must not outlive the step that started it."""

from __future__ import annotations

import atexit
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

#: After so many seconds a process that was asked to end is killed.
TIMEOUT_SECONDS = 15.0


@contextmanager
def ended_afterwards(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """End `process` when the block is left before it has ended, also by an error of whoever reads
    its events: a build that goes on alone would write the results of the next one."""
    atexit.register(_end, process)  # where an error keeps the block from being left
    try:
        yield
    finally:
        _end(process)
        atexit.unregister(_end)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
