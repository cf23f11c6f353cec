"""What assets are given: the home they work in, and what a run was asked to take in."""

from __future__ import annotations

import os
from datetime import date

import dagster as dg
from dagster_dbt import DbtCliResource
from pydantic import Field

from orchestration import dbt_env
from warehouse.paths import DBT_PROJECT, DataPaths


class DataDirResource(dg.ConfigurableResource):
    """The folders of one home, and which way dbt is called there."""

    path: str
    dbt_by_command_line: bool = False

    @property
    def paths(self) -> DataPaths:
        return DataPaths.at(self.path)


class IngestConfig(dg.ConfigurableResource):
    """What one run takes in. Nothing set: the bundled figures, everything that is known."""

    live: list[str] = Field(default=[], description="Sources whose publishers are asked.")
    only: list[str] = Field(default=[], description="Sources to take in anew; all if empty.")
    partitions: list[str] = Field(default=[], description="Live partitions; all if empty.")
    manual: dict[str, list[str]] = Field(default={}, description="Files by source.")
    as_known_on: str = ""
    as_of: str = ""
    fingerprint: str = ""

    @property
    def known_day(self) -> date | None:
        return date.fromisoformat(self.as_known_on) if self.as_known_on else None

    @property
    def of_day(self) -> date | None:
        return date.fromisoformat(self.as_of) if self.as_of else None

    def wants(self, source_id: str) -> bool:
        return not self.only or source_id in self.only


def data_dir_resource(paths: DataPaths) -> DataDirResource:
    by_command_line = os.environ.get(dbt_env.DBT_CLI_SWITCH) == "1"
    return DataDirResource(path=str(paths.data_dir), dbt_by_command_line=by_command_line)


def dbt_resource(paths: DataPaths) -> DbtCliResource:
    """dbt's command line for the UI; it refuses to load without an executable that exists."""
    return DbtCliResource(
        project_dir=str(DBT_PROJECT),
        profiles_dir=str(DBT_PROJECT),
        dbt_executable=dbt_env.executable(),
        global_config_flags=["--no-use-colors"],
    )
