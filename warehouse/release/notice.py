"""The notice of a new release: what it is, where it lies and what moved in it.

`pax run` prints it, `PAX_WEBHOOK_URL` gets it as JSON; the feed of releases has all changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from warehouse.paths import DataPaths
from warehouse.release.manifest import read_manifest
from warehouse.release.registry import current_id
from warehouse.storage.atomic_write import write_atomic

N_NAMED = 5


def moved_lines(manifest: Mapping[str, Any]) -> list[str]:
    """The largest movements of shares from countries of concern since the release before.

    Each with its cause: a share that another source measures is not a dependency that rose.
    """
    return [
        f"{row['label']}: {row['before']:.1%} from countries of concern before,"
        f" {row['after']:.1%} now" + (f" (cause: {row['cause']})" if row.get("cause") else "")
        for row in manifest.get("moved", ())[:N_NAMED]  # older releases have no such entry
    ]


def release_notice(paths: DataPaths, release_id: str) -> dict[str, Any] | None:
    """The notice as plain values, its sentence first; None where there is no such release."""
    folder = paths.releases / release_id
    manifest = read_manifest(folder)
    if manifest is None:
        return None
    moved = moved_lines(manifest)
    what = "; ".join(moved) or (
        "no share from countries of concern moved by half a point or more"
        if manifest["previous_release_id"]
        else "the first release of this data directory"
    )
    return {
        "text": f"release {release_id} as of {manifest['as_of_date']} is current: {what}",
        "event": "release",
        "release_id": release_id,
        "previous_release_id": manifest["previous_release_id"],
        "as_of_date": manifest["as_of_date"],
        "built_at": manifest["built_at"],
        "report": str(folder / "report" / "index.html"),
        "changes": str(folder / "CHANGES.md"),
        "moved": list(manifest.get("moved", ())),
    }


def unannounced(paths: DataPaths) -> str | None:
    """The current release, unless it is the one that was announced last; None without any.

    Raises:
        PublishError: `current` is not a symlink.
    """
    release_id, place = current_id(paths), _place(paths)
    is_announced = place.is_file() and place.read_text(encoding="utf-8").strip() == release_id
    return None if is_announced else release_id


def mark_announced(paths: DataPaths, release_id: str) -> None:
    """Remember that the notice of this release was accepted.

    Raises:
        OSError: the file cannot be written.
    """
    write_atomic(_place(paths), f"{release_id}\n".encode())


def _place(paths: DataPaths) -> Path:
    return paths.releases / ".announced"
