"""Where everything lies. `PAX_HOME` moves all data; nothing else knows a path."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
DBT_PROJECT = PROJECT / "dbt_project"


@dataclass(frozen=True)
class DataPaths:
    """The folders below one home."""

    data_dir: Path

    @classmethod
    def at(cls, data_dir: Path | str | None = None) -> DataPaths:
        """The rooms below `home`, else `$PAX_HOME`, else `warehouse/data/` of this checkout."""
        chosen = data_dir or os.environ.get("PAX_HOME") or PROJECT / "warehouse" / "data"
        return cls(Path(chosen).expanduser().resolve())

    @property
    def raw(self) -> Path:
        """Raw bytes, once each, by their sha256."""
        return self.data_dir / "raw"

    @property
    def landing(self) -> Path:
        """Parquet per source, table and partition."""
        return self.data_dir / "landing"

    @property
    def load_records(self) -> Path:
        """One JSON per landed partition."""
        return self.data_dir / "load_records"

    @property
    def quarantine(self) -> Path:
        """Rows that could not be understood, per partition."""
        return self.data_dir / "quarantine"

    @property
    def inbox(self) -> Path:
        """The inbox that the drop sensor watches: `drop/<source>/<file>`."""
        return self.data_dir / "inbox"

    @property
    def working(self) -> Path:
        """Scratch of one run: the working database, dbt's target, verdicts."""
        return self.data_dir / "working"

    @property
    def database(self) -> Path:
        """The working DuckDB file; dbt alone writes it."""
        return self.working / "warehouse.duckdb"

    @property
    def dbt_target(self) -> Path:
        return self.working / "dbt_target"

    @property
    def check_results(self) -> Path:
        """Verdicts of the doors, one JSON per suite."""
        return self.working / "check_results"

    @property
    def release_parquet(self) -> Path:
        """The marts' Parquet files that mart checks read and `publish` takes over."""
        return self.working / "release_parquet"

    @property
    def dagster_home(self) -> Path:
        """Dagster's instance: runs, events, schedules."""
        return self.data_dir / "dagster"

    @property
    def great_expectations(self) -> Path:
        """Great Expectations' stores and Data Docs."""
        return self.data_dir / "great_expectations"

    @property
    def releases(self) -> Path:
        return self.data_dir / "releases"

    @property
    def current(self) -> Path:
        """The symlink to the folder of the release that is served."""
        return self.data_dir / "current"

    @property
    def lock(self) -> Path:
        """Held while a run writes."""
        return self.data_dir / "run.lock"
