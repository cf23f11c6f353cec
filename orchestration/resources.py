"""What assets get from a run: the data directory with its lock, what to ingest, and dbt."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import dagster as dg
from dagster_dbt import DbtCliResource
from pydantic import Field

from orchestration.defs.instance import databases_open, hold_run_lock
from orchestration.defs.transformation.dbt_command import dbt_executable
from warehouse.paths import DBT_PROJECT, DataPaths
from warehouse.storage.file_lock import acquire_lock

#: What may not run at once; see `concurrency.pools` in dagster.yaml.
POOL = "data_directory"


class DataDirResource(dg.ConfigurableResource):
    """The folders of a data directory. A run holds the directory's lock from start to end: runs
    of any process (daemon, UI, command line) wait for each other."""

    path: str

    @property
    def paths(self) -> DataPaths:
        return DataPaths.at(self.path)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[DataDirResource]:
        run = context.run
        if run is None:  # resources of a test
            yield self
            return
        log = context.log
        hold_run_lock(self.paths, run.run_id)

        def on_wait(owner: str) -> None:
            if log:
                log.info(f"waiting for {owner}")

        purpose = f"Dagster run {run.run_id} ({run.job_name}) of {getpass.getuser()}"
        with (
            databases_open(self.paths, run.run_id),
            acquire_lock(self.paths.lock, purpose, timeout=-1, on_wait=on_wait),
        ):
            yield self


class IngestConfig(dg.ConfigurableResource):
    """What a run ingests and on which days it stands. Nothing set: bundled figures, all known."""

    access_method: str = Field(
        default="auto",
        description="auto: bundled partitions from the checkout, others from the publisher; "
        "live: all that the publisher offers from there; bundled: never ask the publisher.",
    )
    manual: list[str] = Field(default=[], description="Files that a person downloaded.")
    retries: int = Field(
        default=0, description="Times to ask again a publisher that does not respond."
    )
    as_known_on: str = Field(default="", description="Use nothing published after this day.")
    as_of: str = Field(default="", description="The day whose members count as members.")
    activate: bool = Field(
        default=False,
        description="Make the release current also where `as_known_on` is set; else it is "
        "published beside the current one.",
    )
    full: bool = Field(
        default=False,
        description="Make every table anew; else only those that descend from a changed source.",
    )
    only_changed: bool = Field(
        default=False,
        description="Set by `pax run`: what is selected descends from changed sources.",
    )
    engine: str = Field(
        default="duckdb",
        description="duckdb, or spark: the models with the tag spark on Spark, all tables anew.",
    )
    fingerprint: str = Field(default="", description="Hash of the inputs, for the release.")

    @property
    def known_day(self) -> date | None:
        return date.fromisoformat(self.as_known_on) if self.as_known_on else None

    @property
    def of_day(self) -> date | None:
        return date.fromisoformat(self.as_of) if self.as_of else None


def resources(paths: DataPaths) -> dict[str, object]:
    """The resources of all assets, for one data directory."""
    return {
        "data_dir": DataDirResource(path=str(paths.data_dir)),
        "inputs": IngestConfig(),
        "dbt": DbtCliResource(
            project_dir=str(DBT_PROJECT),
            profiles_dir=str(DBT_PROJECT),
            dbt_executable=dbt_executable(),
            global_config_flags=["--no-use-colors", "--log-level-file", "none"],
        ),
    }
