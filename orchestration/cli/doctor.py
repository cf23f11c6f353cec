"""`pax doctor`: everything a run needs, one line each: ok, warn or fail, and what to do."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from orchestration.defs.transformation.dbt_command import dbt_executable
from orchestration.errors import DONE, REFUSED
from warehouse.paths import PROJECT, DataPaths
from warehouse.storage.file_lock import lock_owner

#: A run writes the working database and a release: both together stay far below this.
NEEDED_MB = 500
_PACKAGES = ("dagster", "dagster-dbt", "dbt-core", "dbt-duckdb", "duckdb", "great-expectations")
_COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}


@dataclass(frozen=True)
class Finding:
    level: str  # ok | warn | fail
    what: str
    seen: str
    remedy: str = ""


Check = Callable[[DataPaths], Iterator[Finding]]


def examine(paths: DataPaths, console: Console, *, only_stored: bool = False) -> int:
    """Print every finding, or those on what is stored (`pax verify`); 1 if any line failed."""
    checks = STORED if only_stored else CHECKS
    findings = [finding for check in checks for finding in _findings(check, paths)]
    for found in findings:
        colour = _COLOURS[found.level]
        line = f"[{colour}]{found.level:<4}[/{colour}] {found.what:<18} {escape(found.seen)}"
        if found.remedy:
            line += f"\n     what to do: {escape(found.remedy)}"
        console.print(line, highlight=False, soft_wrap=True)
    return REFUSED if any(found.level == "fail" for found in findings) else DONE


def _findings(check: Check, paths: DataPaths) -> Iterator[Finding]:
    """A check that fails is a finding too: the other lines must still be printed."""
    try:
        yield from check(paths)
    except Exception as error:
        what = check.__name__.strip("_")
        yield Finding("fail", what, f"{type(error).__name__}: {error}", "see the lines above")


def _python(paths: DataPaths) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    fits = (3, 11) <= sys.version_info < (3, 14)
    yield Finding(
        "ok" if fits else "warn", "python", version,
        "" if fits else "3.11 to 3.13 are tested: make PYTHON=python3.11 run",
    )  # fmt: skip


def _packages(paths: DataPaths) -> Iterator[Finding]:
    try:
        seen = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _PACKAGES)
    except importlib.metadata.PackageNotFoundError as error:
        yield Finding("fail", "packages", f"{error.name} is missing", "make setup")
        return
    yield Finding("ok", "packages", seen)


def _dbt(paths: DataPaths) -> Iterator[Finding]:
    path = dbt_executable()
    if Path(path).name == "pax-dbt":
        yield Finding("ok", "dbt executable", path)
    elif Path(path).is_file():
        what = f"{path}: pax-dbt is missing, so that dbt outlives a run that is killed"
        yield Finding("warn", "dbt executable", what, "make setup")
    else:
        yield Finding("fail", "dbt executable", "not found", "make setup")


def _data_dir(paths: DataPaths) -> Iterator[Finding]:
    chosen = "PAX_HOME" if os.environ.get("PAX_HOME") else "default"
    try:
        paths.data_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=paths.data_dir) as handle:
            handle.write(b"pax")
    except OSError as error:
        yield Finding(
            "fail", "data directory", f"{paths.data_dir} ({chosen}): {error.strerror}",
            "set PAX_HOME to a folder you may write",
        )  # fmt: skip
        return
    yield Finding("ok", "data directory", f"{paths.data_dir} ({chosen}), writable")
    free = shutil.disk_usage(paths.data_dir).free >> 20
    level = "ok" if free > 4 * NEEDED_MB else "warn" if free > NEEDED_MB else "fail"
    remedy = "" if level == "ok" else f"free some space: a run may need {NEEDED_MB} MB"
    yield Finding(level, "disk", f"{free:,} MB free", remedy)


def _lock(paths: DataPaths) -> Iterator[Finding]:
    owner = lock_owner(paths.lock)
    yield Finding(
        "warn" if owner else "ok", "lock", owner or "free",
        "another run is in progress; `pax run` waits for it" if owner else "",
    )  # fmt: skip


def _sources(paths: DataPaths) -> Iterator[Finding]:
    from sources.kit.catalog import catalog
    from warehouse.storage.bundled import read_bundle

    sources = catalog()
    bundled = [s for s, spec in sources.items() if "bundled" in spec.access_methods]
    missing = [s for s in bundled if read_bundle(sources[s]) is None]
    if missing:
        yield Finding(
            "fail", "bundled figures", f"missing for {', '.join(missing)}",
            f"restore {PROJECT.name}/sources/<name>/bundled from git",
        )  # fmt: skip
    else:
        yield Finding("ok", "bundled figures", f"{len(bundled)} of {len(sources)} sources")


def _landing(paths: DataPaths) -> Iterator[Finding]:
    from orchestration.defs.ingestion.landing_state import landing_state
    from sources.kit.catalog import catalog

    states = landing_state(paths, catalog())
    rows = sum(state.rows for state in states)
    if not rows:
        yield Finding("warn", "landing", "empty", "`pax run` lands the bundled figures")
    else:
        yield Finding(
            "ok", "landing", f"{rows:,} rows of {sum(1 for s in states if s.rows)} sources"
        )
    for state in states:
        if state.is_stale:
            again = f"`pax run --live --source {state.source_id}`"
            by_hand = f"`pax land {state.source_id} FILE`"
            yield Finding("warn", f"  {state.source_id}", state.note, f"{again}, or {by_hand}")


def _access(paths: DataPaths) -> Iterator[Finding]:
    """Keys and quotas, of the sources that have any."""
    from sources.kit.catalog import catalog

    for source_id, spec in catalog().items():
        access = getattr(spec.fetch, "access", None) if "live" in spec.access_methods else None
        if access:
            level, seen, remedy = access()
            yield Finding(level, f"  {source_id}", seen, remedy)


def _working(paths: DataPaths) -> Iterator[Finding]:
    if not paths.database.exists():
        yield Finding("ok", "working database", "none yet; a run makes it")
        return
    if lock_owner(paths.lock):
        yield Finding("ok", "working database", "in use by the run")
        return
    problem = _database_problem(paths)
    yield Finding(
        "warn" if problem else "ok", "working database", problem or "opens",
        "nothing is lost: the next `pax run` builds it again" if problem else "",
    )  # fmt: skip


def _database_problem(paths: DataPaths) -> str | None:
    """Why the working database cannot be opened, in DuckDB's words; None if it can."""
    import duckdb

    try:
        with duckdb.connect(str(paths.database), read_only=True) as connection:
            connection.execute("select count(*) from duckdb_columns()").fetchall()
    except duckdb.Error as error:
        return str(error).splitlines()[0][:200]
    return None


