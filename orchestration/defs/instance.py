"""The persistent Dagster instance of a data directory, and the runs whose process has died.

Each run holds a file lock of its own from its start to the end of its process. Whether a run that
Dagster calls started is still alive is decided by that lock, which the operating system frees.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
from sqlalchemy import Engine, event

from orchestration.defs.environment import write_settings
from warehouse.paths import DataPaths
from warehouse.storage.atomic_write import LandingError
from warehouse.storage.file_lock import LockTimeoutError, acquire_lock, is_locked
from warehouse.storage.migrate import migrate_data_dir, read_layout

#: A run without a lock file may be about to acquire it; after this long it is dead, too.
STARTING = timedelta(minutes=5)
#: The tag of a run that lands a source.
SOURCE_TAG = "pax/source"
_IN_PROGRESS = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
#: Locks of the runs of this process; never released, so that they end with the process.
_run_locks = ExitStack()
_locked_runs: set[str] = set()

log = logging.getLogger("orchestration")


@event.listens_for(Engine, "connect")
def _set_pragmas(connection: Any, record: Any) -> None:
    """Do not wait for the disk at every event: after a power cut the last seconds of a log may be
    missing, the file stays whole (https://sqlite.org/pragma.html#pragma_synchronous)."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("pragma synchronous = normal")


def open_instance(paths: DataPaths) -> dg.DagsterInstance:
    """The instance in `paths.dagster_home`, made on first use; a context manager.

    Raises:
        OSError: the folder cannot be written.
        LockTimeoutError: another process has been opening it for too long.
    """
    write_settings(paths)
    # Dagster does not lock the making of its tables: two processes that open a new instance at once
    # (a webserver and a run) leave it with two schema versions, which no later start can open
    lock = paths.dagster_home / "instance.lock"
    with acquire_lock(lock, "a process that opens the instance", timeout=60):
        return dg.DagsterInstance.from_config(str(paths.dagster_home))


def prepare_instance(paths: DataPaths) -> None:
    """At the start of a code location: migration, settings, dead runs, and a warning where Dagster
    uses another instance than `pax`."""
    elsewhere = os.environ.get("DAGSTER_HOME")
    if elsewhere and Path(elsewhere).resolve() != paths.dagster_home:
        log.warning(
            "this Dagster instance (%s) is not the one that `pax run` writes to (%s).\n"
            '  What to do: stop it, run eval "$(pax env)" in this shell, and start it again',
            elsewhere, paths.dagster_home,
        )  # fmt: skip
    read_layout(paths)  # a data directory of a newer version ends the start with the next step
    try:
        migrate_data_dir(paths)
        with open_instance(paths) as instance:
            fail_dead_runs(instance, paths)
    except (OSError, LandingError, LockTimeoutError) as error:
        # the first run meets it again, and fails with it
        log.warning("the data directory is not ready: %s", error)


def run_lock_path(paths: DataPaths, run_id: str) -> Path:
    return paths.dagster_home / "run_locks" / f"{run_id}.lock"


def hold_run_lock(paths: DataPaths, run_id: str) -> None:
    """Hold the lock of a run until this process ends."""
    if run_id not in _locked_runs:
        _locked_runs.add(run_id)
        lock = acquire_lock(run_lock_path(paths, run_id), f"run {run_id}")
        _run_locks.enter_context(lock)


def fail_dead_runs(instance: dg.DagsterInstance, paths: DataPaths) -> list[str]:
    """Mark runs failed whose process has ended, and free what they held; returns their ids."""
    dead = []
    for record in instance.get_run_records(dg.RunsFilter(statuses=_IN_PROGRESS)):
        run = record.dagster_run
        if _is_alive(paths, run.run_id, record.update_timestamp):
            continue
        # it may have ended by itself between the question and the answer
        current = instance.get_run_by_id(run.run_id)
        if current is None or current.is_finished:
            continue
        instance.report_run_failed(
            run,
            "The process of this run has ended without a result: it was killed, or the machine "
            "was restarted. What was current before is still current.\n"
            "What to do: start the run again; nothing has to be repaired",
        )
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
        dead.append(run.run_id)
    _remove_old_locks(paths)
    return dead


def old_runs(instance: dg.DagsterInstance, older_than: timedelta) -> list[dg.DagsterRun]:
    """Finished runs that may be deleted, the oldest first.

    Runs that landed a source stay: Dagster would forget with them that a partition has landed.
    """
    finished = [s for s in dg.DagsterRunStatus if s.value in ("SUCCESS", "FAILURE", "CANCELED")]
    before = datetime.now(UTC) - older_than
    old = instance.get_run_records(
        dg.RunsFilter(statuses=finished, updated_before=before), ascending=True
    )
    runs = [record.dagster_run for record in old]
    return [run for run in runs if not (SOURCE_TAG in run.tags and run.is_success)]


def delete_old_runs(instance: dg.DagsterInstance, older_than: timedelta) -> int:
    """Delete up to fifty finished runs with their logs, so that a tick stays short; returns how
    many."""
    deleted = old_runs(instance, older_than)[:50]
    for run in deleted:
        instance.delete_run(run.run_id)
    return len(deleted)


@contextmanager
def databases_open(paths: DataPaths, run_id: str) -> Iterator[None]:
    """Keep a connection to each of the instance's SQLite files while a run writes its events.

    Dagster opens and closes a connection per event. When the last connection of a file closes,
    SQLite copies its log into the file and waits for the disk: three quarters of the time.
    """
    history = paths.dagster_home / "history"
    files = [history / "runs.db", history / "runs" / "index.db", history / "runs" / f"{run_id}.db"]
    with ExitStack() as stack:
        for file in files:
            if file.parent.is_dir():
                connection = sqlite3.connect(file, check_same_thread=False)
                stack.callback(connection.close)
                # counts as open only once it has read a file in this mode, which is Dagster's own
                connection.execute("pragma journal_mode = wal")
                connection.execute("select count(*) from sqlite_master").fetchone()
        yield


def _is_alive(paths: DataPaths, run_id: str, updated: datetime) -> bool:
    lock = run_lock_path(paths, run_id)
    if lock.is_file():
        return is_locked(lock)
    age = datetime.now(UTC) - updated.replace(tzinfo=updated.tzinfo or UTC)
    return age < STARTING


def _remove_old_locks(paths: DataPaths) -> None:
    day_ago = datetime.now(UTC).timestamp() - 86400
    for lock in (paths.dagster_home / "run_locks").glob("*.lock"):
        with suppress(OSError):
            if lock.stat().st_mtime < day_ago and not is_locked(lock):
                lock.unlink()
