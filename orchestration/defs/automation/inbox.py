"""The inbox: files that a person put into `inbox/<source>/` and that have not landed yet."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.defs.automation.jobs import EVERYTHING
from orchestration.defs.ingestion.refused_files import file_key, refusal
from sources.kit.catalog import SourceSpec
from sources.kit.leftovers import is_leftover, is_unfinished
from warehouse.paths import DataPaths

#: A file younger than this may still be written.
SETTLED_SECONDS = 5.0


@dataclass(frozen=True)
class Inbox:
    """What lies in the inbox of one source: files to land, and what waits, with its reason."""

    ready: list[Path]
    waiting: dict[str, str]


def look_into_inbox(paths: DataPaths, spec: SourceSpec, now: float | None = None) -> Inbox:
    """The files in the source's inbox, in order, without hidden ones and processed ones.

    Each file is judged by itself, so that one that is still being written does not hold up
    the others. A file whose clock is ahead (unpacked with local times, or on a server with
    another clock) is judged by when this machine last changed its entry. One that was refused
    waits until it or the code changes.
    """
    inbox = paths.inbox / spec.source_id
    ready, waiting = [], {}
    for path in sorted(inbox.iterdir()) if inbox.is_dir() else []:
        if is_leftover(path.name):
            continue
        if reason := _wait_reason(path, time.time() if now is None else now):
            waiting[path.name] = reason
        elif reason := refusal(paths, spec, path):
            waiting[path.name] = (
                f"was refused; it is tried again when it or the code changes: {reason}"
            )
        else:
            ready.append(path)
    return Inbox(ready, waiting)


def _wait_reason(path: Path, now: float) -> str:
    """Why the file or folder waits, or an empty text; a folder is one upload of all its files."""
    if path.is_dir():
        inside = [p for p in sorted(path.rglob("*")) if p.is_file() and not is_leftover(p.name)]
        if not inside:
            return "is an empty folder"
        reasons = ((p.relative_to(path), _wait_reason(p, now)) for p in inside)
        return next((f"is a folder in which {name} {why}" for name, why in reasons if why), "")
    if is_unfinished(path.name):
        return "is not complete yet, by its ending; rename it if it is"
    try:
        facts = path.stat()
    except OSError as error:  # removed meanwhile, or a link to nothing
        return f"cannot be read: {error.strerror or error}"
    ahead = facts.st_mtime - now
    changed = facts.st_ctime if ahead > 0 else facts.st_mtime
    clock = f"; its own clock is {ahead:,.0f} seconds ahead" if ahead > 0 else ""
    return f"was changed a moment ago{clock}" if now - changed < SETTLED_SECONDS else ""


def content_key(spec: SourceSpec, files: Sequence[Path]) -> str:
    """Names, sizes, times and the code that reads the files, as a short hash."""
    facts = [(path.name, file_key(spec, path)) for path in files]
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def chain_config(
    *, live: Sequence[str] = (), manual: Mapping[str, Sequence[str]] | None = None, retries: int = 0
) -> dict[str, Any]:
    """Run config of the job `everything`."""
    files = {source_id: list(paths) for source_id, paths in (manual or {}).items()}
    config = {"live": list(live), "manual": files, "retries": retries}
    return {"ops": {f"run_{EVERYTHING}": {"config": config}}}
