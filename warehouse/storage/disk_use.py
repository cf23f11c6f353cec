"""Disk use of a data directory by kind, and files that nothing needs any more."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import orjson

from warehouse.paths import DataPaths

#: Kinds, and what `pax status` calls them.
KINDS = (
    "raw", "landing", "set_aside", "quarantine", "releases", "working", "dagster",
    "great_expectations", "inbox",
)  # fmt: skip


def disk_use(paths: DataPaths) -> dict[str, int]:
    """Bytes by kind; each file counts once, and a kind without files is left out."""
    sizes = {kind: size_of(paths.data_dir / kind) for kind in KINDS}
    return {kind: size for kind, size in sizes.items() if size}


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files below a folder; 0 where there is none."""
    if path.is_file():
        return path.stat().st_size
    total = 0
    for folder, _, names in os.walk(path):
        for name in names:
            try:
                total += (Path(folder) / name).lstat().st_size
            except FileNotFoundError:  # a run removes its files meanwhile
                continue
    return total


def removable_files(paths: DataPaths, older_than: float) -> Iterator[tuple[Path, str]]:
    """Files and folders that nothing refers to, with the reason.

    Args:
        older_than: seconds since 1970; what was changed later stays.
    """
    needed = set(_payloads(paths))
    for path in sorted(paths.raw.glob("*/*")):
        if path.name not in needed and path.stat().st_mtime < older_than:
            yield path, "raw bytes of a partition that was replaced or undone"
    for path in sorted(paths.inbox.glob("*/.processed/*")):
        # of a file the time is the publisher's: the entry shows when it was moved here
        if path.stat().st_ctime < older_than:
            yield path, "a file of the inbox that has landed; its raw bytes stay while in use"
    for path in sorted((paths.working / "logs").glob("*")):
        if path.stat().st_mtime < older_than:
            yield path, "an old log"
    for path in (paths.working / "spill", paths.great_expectations / "data_docs"):
        if path.exists() and path.stat().st_mtime < older_than:
            yield path, "working files that a run makes again"


def remove_path(path: Path) -> None:
    """Delete a file or a folder; raw bytes are read-only files."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _payloads(paths: DataPaths) -> Iterator[str]:
    """Hashes of the raw files of everything that has landed, is accepted or is set aside."""
    places = [
        *paths.load_records.glob("*/[!_]*.json"),
        *(paths.landing / ".accepted").glob("*/*/load_record.json"),
        *paths.set_aside.glob("*/*/load_record.json"),
    ]
    for place in places:
        for file in orjson.loads(place.read_bytes())["files"]:
            yield file["sha256"]
