"""One run at a time per home: the warehouse's file lock, which one process may take again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from orchestration.errors import HomeNotWritable, RunInProgress
from warehouse import lock as file_lock
from warehouse.rooms import Rooms

#: How deep this process is inside its own lock, by home: a step of a run may ask again.
_depth: dict[str, int] = {}


@contextmanager
def held(rooms: Rooms, purpose: str) -> Iterator[None]:
    """Hold this home's lock; refused at once, naming the holder, if another process has it.

    The system frees the lock when a process dies, so a killed run blocks nobody.
    """
    home = str(rooms.home)
    if home in _depth:
        _depth[home] += 1
        try:
            yield
        finally:
            _depth[home] -= 1
        return
    try:
        rooms.working.mkdir(parents=True, exist_ok=True)
        taken = file_lock.held(rooms.lock, purpose)
        taken.__enter__()
    except file_lock.Held as error:
        raise RunInProgress(rooms.home, file_lock.holder(rooms.lock)) from error
    except OSError as error:
        raise HomeNotWritable(rooms.home, error) from error
    _depth[home] = 1
    try:
        yield
    finally:
        del _depth[home]
        taken.__exit__(None, None, None)


def holder(rooms: Rooms) -> str | None:
    """Who holds the lock now; None if nobody does (a killed run's note may linger)."""
    if not rooms.lock.is_file():
        return None
    probe = FileLock(rooms.lock, timeout=0)
    try:
        probe.acquire()
    except Timeout:
        return file_lock.holder(rooms.lock)
    except OSError:
        return None
    probe.release()
    return None
