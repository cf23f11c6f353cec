"""Folders of a data directory. `PAX_HOME` moves all data; no other module knows a path."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
DBT_PROJECT = PROJECT / "dbt_project"
#: DuckDB reads these as patterns, and dbt as places to fill in; in a path they cannot be escaped
#: everywhere. An apostrophe, spaces and letters of any script are fine.
UNSAFE_CHARACTERS = "*?[]{}"


class UnsafeDataDirError(ValueError):
    """The path of the data directory has a character that DuckDB or dbt would interpret."""

    def __init__(self, path: Path, character: str) -> None:
        self.path = path
        self.what = f"the path of the data directory has the character {character!r}"
        self.remedy = "rename the folder, or set PAX_HOME to one without it"
        super().__init__(f"{self.what} ({path})\n  What to do: {self.remedy}")


@dataclass(frozen=True)
class DataPaths:
    """The folders below one data directory."""

    data_dir: Path

    @classmethod
    def at(cls, data_dir: Path | str | None = None) -> DataPaths:
        """Paths below `data_dir`, else `$PAX_HOME`, else `warehouse/data/` of this checkout.

        Raises:
            UnsafeDataDirError: the path has one of `UNSAFE_CHARACTERS` or a control character.
        """
        chosen = data_dir or os.environ.get("PAX_HOME") or PROJECT / "warehouse" / "data"
        path = Path(chosen).expanduser().resolve()
        for character in str(path):
            if character in UNSAFE_CHARACTERS or not character.isprintable():
                raise UnsafeDataDirError(path, character)
        return cls(path)

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
        """Rows that could not be parsed, per partition."""
        return self.data_dir / "quarantine"

    @property
    def set_aside(self) -> Path:
        """Partitions that were refused or are damaged: `set_aside/<source>/<partition>/`."""
        return self.data_dir / "set_aside"

    @property
    def inbox(self) -> Path:
        """Files for the inbox sensor: `inbox/<source>/<file>`."""
        return self.data_dir / "inbox"

    @property
    def dagster_home(self) -> Path:
        """Storage of the Dagster instance: runs, event logs, schedules."""
        return self.data_dir / "dagster"

    @property
    def great_expectations(self) -> Path:
        """Stores of the Great Expectations context."""
        return self.data_dir / "great_expectations"

    @property
    def working(self) -> Path:
        """Working files of one run: the working database, dbt's target, check results."""
        return self.data_dir / "working"

    @property
    def database(self) -> Path:
        """The working DuckDB file; dbt alone writes it."""
        return self.working / "warehouse.duckdb"

    @property
    def dbt_target(self) -> Path:
        """dbt's artifacts: manifest, run results, compiled SQL."""
        return self.working / "dbt_target"

    @property
    def check_results(self) -> Path:
        """Check results, one JSON per subject: `check_results/<stage>/<subject>.json`."""
        return self.working / "check_results"

    @property
    def release_parquet(self) -> Path:
        """Parquet of the marts that the next release takes over: `<mart>.parquet`."""
        return self.working / "release_parquet"

    @property
    def releases(self) -> Path:
        """One folder per release."""
        return self.data_dir / "releases"

    @property
    def current(self) -> Path:
        """Symlink to the folder of the current release."""
        return self.data_dir / "current"

    @property
    def feed(self) -> Path:
        """The Atom feed of the releases."""
        return self.data_dir / "releases.atom"

    @property
    def lock(self) -> Path:
        """The file that a run locks while it writes."""
        return self.data_dir / "run.lock"
