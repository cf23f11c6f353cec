"""Where everything lies. `PAX_HOME` moves all data; nothing else knows a path."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
DBT_PROJECT = PROJECT / "dbt_project"


@dataclass(frozen=True)
class Rooms:
    """The folders below one home."""

    home: Path

    @classmethod
    def at(cls, home: Path | str | None = None) -> Rooms:
        """The rooms below `home`, else `$PAX_HOME`, else `warehouse/data/` of this checkout."""
        chosen = home or os.environ.get("PAX_HOME") or PROJECT / "warehouse" / "data"
        return cls(Path(chosen).expanduser().resolve())

    @property
    def raw(self) -> Path:
        """Raw bytes, once each, by their sha256."""
        return self.home / "raw"

    @property
    def landing(self) -> Path:
        """Parquet per source, table and partition."""
        return self.home / "landing"

    @property
    def receipts(self) -> Path:
        """One JSON per landed partition."""
        return self.home / "receipts"

    @property
    def quarantine(self) -> Path:
        """Rows that could not be understood, per partition."""
        return self.home / "quarantine"

    @property
    def drop(self) -> Path:
        """The inbox that the drop sensor watches: `drop/<source>/<file>`."""
        return self.home / "drop"

    @property
    def working(self) -> Path:
        """Scratch of one run: the working database, dbt's target, verdicts."""
        return self.home / "working"

    @property
    def database(self) -> Path:
        """The working DuckDB file; dbt alone writes it."""
        return self.working / "warehouse.duckdb"

    @property
    def dbt_target(self) -> Path:
        return self.working / "dbt_target"

    @property
    def verdicts(self) -> Path:
        """Verdicts of the doors, one JSON per suite."""
        return self.working / "verdicts"

    @property
    def releases(self) -> Path:
        return self.home / "releases"

    @property
    def current(self) -> Path:
        """The symlink to the folder of the release that is served."""
        return self.home / "current"

    @property
    def lock(self) -> Path:
        """Held while a run writes."""
        return self.home / "run.lock"
