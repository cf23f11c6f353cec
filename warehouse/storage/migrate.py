"""Migrate a data directory of an older version to the layout of this one, once and by rename.

Layout 1 is that of version 0.1.0 (`receipts/`, `drop/`), which wrote no version file; layout 2 is
that of 0.2.0. In each old folder the files are brought up to date first and the folder is renamed
last, and the version file is written at the end: a migration that is killed is completed by the
next one.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from warehouse.paths import DataPaths
from warehouse.storage import file_lock
from warehouse.storage.atomic_write import (
    LandingError,
    disk_errors,
    finish_commits,
    write_atomic,
    write_parquet,
)

LAYOUT = 2
_STAGES = {"arrivals": "sources", "departures": "marts"}


class LayoutError(LandingError):
    """The data directory has a layout that this version of the code does not know."""


def layout_path(paths: DataPaths) -> Path:
    """The file with the layout version of the data directory, one number."""
    return paths.data_dir / "layout_version"


def migrate_data_dir(paths: DataPaths, *, timeout: float = 10) -> list[str]:
    """Bring a data directory to the current layout; returns one line per step that was needed.

    One small file is read where nothing is to be done. Releases are not touched: they can be
    listed, queried and activated before and after. A missing directory stays missing.

    Args:
        timeout: seconds to wait for another process that migrates or writes the directory.

    Raises:
        LayoutError: a newer version wrote the directory, or its version file is unreadable.
        LandingError: a file cannot be moved or written, or another process is still writing.
    """
    if not paths.data_dir.is_dir() or read_layout(paths) == LAYOUT:
        return []
    version = f"{LAYOUT}\n".encode()
    if not any(old.exists() for old, _ in _renamed_folders(paths)):
        with suppress(OSError):  # a directory that can only be read needs no version file
            write_atomic(layout_path(paths), version)
        return []
    purpose = "migration of the data directory"
    try:
        with (
            disk_errors("the migrated data directory", paths.data_dir),
            file_lock.acquire_lock(paths.lock, purpose, timeout=timeout),
        ):
            done = list(_migrate(paths))
            write_atomic(layout_path(paths), version)
    except file_lock.LockTimeoutError:
        raise LandingError(
            f"the data directory has to be migrated, but {file_lock.lock_owner(paths.lock)}"
            " is writing to it",
            place=str(paths.data_dir),
            remedy="wait until that has ended, then start again",
        ) from None
    return done


def read_layout(paths: DataPaths) -> int | None:
    """The layout version of a data directory; None where none is written yet.

    Raises:
        LayoutError: a newer version wrote the directory, or its version file is unreadable.
    """
    path = layout_path(paths)
    try:
        layout = int(path.read_text())
    except FileNotFoundError:
        return None
    except ValueError:
        raise LayoutError(
            "the layout version is not a number",
            place=str(path),
            remedy=f"rm {path}   (the layout is then recognised by its folders)",
        ) from None
    if layout > LAYOUT:
        raise LayoutError(
            f"a newer version wrote this data directory: layout {layout}, known is {LAYOUT}",
            place=str(paths.data_dir),
            remedy="git pull && make setup",
        )
    return layout


def _renamed_folders(paths: DataPaths) -> list[tuple[Path, Path]]:
    """Old and new place of every folder that layout 2 renamed, inner ones first."""
    old_inbox, old_results = paths.data_dir / "drop", paths.working / "verdicts"
    return [
        *((p, p.with_name(".processed")) for p in sorted(old_inbox.glob("*/.landed"))),
        *((old_results / old, old_results / new) for old, new in _STAGES.items()),
        (old_inbox, paths.inbox),
        (old_results, paths.check_results),
        (paths.data_dir / "receipts", paths.load_records),
        (paths.landing / ".pulls", paths.landing / ".request_log"),
        (paths.landing / "run" / "receipts", paths.landing / "run" / "load_records"),
    ]


def _migrate(paths: DataPaths) -> Iterator[str]:
    # before anything moves: a commit of a killed run names the old folders
    if n_finished := finish_commits(paths):
        yield f"finished {n_finished} landings of a killed run"
    if n_copied := sum(map(_unlink_from_checkout, sorted(paths.landing.glob("*/*/*.parquet")))):
        yield f"copied {n_copied} landed files that were hard links into the checkout"
    for path in sorted((paths.data_dir / "receipts").glob("*/[!_]*.json")):
        _rewrite(path, _load_record)
    for path in sorted((paths.landing / ".pulls").glob("*.jsonl")):
        _rewrite(path, _request_log)
    for path in sorted((paths.working / "verdicts").glob("*/*.json")):
        _rewrite(path, _check_results)
    _rewrite_load_records_table(paths.landing / "run" / "receipts")
    (paths.working / "last_run.json").unlink(missing_ok=True)
    for old, new in _renamed_folders(paths):
        if old.is_dir():
            _move(old, new)
            yield f"{old.relative_to(paths.data_dir)}/ -> {new.relative_to(paths.data_dir)}/"


def _unlink_from_checkout(path: Path) -> bool:
    if path.stat().st_nlink == 1:
        return False
    copied = shutil.copyfile(path, path.with_name(f".{path.name}.copy"))
    copied.replace(path)
    return True


def _rewrite(path: Path, convert: Any) -> None:
    """Rewrite a file, if that changes it; one that a killed run tore is left as it is."""
    before = path.read_bytes()
    with suppress(orjson.JSONDecodeError):
        if (after := convert(before)) != before:
            write_atomic(path, after)


def _load_record(content: bytes) -> bytes:
    record = orjson.loads(content)
    if "way" in record:
        record["access_method"] = record.pop("way").replace("dropped", "manual")
    return orjson.dumps(record, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)


def _request_log(content: bytes) -> bytes:
    return content.replace(b'{"cell":', b'{"request":')


def _check_results(content: bytes) -> bytes:
    for old, new in _STAGES.items():
        content = content.replace(f'"stage": "{old}"'.encode(), f'"stage": "{new}"'.encode())
    return content


def _rewrite_load_records_table(folder: Path) -> None:
    old = folder / "receipts.parquet"
    if old.is_file():
        table = pq.read_table(old)
        methods = pc.replace_substring(table["way"], pattern="dropped", replacement="manual")
        field = pa.field("access_method", pa.string(), nullable=False)
        table = table.set_column(table.column_names.index("way"), field, methods)
        write_parquet(folder / "load_records.parquet", table, durable=True)
        old.unlink()


def _move(old: Path, new: Path) -> None:
    """Rename a folder; where the new one exists, merge them and lose neither's files."""
    if not new.exists():
        old.rename(new)
        return
    for child in sorted(old.iterdir()):
        target = new / child.name
        if child.is_dir() and target.is_dir():
            _move(child, target)
        else:
            child.rename(target.with_name(f"{child.name}.layout_1") if target.exists() else target)
    old.rmdir()
