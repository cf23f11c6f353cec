"""One run at a time per home: the warehouse's file lock, which one process may take again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from orchestration.errors import DataDirNotWritableError, RunInProgressError
from warehouse.paths import DataPaths
from warehouse.storage import file_lock as file_lock

#: How deep this process is inside its own lock, by home: a step of a run may ask again.
_depth: dict[str, int] = {}


@contextmanager
def acquire_lock(paths: DataPaths, purpose: str) -> Iterator[None]:
    """Hold this home's lock; refused at once, naming the holder, if another process has it.

    The system frees the lock when a process dies, so a killed run blocks nobody.
    """
    data_dir = str(paths.data_dir)
    if data_dir in _depth:
        _depth[data_dir] += 1
        try:
            yield
        finally:
            _depth[data_dir] -= 1
        return
    try:
        paths.working.mkdir(parents=True, exist_ok=True)
        taken = file_lock.acquire_lock(paths.lock, purpose)
        taken.__enter__()
    except file_lock.LockTimeoutError as error:
        raise RunInProgressError(paths.data_dir, file_lock.lock_owner(paths.lock)) from error
    except OSError as error:
        raise DataDirNotWritableError(paths.data_dir, error) from error
    _depth[data_dir] = 1
    try:
        yield
    finally:
        del _depth[data_dir]
        taken.__exit__(None, None, None)


def lock_owner(paths: DataPaths) -> str | None:
    """Who holds the lock now; None if nobody does (a killed run's note may linger)."""
    if not paths.lock.is_file():
        return None
    probe = FileLock(paths.lock, timeout=0)
    try:
        probe.acquire()
    except Timeout:
        return file_lock.lock_owner(paths.lock)
    except OSError:
        return None
    probe.release()
    return None
