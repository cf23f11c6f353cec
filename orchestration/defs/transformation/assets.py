"""The dbt project as assets, its tests as asset checks, in one step that streams dbt's events."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliResource, DbtProject, dbt_assets

from orchestration.defs.collect_check_results import collect_check_results, dbt_failures
from orchestration.defs.explain_failures import explain_failures
from orchestration.defs.failure_origin import describe_origin, failed_rows
from orchestration.defs.transformation import baci_comparison
from orchestration.defs.transformation.dbt_command import (
    BUILD,
    prepare_manifest,
    reset_working_database,
    run_results_path,
)
from orchestration.defs.transformation.translator import FolderTranslator
from orchestration.errors import RunFailedError, remedy_for
from orchestration.progress import report_progress, timed
from orchestration.resources import POOL, DataDirResource
from sources.kit.catalog import catalog
from warehouse.paths import DBT_PROJECT, DataPaths
from warehouse.storage.partitions import declare_tables
from warehouse.storage.set_aside import damaged_partitions


def dbt_models(paths: DataPaths) -> dg.AssetsDefinition:
    """All seeds and models as one step, from the manifest of the project as it is now."""

    @dbt_assets(
        manifest=prepare_manifest(paths),
        name="dbt_build",
        dagster_dbt_translator=FolderTranslator(),
        project=DbtProject(project_dir=DBT_PROJECT, profiles_dir=DBT_PROJECT),
        pool=POOL,
    )
    def dbt_build(
        context: dg.AssetExecutionContext, data_dir: DataDirResource, dbt: DbtCliResource
    ) -> Iterator[Any]:
        """Seeds, staging, intermediate and marts, each followed by its tests."""
        paths = data_dir.paths
        report_progress("dbt", "starting")
        with explain_failures(), timed("dbt"):
            _refuse_damaged_landing(paths)
            # a source that never landed reads as empty, in the columns that it has today
            declare_tables(paths, catalog().values())
            if not context.is_subset:
                reset_working_database(paths)
            # results of an earlier build must not be taken for those of this one
            run_results_path(paths).unlink(missing_ok=True)
            # a fixed target: the release finds manifest and results in one place
            build = dbt.cli(
                BUILD, context=context, target_path=paths.dbt_target, raise_on_error=False
            )
            yield from _with_progress(build.stream())
            if not build.is_successful():
                raise _build_error(paths, build.get_error())
            if scores := baci_comparison.observe_scores(paths):
                yield scores

    return dbt_build


def _refuse_damaged_landing(paths: DataPaths) -> None:
    """Nothing is built on a file that was changed since it landed: the runs of the sources set it
    aside, and a run of the models alone stops."""
    for source_id, spec in catalog().items():
        for partition, reason in damaged_partitions(paths, spec):
            raise RunFailedError(
                f"{source_id} {partition}: {reason}",
                remedy=f"`pax run`, or materialize landing/{source_id}: it is set aside, and lands "
                f"again where it is bundled; `pax land {source_id} --again {partition}` reads the "
                "raw bytes again",
            )


def _with_progress(events: Iterator[Any]) -> Iterator[Any]:
    n_models = n_tests = 0
    for event in events:
        is_test = isinstance(event, dg.AssetCheckResult | dg.AssetCheckEvaluation)
        n_tests += is_test
        n_models += not is_test
        report_progress("dbt", f"{n_models} models, {n_tests} tests", n_models + n_tests)
        yield event


def _build_error(paths: DataPaths, error: Exception | None) -> RunFailedError:
    failed = dbt_failures(paths)
    if not failed:
        text = str(error or "it ended without results").strip()
        remedy = remedy_for(text) or "`pax doctor` checks the disk, the lock and the database"
        return RunFailedError(f"dbt failed: {text[-2000:]}", remedy=remedy)
    name, message = next(iter(failed.items()))
    more = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
    remedy = remedy_for(message) or (
        "correct the model or the data that the message names; "
        f"`cd dbt_project && dbt build --select {name}` repeats it alone"
    )
    rows = failed_rows(paths).get(name)
    origin = describe_origin(paths, _model_of(paths, name), rows) if rows else ""
    return RunFailedError(f"dbt: {name}{more} failed: {message}{origin}", remedy=remedy)


def _model_of(paths: DataPaths, test: str) -> str:
    """The model that a test is about."""
    found = [r["subject"] for r in collect_check_results(paths) if r["expectation"] == test]
    return str(found[0]) if found else test


@dg.definitions
def defs() -> dg.Definitions:
    return dg.Definitions(assets=[dbt_models(DataPaths.at())])
