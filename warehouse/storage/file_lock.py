"""A lock on a file that names its owner; the operating system frees it when the process ends."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

#: Locks that this process holds, by path: a step of a run may acquire the run's lock again.
_held: dict[Path, int] = {}


class LockTimeoutError(Exception):
    """Another process holds the lock; the message names it."""


@contextmanager
def acquire_lock(
    path: Path,
    purpose: str,
    *,
    timeout: float = 0,
    on_wait: Callable[[str], None] | None = None,
) -> Iterator[None]:
    """Hold the lock at `path` for `purpose`; the process that holds it may acquire it again.

    Args:
        timeout: seconds to wait for another process; -1 waits without end, 0 refuses at once.
        on_wait: called once with the owner in words before waiting.
    Raises:
        LockTimeoutError: another process still holds the lock.
        OSError: the lock file cannot be written.
    """
    if path in _held:
        _held[path] += 1
        try:
            yield
        finally:
            _held[path] -= 1
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    _wait_for(lock, path, timeout, on_wait)
    try:
        _write_note(path, purpose)
        _held[path] = 1
        yield
    finally:
        _held.pop(path, None)
        with suppress(OSError):
            _note(path).unlink()
        lock.release()


def lock_owner(path: Path) -> str | None:
    """The process that holds the lock now, in words; None if the lock is free."""
    return _owner_in_note(path) if is_locked(path) else None


def is_locked(path: Path) -> bool:
    """Whether any process, this one too, holds the lock; a killed process holds none."""
    if path in _held:
        return True
    if not path.is_file():
        return False
    probe = FileLock(path)
    try:
        probe.acquire(timeout=0)
    except Timeout:
        return True
    except OSError:
        return False
    probe.release()
    return False


def _wait_for(
    lock: FileLock, path: Path, timeout: float, on_wait: Callable[[str], None] | None
) -> None:
    try:
        lock.acquire(timeout=0)
        return
    except Timeout:
        owner = _owner_in_note(path)
    if timeout and on_wait:
        on_wait(owner)
    try:
        lock.acquire(timeout=timeout, poll_interval=0.2)
    except Timeout:
        raise LockTimeoutError(
            f"{path} is held by {_owner_in_note(path)}.\n"
            "  What to do: wait until it has ended; nothing was changed."
        ) from None


def _note(path: Path) -> Path:
    # a file of its own: acquiring the lock may truncate the lock file itself
    return path.with_name(path.name + ".holder")


def _write_note(path: Path, purpose: str) -> None:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    note = {"purpose": purpose, "pid": os.getpid(), "host": socket.gethostname(), "since": now}
    _note(path).write_text(json.dumps(note))


def _owner_in_note(path: Path) -> str:
    try:
        note = json.loads(_note(path).read_text())
        return f"{note['purpose']}, process {note['pid']} on {note['host']} since {note['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
