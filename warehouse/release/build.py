"""Build a release beside the current one, verify it in a separate process, then activate it; one
of an earlier knowledge day stays beside it unless the run says otherwise.

Whatever happens before that, readers keep the release that they have: the new one grows in a
hidden folder of the same file system, and the only visible step is one atomic rename of a link.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from warehouse.paths import PROJECT, DataPaths
from warehouse.release import registry
from warehouse.release.analysis_views import AnalysisView, available_views, list_analysis_views
from warehouse.release.contents import ReleaseDraft, write_contents, write_tables
from warehouse.release.dbt_manifest import Mart, read_catalog
from warehouse.release.empty_marts import first_known_days, why_empty
from warehouse.release.errors import (
    ChecksFailedError,
    PublishError,
    VerificationError,
    publish_errors,
)
from warehouse.release.failpoint import failpoint
from warehouse.release.feed import renew_feed
from warehouse.release.licences import PublicationScope, apply_licences, landed_editions
from warehouse.release.manifest import git_commit, identity, release_id, tool_versions
from warehouse.release.manifest import write_manifest as _write_manifest
from warehouse.release.metadata_tables import CheckResult
from warehouse.release.parquet import MartFile, open_working_database, read_exported
from warehouse.release.pin import pinned_id, remove_pin
from warehouse.release.run_info import Published, RunInfo
from warehouse.release.table_macros import TableMacro, list_table_macros
from warehouse.release.verify import verify_in_subprocess
from warehouse.storage import file_lock
from warehouse.storage.atomic_write import fsync_file
from warehouse.storage.load_records import LATEST
from warehouse.storage.set_aside import list_set_aside

Progress = Callable[[str], None]


@dataclass(frozen=True)
class ReleaseContents:
    """What a run adds to its marts."""

    check_results: Sequence[CheckResult]
    build_data_docs: Callable[[Path], None] | None


def _no_progress(_: str) -> None: ...


def publish(
    paths: DataPaths,
    manifest_json: Path,
    check_results: Sequence[CheckResult],
    run: RunInfo,
    *,
    on_progress: Progress = _no_progress,
    build_data_docs: Callable[[Path], None] | None = None,
) -> Published:
    """Publish the marts that `export_marts` wrote; `manifest_json` is dbt's.

    Args:
        check_results: the results of all stages, one mapping each; they become
            `marts.check_result`.
        build_data_docs: writes the Data Docs of the run into the folder that it is given.
    Raises:
        ChecksFailedError: a critical check failed.
        VerificationError: the built release is not what its manifest says.
        PublishError: anything else. No error touches `current`.
    """
    validate_check_results(check_results)
    with publish_errors(paths.data_dir):
        marts = read_catalog(manifest_json, paths.database)
        macros = list_table_macros(manifest_json)
        views = list_analysis_views(manifest_json)
        try:
            paths.releases.mkdir(parents=True, exist_ok=True)
            with file_lock.acquire_lock(
                paths.releases / ".publish.lock", f"publishing of run {run.run_id}"
            ):
                failpoint("locked")
                registry.remove_incomplete(paths)
                contents = ReleaseContents(check_results, build_data_docs)
                return _publish(paths, marts, macros, views, contents, run, on_progress)
        except file_lock.LockTimeoutError as error:
            raise PublishError(str(error)) from error


def validate_check_results(check_results: Sequence[CheckResult]) -> None:
    """No release while a critical check fails.

    Raises:
        ChecksFailedError: names the first twenty.
    """
    failed = [r for r in check_results if not r.get("passed") and r.get("severity") == "critical"]
    if failed:
        lines = [
            f"  - {r.get('subject')}: {r.get('expectation')} ({r.get('stage')})" for r in failed
        ]
        raise ChecksFailedError(
            f"{len(failed)} critical checks failed:\n" + "\n".join(lines[:20]),
            remedy="correct the data or the model that these lines name, then run again",
        )


def _publish(
    paths: DataPaths,
    marts: Sequence[Mart],
    macros: Sequence[TableMacro],
    views: Sequence[AnalysisView],
    contents: ReleaseContents,
    run: RunInfo,
    on_progress: Progress,
) -> Published:
    _require_disk_space(paths)
    folder = paths.releases / f".{re.sub(r'[^A-Za-z0-9_-]', '-', run.run_id) or 'run'}.tmp"
    folder.mkdir()
    failpoint("folder_made")
    try:
        draft = build_draft(paths, folder, marts, macros, views, run)
        failpoint("parquet_written")
        done = paths.releases / draft.release_id
        if done.exists():
            shutil.rmtree(folder)
            return reactivate(paths, draft, done, run)
        _finish(draft, contents, paths, on_progress)
        folder.rename(done)
        fsync_file(paths.releases)
        failpoint("renamed")
    except BaseException:
        with suppress(OSError):
            shutil.rmtree(folder)
        raise
    if _is_to_be_current(paths, draft, run):
        _activate(paths, draft, run)
        failpoint("activated")
    removed = registry.apply_retention(paths, run.keep)
    failpoint("retained")
    renew_feed(paths)
    return _published(paths, draft, done, is_new=True, removed=removed)


def _is_to_be_current(paths: DataPaths, draft: ReleaseDraft, run: RunInfo) -> bool:
    """A release of all that is known, unless a rollback holds another one; or what was asked."""
    return run.activate or (draft.as_known_on == LATEST and pinned_id(paths) is None)


def _activate(paths: DataPaths, draft: ReleaseDraft, run: RunInfo) -> None:
    registry.activate(paths, draft.release_id)
    if run.activate:
        remove_pin(paths)


def _require_disk_space(paths: DataPaths) -> None:
    """A release never needs more than the working database that it is made from."""
    if not paths.database.is_file():
        return  # `open_working_database` reports it
    needed, free = paths.database.stat().st_size, shutil.disk_usage(paths.releases).free
    if free < needed:
        raise PublishError(
            f"the disk of {paths.releases} has {free >> 20} MB left; publishing may need"
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


def _take_over(file: MartFile, folder: Path) -> MartFile:
    """Copy an exported file into the release; the export stays for the checks of the next run."""
    copied = shutil.copyfile(file.path, folder / file.path.name)
    return replace(file, path=Path(copied))


def build_draft(
    paths: DataPaths,
    folder: Path,
    marts: Sequence[Mart],
    macros: Sequence[TableMacro],
    views: Sequence[AnalysisView],
    run: RunInfo,
) -> ReleaseDraft:
    """The marts' Parquet files as `export_marts` wrote them, and the release's identity.

    Raises:
        PublishError: a mart was not exported, or was built again since.
    """
    parquet = folder / "parquet"
    parquet.mkdir()
    with open_working_database(paths, folder / ".spill") as connection:
        as_of_date, as_known_on = _days(connection, run)
        load_records = paths.landing / "run" / "load_records" / "load_records.parquet"
        editions = landed_editions(load_records, as_known_on)
        first_days = first_known_days(connection, marts, landed_editions(load_records, LATEST))
        clearance: PublicationScope = apply_licences(marts, editions)
        exported = [
            read_exported(connection, mart.name, mart.key, paths.release_parquet)
            for mart in clearance.published
        ]
    shutil.rmtree(folder / ".spill", ignore_errors=True)
    files = [_take_over(file, parquet) for file in exported]
    n_rows = {file.name: file.rows for file in files}
    # what was published later than the knowledge day is not missing on it
    missing = [x for x in list_set_aside(paths) if x.known_from_date <= as_known_on.isoformat()]
    version = identity(files, as_of_date, as_known_on, missing)
    built_at = (run.built_at or datetime.now(UTC)).astimezone(UTC)
    return ReleaseDraft(
        release_id=release_id(as_of_date, version),
        data_version=version,
        folder=folder,
        as_of_date=as_of_date,
        as_known_on=as_known_on,
        built_at=built_at,
        run_id=run.run_id,
        git_sha=run.git_sha or git_commit(PROJECT),
        fingerprint=run.fingerprint,
        previous_id=registry.current_id(paths),
        marts=clearance.published,
        files=tuple(files),
        table_macros=tuple(m for m in macros if m.is_available(f.name for f in files)),
        analysis_views=available_views(views, n_rows),
        editions=tuple(editions),
        withheld_marts=clearance.withheld,
        empty_marts={
            mart.name: why_empty(mart, first_days, as_known_on)
            for mart in clearance.published
            if not n_rows[mart.name]
        },
        tools=tool_versions(),
        set_aside=tuple(missing),
    )


def _finish(
    draft: ReleaseDraft, contents: ReleaseContents, paths: DataPaths, on_progress: Progress
) -> None:
    """Everything after the Parquet: database, pages, manifest; verified, then read-only."""
    on_progress("building pax_silica.duckdb")
    card = write_tables(draft, contents.check_results)
    failpoint("database_written")
    on_progress("rendering the report")
    if contents.build_data_docs:
        contents.build_data_docs(draft.folder / "data_docs")
    card["moved"] = write_contents(draft, card, paths)
    failpoint("contents_written")
    _write_manifest(draft.folder, card)
    failpoint("manifest_written")
    on_progress("verifying the release in a separate process")
    if problems := verify_in_subprocess(draft.folder):
        raise VerificationError(problems)
    failpoint("verified")
    registry.make_read_only(draft.folder)
    failpoint("made_read_only")


def reactivate(paths: DataPaths, draft: ReleaseDraft, done: Path, run: RunInfo) -> Published:
    """The same rows as before: activate the release that is there, if it is whole and wanted.

    Raises:
        PublishError: the release that is there is damaged.
    """
    if wrong := registry.integrity_errors(done):
        raise PublishError(
            f"{done.name} exists but is damaged: {'; '.join(wrong[:3])}",
            remedy=f"`pax publish --rollback` if it is current, remove {done}, then run again",
        )
    if draft.previous_id != draft.release_id and _is_to_be_current(paths, draft, run):
        _activate(paths, draft, run)
        renew_feed(paths)
    return _published(paths, draft, done, is_new=False)


def _published(
    paths: DataPaths,
    draft: ReleaseDraft,
    folder: Path,
    *,
    is_new: bool,
    removed: Sequence[str] = (),
) -> Published:
    return Published(
        release_id=draft.release_id,
        folder=folder,
        is_new=is_new,
        is_current=registry.current_id(paths) == draft.release_id,
        n_marts=len(draft.files),
        data_version=draft.data_version,
        previous_id=draft.previous_id,
        pinned_id=pinned_id(paths),
        withheld_marts=draft.withheld_marts,
        removed=tuple(removed),
    )
