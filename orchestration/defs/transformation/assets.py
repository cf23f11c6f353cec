"""The dbt project as assets; its tests as asset checks."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliResource, DbtProject, dbt_assets

from orchestration import dbt_env, lock, progress
from orchestration.dbt_run import BUILD
from orchestration.defs.transformation import baci_comparison, outcomes
from orchestration.defs.transformation.translator import FolderTranslator
from orchestration.resources import DataDirResource
from warehouse.paths import DBT_PROJECT, DataPaths


def dbt_project(paths: DataPaths) -> DbtProject:
    return DbtProject(
        project_dir=DBT_PROJECT, profiles_dir=DBT_PROJECT, target_path=paths.dbt_target
    )


def models(paths: DataPaths) -> dg.AssetsDefinition:
    """All seeds and models as one step, out of the manifest that `dbt parse` left."""

    @dbt_assets(
        manifest=dbt_env.manifest_path(paths),
        name="dbt_build",
        dagster_dbt_translator=FolderTranslator(),
        project=dbt_project(paths),
    )
    def dbt_build(
        context: dg.AssetExecutionContext, data_dir: DataDirResource, dbt: DbtCliResource
    ) -> Iterator[Any]:
        """Seeds, staging, intermediate and marts, each followed by its tests."""
        with lock.acquire_lock(data_dir.paths, "dbt build"), progress.timed("dbt"):
            if data_dir.dbt_by_command_line:
                # a fixed target, so that the release finds manifest and results in one place
                target = data_dir.paths.dbt_target
                yield from dbt.cli(BUILD, context=context, target_path=target).stream()
                if found := baci_comparison.observed(data_dir.paths):
                    yield found
            else:
                yield from outcomes.built(context, data_dir.paths)

    return dbt_build


def mart_keys(definitions: dg.Definitions) -> list[dg.AssetKey]:
    """The keys of all marts, from dbt's own nodes: a mistyped name would be a phantom asset."""
    assets = [a for a in definitions.assets or () if isinstance(a, dg.AssetsDefinition)]
    return sorted(key for a in assets for key in a.keys if key.path[0] == "marts")


def definitions(paths: DataPaths) -> dg.Definitions:
    return dg.Definitions(assets=[models(paths)])
