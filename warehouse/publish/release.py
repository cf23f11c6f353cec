"""Build a release beside the served one, look at it with fresh eyes, then flip `current` once.

Whatever happens before the flip, readers keep the release that they have: the new one grows in a
hidden folder of the same file system, and the only visible step is one atomic rename of a link.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from warehouse import lock
from warehouse.duck import reading
from warehouse.publish import shelf
from warehouse.publish.catalog import Mart, read_catalog
from warehouse.publish.errors import (
    GateRefused,
    PublishError,
    VerificationFailed,
    explained,
)
from warehouse.publish.failpoint import reached
from warehouse.publish.licences import Clearance, clear, landed_editions
from warehouse.publish.manifest import git_commit, identity, release_id, tool_versions
from warehouse.publish.manifest import write_manifest as _write_manifest
from warehouse.publish.own_tables import Verdict
from warehouse.publish.pages import Draft, write_pages, write_tables
from warehouse.publish.parquet import MartFile, write_mart
from warehouse.publish.run import Published, RunInfo
from warehouse.publish.verify import in_fresh_process
from warehouse.rooms import PROJECT, Rooms

LATEST = date(9999, 12, 31)
Progress = Callable[[str], None]


def _silent(_: str) -> None: ...


def publish(
    rooms: Rooms,
    manifest_json: Path,
    verdicts: Sequence[Verdict],
    run: RunInfo,
    *,
    say: Progress = _silent,
) -> Published:
    """Publish the marts of the working database; `manifest_json` is dbt's.

    Raises `GateRefused` when a critical verdict failed, `VerificationFailed` when the built
    release is not what it says, `PublishError` for the rest. No error touches `current`.
    """
    refuse_failed(verdicts)
    marts = read_catalog(manifest_json)
    with explained(rooms.home):
        try:
            rooms.releases.mkdir(parents=True, exist_ok=True)
            with lock.held(rooms.releases / ".publish.lock", f"publishing of run {run.run_id}"):
                reached("locked")
                shelf.sweep(rooms)
                return _publish(rooms, marts, verdicts, run, say)
        except lock.Held as error:
            raise PublishError(str(error)) from error


def refuse_failed(verdicts: Sequence[Verdict]) -> None:
    """No release while a critical check is red."""
    red = [v for v in verdicts if not v.get("passed") and v.get("severity") == "critical"]
    if red:
        lines = [f"  - {v.get('subject')}: {v.get('expectation')} ({v.get('stage')})" for v in red]
        raise GateRefused(
            f"{len(red)} critical checks failed:\n" + "\n".join(lines[:20]),
            remedy="mend the data or the model that these lines name, then run again",
        )


def _publish(
    rooms: Rooms, marts: Sequence[Mart], verdicts: Sequence[Verdict], run: RunInfo, say: Progress
) -> Published:
    _refuse_full_disk(rooms)
    folder = rooms.releases / f".{re.sub(r'[^A-Za-z0-9_-]', '-', run.run_id) or 'run'}.tmp"
    folder.mkdir()
    reached("folder_made")
    try:
        draft = _draft(rooms, folder, marts, run, say)
        reached("parquet_written")
        done = rooms.releases / draft.release_id
        if done.exists():
            shutil.rmtree(folder)
            return _again(rooms, draft, done)
        _finish(draft, verdicts, rooms, say)
        folder.rename(done)
        shelf.sync_folder(rooms.releases)
        reached("renamed")
    except BaseException:
        with suppress(OSError):
            shutil.rmtree(folder)
        raise
    shelf.flip(rooms, draft.release_id)
    reached("flipped")
    removed = shelf.retain(rooms, run.keep)
    reached("retained")
    return _published(draft, done, is_new=True, removed=removed)


def _refuse_full_disk(rooms: Rooms) -> None:
    """A release never needs more than the working database that it is drawn from."""
    if not rooms.database.is_file():
        raise PublishError(
            f"there is no working database at {rooms.database}", remedy="run dbt, then publish"
        )
    needed, free = rooms.database.stat().st_size, shutil.disk_usage(rooms.releases).free
    if free < needed:
        raise PublishError(
            f"the disk of {rooms.releases} has {free >> 20} MB left; publishing may need"
            f" {needed >> 20} MB",
            remedy="free some space or keep fewer releases, then run again",
        )


def _days(connection: duckdb.DuckDBPyConnection, run: RunInfo) -> tuple[date, date]:
    found: tuple[Any, ...] | None = None
    with suppress(duckdb.CatalogException):
        found = connection.execute(
            "select as_of_date, as_known_on from intermediate.int_run__parameters"
        ).fetchone()
    as_of_date = run.as_of_date or (found[0] if found else None)
    if as_of_date is None:
        raise PublishError(
            "the run has no as-of date", remedy="build int_run__parameters, or give the date"
        )
    return as_of_date, run.as_known_on or (found[1] if found else None) or LATEST


def _draft(rooms: Rooms, folder: Path, marts: Sequence[Mart], run: RunInfo, say: Progress) -> Draft:
    """The marts' Parquet files, and with them the release's identity."""
    parquet = folder / "parquet"
    parquet.mkdir()
    with reading(rooms.database, memory_limit="4GB", spill=folder / ".spill") as connection:
        as_of_date, as_known_on = _days(connection, run)
        receipts = rooms.landing / "run" / "receipts" / "receipts.parquet"
        editions = landed_editions(receipts, as_known_on)
        clearance: Clearance = clear(marts, editions)

        def write(mart: Mart) -> MartFile:
            with connection.cursor() as own:
                return write_mart(own, mart.name, mart.key, parquet)

        # two at a time: while one file is compressed, the next mart is sorted
        files: list[MartFile] = []
        with ThreadPoolExecutor(2) as pool:
            for file in pool.map(write, clearance.free):
                say(f"wrote {file.name}")
                files.append(file)
    shutil.rmtree(folder / ".spill", ignore_errors=True)
    version = identity(files, as_of_date, as_known_on)
    built_at = (run.built_at or datetime.now(UTC)).astimezone(UTC)
    return Draft(
        release_id=release_id(as_of_date, version),
        data_version=version,
        folder=folder,
        as_of_date=as_of_date,
        as_known_on=as_known_on,
        built_at=built_at,
        run_id=run.run_id,
        git_sha=run.git_sha or git_commit(PROJECT),
        fingerprint=run.fingerprint,
        previous_id=shelf.current_id(rooms),
        marts=clearance.free,
        files=tuple(files),
        editions=tuple(editions),
        kept_at_home=clearance.home,
        tools=tool_versions(),
    )


def _finish(draft: Draft, verdicts: Sequence[Verdict], rooms: Rooms, say: Progress) -> None:
    """Everything after the Parquet: database, pages, manifest; then look, then seal."""
    say("building pax_silica.duckdb")
    card = write_tables(draft, verdicts)
    reached("snapshot_written")
    say("drawing the report")
    write_pages(draft, card, rooms)
    reached("pages_written")
    _write_manifest(draft.folder, card)
    reached("manifest_written")
    say("checking the release in a fresh process")
    if problems := in_fresh_process(draft.folder):
        raise VerificationFailed(problems)
    reached("verified")
    shelf.seal(draft.folder)
    reached("sealed")


def _again(rooms: Rooms, draft: Draft, done: Path) -> Published:
    """The same rows as before: serve the release that is there, if it is whole."""
    if wrong := shelf.damage(done):
        raise PublishError(
            f"{done.name} exists but is damaged: {'; '.join(wrong[:3])}",
            remedy=f"remove {done} (roll back first if it is served), then run again",
        )
    if draft.previous_id != draft.release_id:
        shelf.flip(rooms, draft.release_id)
    return _published(draft, done, is_new=False)


def _published(
    draft: Draft, folder: Path, *, is_new: bool, removed: Sequence[str] = ()
) -> Published:
    return Published(
        release_id=draft.release_id,
        folder=folder,
        is_new=is_new,
        n_marts=len(draft.files),
        data_version=draft.data_version,
        previous_id=draft.previous_id,
        kept_at_home=draft.kept_at_home,
        removed=tuple(removed),
    )
