"""A lock on a file that tells who holds it."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout


class LockTimeoutError(Exception):
    """Somebody else holds the lock; the message names them."""


def _note(path: Path) -> Path:
    # a file of its own: taking the lock may truncate the lock file itself
    return path.with_name(path.name + ".holder")


def lock_owner(path: Path) -> str:
    """Who wrote the note beside the lock, in words; the note of a killed process may linger."""
    try:
        note = json.loads(_note(path).read_text())
        return f"{note['purpose']}, process {note['pid']} on {note['host']} since {note['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"


@contextmanager
def acquire_lock(path: Path, purpose: str, *, timeout: float = 0) -> Iterator[None]:
    """Hold the lock at `path` for `purpose`; the system frees it when the process dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path, timeout=timeout)
    try:
        lock.acquire()
    except Timeout:
        raise LockTimeoutError(
            f"{path} is held by {lock_owner(path)}.\n"
            "  What to do: wait until it has ended; nothing was changed."
        ) from None
    try:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        mine = {"purpose": purpose, "pid": os.getpid(), "host": socket.gethostname(), "since": now}
        _note(path).write_text(json.dumps(mine))
        yield
    finally:
        with suppress(OSError):
            _note(path).unlink()
        lock.release()
