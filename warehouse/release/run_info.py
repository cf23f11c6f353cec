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

    The two days are read from the working database (`int_run__parameters`) unless given. A release
    of all that is known is activated; one of an earlier knowledge day only with `activate`.
    """

    run_id: str
    as_of_date: date | None = None
    as_known_on: date | None = None
    fingerprint: str | None = None
    git_sha: str | None = None
    built_at: datetime | None = None
    keep: int = KEEP
    activate: bool = False


@dataclass(frozen=True)
class Published:
    """What publishing did. `is_new` is false when the same release was there already; `is_current`
    is false when it was published beside the current one, which `pinned_id` names where a rollback
    holds it."""

    release_id: str
    folder: Path
    is_new: bool
    is_current: bool
    n_marts: int
    data_version: str
    previous_id: str | None
    withheld_marts: dict[str, tuple[str, ...]]
    removed: tuple[str, ...] = ()
    pinned_id: str | None = None

    @property
    def report(self) -> Path:
        return self.folder / "report" / "index.html"

    @property
    def summary(self) -> str:
        """One sentence for a person."""
        if self.pinned_id and self.pinned_id != self.release_id:
            return (
                f"{'published' if self.is_new else 'nothing new:'} {self.release_id}; current stays"
                f" {self.pinned_id}, which a rollback holds: `pax publish --unpin` lifts that"
            )
        if self.is_new:
            beside = "" if self.is_current else "; the current release has not changed"
            return f"published {self.release_id} with {self.n_marts} marts{beside}"
        is_moved = self.is_current and self.previous_id != self.release_id
        again = ", and is current again" if is_moved else ""
        return f"nothing new: {self.release_id} was published before from the same rows{again}"
