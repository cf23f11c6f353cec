"""The shelf of releases: list them, flip `current`, keep N, clear what a killed run left."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from warehouse.paths import DataPaths
from warehouse.release.errors import PublishError
from warehouse.release.manifest import read_manifest
from warehouse.storage.atomic_write import fsync_file


@dataclass(frozen=True)
class Release:
    """One published folder."""

    release_id: str
    folder: Path
    built_at: str  # ISO, UTC
    as_of_date: str
    as_known_on: str
    n_marts: int
    is_current: bool


def current_id(paths: DataPaths) -> str | None:
    """The release that `current` points to; None before the first one."""
    try:
        return paths.current.readlink().name
    except FileNotFoundError:
        return None
    except OSError as error:
        raise PublishError(
            f"{paths.current} is not a symlink", remedy="move it away; publishing makes the link"
        ) from error


def releases(paths: DataPaths) -> list[Release]:
    """All whole releases, newest first."""
    served = current_id(paths)
    found = []
    folders = paths.releases.iterdir() if paths.releases.is_dir() else ()
    for folder in folders:
        manifest = None if folder.name.startswith(".") else read_manifest(folder)
        if manifest and manifest["release_id"] == folder.name:
            found.append(
                Release(
                    release_id=folder.name,
                    folder=folder,
                    built_at=manifest["built_at"],
                    as_of_date=manifest["as_of_date"],
                    as_known_on=manifest["as_known_on"],
                    n_marts=manifest["n_marts"],
                    is_current=folder.name == served,
                )
            )
    return sorted(found, key=lambda release: (release.built_at, release.release_id), reverse=True)


def integrity_errors(folder: Path) -> list[str]:
    """What is missing or has another size than the manifest says: a quick look, no hashing."""
    manifest = read_manifest(folder)
    if manifest is None:
        return ["manifest.json is missing or unreadable"]
    wrong = []
    for name, entry in manifest["files"].items():
        path = folder / name
        if not path.is_file():
            wrong.append(f"{name} is missing")
        elif path.stat().st_size != entry["bytes"]:
            wrong.append(f"{name} has {path.stat().st_size} bytes instead of {entry['bytes']}")
    return wrong


def make_read_only(folder: Path) -> None:
    """Make every file read-only (0444) and durable, then the folders' entries."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_file():
            path.chmod(0o444)
        fsync_file(path)
    fsync_file(folder)


def activate(paths: DataPaths, release_id: str) -> None:
    """Point `current` at a release: one rename, so a reader sees the old one or the new one."""
    if paths.current.is_dir() and not paths.current.is_symlink():
        raise PublishError(
            f"{paths.current} is a folder", remedy="move it away; publishing makes the link"
        )
    fresh = paths.data_dir / f".current.{os.getpid()}.tmp"
    fresh.unlink(missing_ok=True)
    # relative, so that the whole home can be moved or mounted elsewhere
    fresh.symlink_to(Path(paths.releases.name) / release_id, target_is_directory=True)
    fresh.replace(paths.current)
    fsync_file(paths.data_dir)


def remove(folder: Path) -> None:
    """Delete a release so that a kill halfway leaves nothing that looks like one."""
    doomed = folder.with_name(f".{folder.name.lstrip('.').removesuffix('.tmp')}.tmp")
    if doomed != folder:
        folder.rename(doomed)
    shutil.rmtree(doomed)


def remove_incomplete(paths: DataPaths) -> list[str]:
    """Remove what killed runs left; call it only while holding the lock."""
    stale = [*paths.releases.glob(".*.tmp")]
    for folder in stale:
        remove(folder)
    for link in paths.data_dir.glob(".current.*.tmp"):
        link.unlink(missing_ok=True)
    return [folder.name for folder in stale]


def apply_retention(paths: DataPaths, keep: int) -> list[str]:
    """Keep the newest `keep` releases and whatever `current` points to; remove the others."""
    everything = releases(paths)
    served = [release for release in everything if release.is_current]
    others = [release for release in everything if not release.is_current]
    gone = others[max(keep - len(served), 0) :]
    for release in gone:
        remove(release.folder)
    return [release.release_id for release in gone]
