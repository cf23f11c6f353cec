"""A rollback holds: the id of the release that stays current until a person lifts it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from warehouse.paths import DataPaths
from warehouse.release import registry
from warehouse.storage.atomic_write import fsync_file


def _file(paths: DataPaths) -> Path:
    return paths.releases / ".pinned"


def pinned_id(paths: DataPaths) -> str | None:
    """The release that a rollback holds; None without one, or when another one is current."""
    with suppress(FileNotFoundError):
        held = _file(paths).read_text(encoding="utf-8").strip()
        if held == registry.current_id(paths):
            return held
    return None


def pin(paths: DataPaths, release_id: str) -> None:
    """Hold a release; the caller has the publish lock."""
    temporary = _file(paths).with_name(".pinned.tmp")
    temporary.write_text(release_id + "\n", encoding="utf-8")
    fsync_file(temporary)
    temporary.replace(_file(paths))
    fsync_file(paths.releases)


def remove_pin(paths: DataPaths) -> None:
    """Hold nothing; the caller has the publish lock."""
    _file(paths).unlink(missing_ok=True)
