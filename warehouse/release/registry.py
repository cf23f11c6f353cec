"""The releases of a data directory: list, activate, keep N, remove incomplete ones."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from warehouse.paths import DataPaths
from warehouse.release.errors import PublishError, ReleaseNotFoundError
from warehouse.release.manifest import FILE_NAME as MANIFEST
from warehouse.release.manifest import is_unchanged, read_manifest
from warehouse.storage.atomic_write import fsync_file, sha256_of
from warehouse.storage.load_records import LATEST


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

    @property
    def has_all_known(self) -> bool:
        """Whether it uses all that had landed, and not what was known on an earlier day."""
        return self.as_known_on == LATEST.isoformat()


def current_id(paths: DataPaths) -> str | None:
    """The id of the current release; None before the first one.

    Raises:
        PublishError: `current` is not a symlink.
    """
    try:
        return paths.current.readlink().name
    except FileNotFoundError:
        return None
    except OSError as error:
        raise PublishError(
            f"{paths.current} is not a symlink", remedy="move it away; publishing makes the link"
        ) from error


def releases(paths: DataPaths) -> list[Release]:
    """All complete releases, newest first.

    Raises:
        PublishError: `current` is not a symlink.
    """
    active = current_id(paths)
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
                    is_current=folder.name == active,
                )
            )
    return sorted(found, key=lambda release: (release.built_at, release.release_id), reverse=True)


def find_release(paths: DataPaths, beginning: str) -> Release:
    """The one release whose id begins with `beginning`.

    Raises:
        ReleaseNotFoundError: there is none, or there are several.
        PublishError: `current` is not a symlink.
    """
    retained = releases(paths)
    matching = [release for release in retained if release.release_id.startswith(beginning)]
    if len(matching) != 1:
        names = ", ".join(release.release_id for release in retained) or "none"
        raise ReleaseNotFoundError(
            f"{len(matching)} releases begin with {beginning!r}; there are: {names}"
        )
    return matching[0]


def integrity_errors(folder: Path) -> list[str]:
    """Files that are missing, differ from their hash in the manifest, or are not in it, one line
    each. Every file is read once (0.3 s for a release of 150 MB)."""
    manifest = read_manifest(folder)
    if manifest is None:
        return ["manifest.json is missing or unreadable"]
    if manifest["release_id"] != folder.name:
        return [f"manifest.json is that of {manifest['release_id']}"]
    errors = [] if is_unchanged(folder) else [f"{MANIFEST} differs from its own hash"]
    for name, entry in manifest["files"].items():
        path = folder / name
        if not path.is_file():
            errors.append(f"{name} is missing")
        elif path.stat().st_size != entry["bytes"]:
            errors.append(f"{name} has {path.stat().st_size} bytes instead of {entry['bytes']}")
        elif sha256_of(path) != entry["sha256"]:
            errors.append(f"{name} differs from its hash in the manifest")
    there = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    extra = sorted(there - {*manifest["files"], MANIFEST})
    return [*errors, *(f"{name} is not in the manifest" for name in extra)]


def release_before(paths: DataPaths) -> Release | None:
    """The newest whole release before the current one (or of all, where the current one cannot be
    read) that uses all that was known; None where there is none."""
    active, found = current_id(paths), releases(paths)
    position = next((n + 1 for n, release in enumerate(found) if release.is_current), 0)
    earlier = (r for r in found[position:] if r.has_all_known and r.release_id != active)
    return next((r for r in earlier if not integrity_errors(r.folder)), None)


def current_damage(paths: DataPaths) -> list[str]:
    """What is wrong with the release that `current` names; empty where it is whole, or none is."""
    active = current_id(paths)
    return integrity_errors(paths.releases / active) if active else []


def make_read_only(folder: Path) -> None:
    """Make every file of a release read-only (0444) and durable, then its folders."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_file():
            path.chmod(0o444)
        fsync_file(path)
    fsync_file(folder)


def activate(paths: DataPaths, release_id: str) -> None:
    """Point `current` at a release by one rename: a reader sees the old one or the new one.

    Raises:
        PublishError: `current` is a folder.
    """
    if paths.current.is_dir() and not paths.current.is_symlink():
        raise PublishError(
            f"{paths.current} is a folder", remedy="move it away; publishing makes the link"
        )
    link = paths.data_dir / f".current.{os.getpid()}.tmp"
    link.unlink(missing_ok=True)
    # relative, so that the data directory can be moved or mounted elsewhere
    link.symlink_to(Path(paths.releases.name) / release_id, target_is_directory=True)
    link.replace(paths.current)
    fsync_file(paths.data_dir)


def remove(folder: Path) -> None:
    """Delete a release; a kill in between leaves only a folder that is not listed as one."""
    hidden = folder.with_name(f".{folder.name.lstrip('.').removesuffix('.tmp')}.tmp")
    if hidden != folder:
        folder.rename(hidden)
    shutil.rmtree(hidden)


def remove_incomplete(paths: DataPaths) -> list[str]:
    """Remove what killed runs left behind; the caller holds the publish lock."""
    incomplete = list(paths.releases.glob(".*.tmp"))
    for folder in incomplete:
        remove(folder)
    for link in paths.data_dir.glob(".current.*.tmp"):
        link.unlink(missing_ok=True)
    return [folder.name for folder in incomplete]


def apply_retention(paths: DataPaths, keep: int) -> list[str]:
    """Keep the newest `keep` releases and the current one, remove the others; returns their ids.

    Releases of earlier knowledge days are counted apart: a series of them never removes what a
    rollback may need.
    """
    removed: list[Release] = []
    for has_all_known in (True, False):
        retained = [r for r in releases(paths) if r.has_all_known == has_all_known]
        others = [release for release in retained if not release.is_current]
        n_current = len(retained) - len(others)
        removed += others[max(keep - n_current, 0) :]
    for release in removed:
        remove(release.folder)
    return [release.release_id for release in removed]
