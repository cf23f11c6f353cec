"""The inbox: files that a person put into `inbox/<source>/` and that have not landed yet."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from orchestration.defs.automation.jobs import EVERYTHING
from warehouse.paths import DataPaths

#: A file younger than this may still be written.
SETTLED_SECONDS = 5.0


def list_inbox_files(paths: DataPaths, source_id: str) -> list[Path]:
    """Files in the source's inbox, in order; hidden ones and processed ones are left out."""
    inbox = paths.inbox / source_id
    found = sorted(inbox.iterdir()) if inbox.is_dir() else []
    return [path for path in found if path.is_file() and not path.name.startswith(".")]


def has_settled(files: Sequence[Path]) -> bool:
    return all(time.time() - path.stat().st_mtime >= SETTLED_SECONDS for path in files)


def content_key(files: Sequence[Path]) -> str:
    """Names, sizes and times as a short hash: a rejected file is not tried again unchanged."""
    facts = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def chain_config(
    *, live: Sequence[str] = (), manual: Mapping[str, Sequence[str]] | None = None, retries: int = 0
) -> dict[str, Any]:
    """Run config of the job `everything`."""
    files = {source_id: list(paths) for source_id, paths in (manual or {}).items()}
    config = {"live": list(live), "manual": files, "retries": retries}
    return {"ops": {f"run_{EVERYTHING}": {"config": config}}}
