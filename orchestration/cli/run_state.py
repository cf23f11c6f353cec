"""What the last run found, kept in the working folder, which may vanish at any time."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from orchestration.errors import DONE, INCOMPLETE
from warehouse.paths import DataPaths


@dataclass(frozen=True)
class LastRun:
    """One run: `summary` is what the command line prints, ready to print again."""

    run_id: str
    started_at: str  # ISO 8601, UTC
    seconds: float
    exit_code: int
    outcome: str  # published | nothing new | failed | part built
    fingerprint: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str | None] = field(default_factory=dict)
    release_id: str | None = None
    summary: dict[str, Any] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        return self.exit_code in (DONE, INCOMPLETE) and self.release_id is not None


def path(paths: DataPaths) -> Path:
    return paths.working / "last_run.json"


def read(paths: DataPaths) -> LastRun | None:
    """The last run, or None; a torn or foreign file counts as none."""
    try:
        return LastRun(**json.loads(path(paths).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write(paths: DataPaths, run: LastRun) -> None:
    write_json(path(paths), asdict(run))


def write_json(place: Path, content: Any) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_name(f".{place.name}.{os.getpid()}")
    beside.write_text(json.dumps(content, indent=2, default=str), encoding="utf-8")
    beside.replace(place)