def _release(paths: DataPaths) -> Iterator[Finding]:
    from warehouse.storage.read_only import reading

    if not paths.current.exists():
        yield Finding("warn", "release", "none is current", "`pax run` publishes the first")
        return
    try:
        with reading(paths.current.resolve() / "pax_silica.duckdb") as connection:
            row = connection.execute(
                "select release_id, n_marts from marts.publish_info"
            ).fetchone()
    except Exception as error:
        yield Finding(
            "fail", "release", f"cannot be opened: {str(error).splitlines()[0]}",
            "`pax publish --rollback` activates the one before; `pax run --force` makes a new one",
        )  # fmt: skip
        return
    yield Finding("ok", "release", f"{row[0]}, {row[1]} marts" if row else "empty")


def _landed_files(paths: DataPaths) -> Iterator[Finding]:
    """Every landed Parquet against the hash in its load record, and what is set aside."""
    from sources.kit.catalog import catalog
    from warehouse.storage.load_records import list_load_records
    from warehouse.storage.set_aside import damaged_partitions, list_set_aside

    n_damaged = 0
    for source_id, spec in catalog().items():
        for partition, reason in damaged_partitions(paths, spec):
            n_damaged += 1
            yield Finding(
                "fail", f"  {source_id}", f"{partition}: {reason}",
                "the next `pax run` sets it aside and lands it again where it is bundled; else "
                f"`pax land {source_id} --again {partition}`",
            )  # fmt: skip
    n_landed = len(list_load_records(paths))
    if not n_damaged:
        yield Finding("ok", "landed files", f"{n_landed} partitions are as they landed")
    for entry in list_set_aside(paths):
        yield Finding("warn", f"  {entry.source_id}", entry.sentence, entry.remedy)


def _raw_bytes(paths: DataPaths) -> Iterator[Finding]:
    from warehouse.storage.atomic_write import sha256_of

    files = [path for path in paths.raw.glob("*/*") if not path.name.startswith(".")]
    damaged = [path for path in files if sha256_of(path) != path.name]
    for path in damaged:
        yield Finding("fail", "raw bytes", f"{path} differs from its name, its hash",
                      "download that file again and land it")  # fmt: skip
    if not damaged:
        yield Finding("ok", "raw bytes", f"{len(files)} files have their hash")


def _releases(paths: DataPaths) -> Iterator[Finding]:
    from warehouse.release.registry import current_id, integrity_errors

    current = current_id(paths)
    for folder in sorted(paths.releases.glob("[!.]*")):
        wrong = integrity_errors(folder)
        name = f"release{' (current)' * (folder.name == current)}"
        remedy = f"remove {folder}"
        if folder.name == current:
            remedy = f"`pax publish --rollback` activates the one before; then {remedy}"
        yield Finding(
            "fail" if wrong else "ok", name,
            f"{folder.name}: {'; '.join(wrong[:3]) or 'every file has its hash'}",
            remedy if wrong else "",
        )  # fmt: skip


STORED: tuple[Check, ...] = (_landed_files, _raw_bytes, _releases)
CHECKS: tuple[Check, ...] = (
    _python, _packages, _dbt, _data_dir, _lock, _sources, _landing, _access, _working, _release,
    *STORED,
)  # fmt: skip
