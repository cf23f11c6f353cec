"""What goes into publishing about a run, and what comes out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

#: Releases that are retained unless a run says otherwise.
KEEP = 5


@dataclass(frozen=True)
class RunInfo:
    """What a release should know of the run that made it.

    The two days are read from the working database (`int_run__parameters`) unless given.
    """

    run_id: str
    as_of_date: date | None = None
    as_known_on: date | None = None
    fingerprint: str | None = None
    git_sha: str | None = None
    built_at: datetime | None = None
    keep: int = KEEP


@dataclass(frozen=True)
class Published:
    """What publishing did. `is_new` is false when the same release was there already."""

    release_id: str
    folder: Path
    is_new: bool
    n_marts: int
    data_version: str
    previous_id: str | None
    withheld_marts: dict[str, tuple[str, ...]]
    removed: tuple[str, ...] = ()

    @property
    def report(self) -> Path:
        return self.folder / "report" / "index.html"

    @property
    def summary(self) -> str:
        """One sentence for a person."""
        if self.is_new:
            return f"published {self.release_id} with {self.n_marts} marts"
        again = "" if self.previous_id == self.release_id else ", and is current again"
        return f"nothing new: {self.release_id} was published before from the same rows{again}"
