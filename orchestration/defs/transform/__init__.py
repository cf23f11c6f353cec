"""The dbt project as assets; its tests as asset checks."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliResource, DbtProject, dbt_assets

from orchestration import dbt_env, lock, progress
from orchestration.dbt_run import BUILD
from orchestration.defs.transform import outcomes, scored
from orchestration.defs.transform.translator import ByPlace
from orchestration.resources import Home
from warehouse.rooms import DBT_PROJECT, Rooms


def dbt_project(rooms: Rooms) -> DbtProject:
    return DbtProject(
        project_dir=DBT_PROJECT, profiles_dir=DBT_PROJECT, target_path=rooms.dbt_target
    )


def models(rooms: Rooms) -> dg.AssetsDefinition:
    """All seeds and models as one step, out of the manifest that `dbt parse` left."""

    @dbt_assets(
        manifest=dbt_env.manifest_path(rooms),
        name="dbt_build",
        dagster_dbt_translator=ByPlace(),
        project=dbt_project(rooms),
    )
    def dbt_build(
        context: dg.AssetExecutionContext, home: Home, dbt: DbtCliResource
    ) -> Iterator[Any]:
        """Seeds, staging, intermediate and marts, each followed by its tests."""
        with lock.held(home.rooms, "dbt build"), progress.timed("dbt"):
            if home.dbt_by_command_line:
                # a fixed target, so that the release finds manifest and results in one place
                target = home.rooms.dbt_target
                yield from dbt.cli(BUILD, context=context, target_path=target).stream()
                if found := scored.observed(home.rooms):
                    yield found
            else:
                yield from outcomes.built(context, home.rooms)

    return dbt_build


def mart_keys(definitions: dg.Definitions) -> list[dg.AssetKey]:
    """The keys of all marts, from dbt's own nodes: a mistyped name would be a phantom asset."""
    assets = [a for a in definitions.assets or () if isinstance(a, dg.AssetsDefinition)]
    return sorted(key for a in assets for key in a.keys if key.path[0] == "marts")


def definitions(rooms: Rooms) -> dg.Definitions:
    return dg.Definitions(assets=[models(rooms)])
