"""The lock of a data directory, as the command line acquires it: it waits and names the owner."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.markup import escape

from orchestration.cli.error_output import err
from orchestration.errors import DataDirNotWritableError, RunInProgressError
from warehouse.paths import DataPaths
from warehouse.storage.file_lock import LockTimeoutError, acquire_lock, lock_owner


@contextmanager
def write_lock(paths: DataPaths, purpose: str, *, wait: bool = True) -> Iterator[None]:
    """Hold the data directory's lock; with `wait` until another process has ended.

    Raises:
        RunInProgressError: another process holds it, and `wait` is false.
        DataDirNotWritableError: the folder cannot be written.
    """

    def on_wait(owner: str) -> None:
        err.print(f"[yellow]waiting for[/yellow] {escape(owner)}", highlight=False, soft_wrap=True)

    lock = acquire_lock(paths.lock, purpose, timeout=-1 if wait else 0, on_wait=on_wait)
    try:
        paths.working.mkdir(parents=True, exist_ok=True)
        lock.__enter__()
    except LockTimeoutError as error:
        owner = lock_owner(paths.lock) or "another process"
        raise RunInProgressError(paths.data_dir, owner) from error
    except OSError as error:
        raise DataDirNotWritableError(paths.data_dir, error) from error
    try:
        yield
    finally:
        lock.__exit__(None, None, None)
