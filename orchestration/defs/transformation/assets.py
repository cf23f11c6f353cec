"""The dbt project as assets, its tests as asset checks, in one step that streams dbt's events."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import orjson
from dagster_dbt import DbtCliInvocation, DbtCliResource, DbtProject, dbt_assets

from orchestration.defs.collect_check_results import collect_check_results, dbt_failures
from orchestration.defs.explain_failures import explain_failures
from orchestration.defs.failure_origin import describe_origin, failed_rows
from orchestration.defs.transformation import baci_comparison, spark_build
from orchestration.defs.transformation.build_state import (
    BuildPlan,
    begin_build,
    finish_build,
    keep_results,
    parents_first,
    plan_build,
)
from orchestration.defs.transformation.child_process import ended_afterwards
from orchestration.defs.transformation.dbt_command import (
    BUILD,
    prepare_manifest,
    reset_working_database,
    run_results_path,
)
from orchestration.defs.transformation.dbt_process import wait_for_dbt
from orchestration.defs.transformation.translator import FolderTranslator, asset_keys
from orchestration.errors import RunFailedError, remedy_for
from orchestration.progress import report_progress, timed
from orchestration.resources import POOL, DataDirResource, IngestConfig
from sources.kit.catalog import catalog
from warehouse.paths import DBT_PROJECT, DataPaths
from warehouse.storage.partitions import declare_tables
from warehouse.storage.set_aside import damaged_partitions

#: The first part of the keys of what a release is made of.
MARTS = "marts"
PROJECT = DbtProject(project_dir=DBT_PROJECT, profiles_dir=DBT_PROJECT)


def dbt_models(paths: DataPaths) -> dg.AssetsDefinition:
    """All seeds and models as one step, from the manifest of the project as it is now."""
    manifest = prepare_manifest(paths)

    @dbt_assets(
        manifest=manifest,
        name="dbt_build",
        dagster_dbt_translator=FolderTranslator(),
        project=PROJECT,
        pool=POOL,
    )
    def dbt_build(
        context: dg.AssetExecutionContext,
        data_dir: DataDirResource,
        dbt: DbtCliResource,
        inputs: IngestConfig,
    ) -> Iterator[Any]:
        """Seeds, staging, intermediate and marts, each followed by its tests: what descends from
        a source that has changed since the last build, or everything."""
        paths = data_dir.paths
        report_progress("dbt", "starting")
        with explain_failures(), timed("dbt"):
            _refuse_damaged_landing(paths)
            wait_for_dbt(paths, lambda owner: report_progress("dbt", f"waiting for {owner}"))
            # a source that never landed reads as empty, in the columns that it has today
            declare_tables(paths, catalog().values())
            if context.is_subset and not inputs.only_changed:
                begin_build(paths)
                yield from _build(context, dbt, paths)
            elif inputs.engine == spark_build.TAG:
                yield from _build_with_spark(context, dbt, paths, manifest)
            else:
                yield from _build_what_changed(context, dbt, paths, manifest, inputs.full)
            if scores := baci_comparison.observe_scores(paths):
                yield scores

    return dbt_build


def _build_what_changed(
    context: dg.AssetExecutionContext,
    dbt: DbtCliResource,
    paths: DataPaths,
    manifest_file: Path,
    is_full: bool,
) -> Iterator[Any]:
    manifest = orjson.loads(manifest_file.read_bytes())
    plan = plan_build(paths, manifest, is_full=is_full)
    if context.is_subset:
        _require_selected(context, plan, manifest)
    earlier = keep_results(paths)
    begin_build(paths)
    if plan.is_full:
        context.log.info(f"every table is made anew: {plan.reason}")
        reset_working_database(paths)
        yield from _build(context, dbt, paths)
        finish_build(paths, plan.sources)
        return
    context.log.info(
        f"changed since the last build: {', '.join(plan.changed) or 'nothing'}; "
        f"{len(plan.kept)} tables are kept"
    )
    # before what is built: Dagster takes an asset after those that it depends on. Only marts are
    # read by another step; an event for each of the others is a tenth of a run's time
    for key in asset_keys(manifest, plan.kept):
        if key in context.selected_asset_keys and key.path[0] == MARTS:
            yield dg.MaterializeResult(key, metadata={"kept_from_the_last_build": True})
    if plan.changed:
        yield from _build(context, dbt, paths, plan.selection, manifest)
    finish_build(paths, plan.sources, earlier)


def _require_selected(
    context: dg.AssetExecutionContext, plan: BuildPlan, manifest: Mapping[str, Any]
) -> None:
    """The run was started for what has to be built.

    Raises:
        RunFailedError: something else has to be built now.
    """
    missing = set(asset_keys(manifest, plan.built)) - context.selected_asset_keys
    if plan.is_full or missing:
        reason = plan.reason or f"{', '.join(plan.changed)} has changed"
        raise RunFailedError(
            f"more has to be built than this run was started for: {reason}",
            remedy="start `pax run`, or the job build_and_release without a selection",
        )


def _build_with_spark(
    context: dg.AssetExecutionContext, dbt: DbtCliResource, paths: DataPaths, manifest_file: Path
) -> Iterator[Any]:
    """Models with the tag `spark` and what they read on both engines in turn; then all others, and
    the tests of all, on DuckDB.

    Raises:
        PaxError: Spark cannot start, or a stage failed.
        RunFailedError: a model or a test failed.
    """
    manifest = orjson.loads(manifest_file.read_bytes())
    sources = plan_build(paths, manifest, is_full=True).sources
    begin_build(paths)
    reset_working_database(paths)
    stages = spark_build.build(paths, on_progress=lambda text: report_progress("dbt", text))
    spark_build.stop_session()
    engines = {name: done.stage.engine for done in stages for name in done.stage.models}
    # what only DuckDB's variant of a model reads is made too: Dagster takes no asset before it
    built = spark_build.build_other_parents(paths, manifest, engines)
    nodes = manifest["nodes"]
    ids = parents_first(manifest, built)
    for unique_id, key in zip(ids, asset_keys(manifest, ids), strict=True):
        engine = engines.get(nodes[unique_id]["name"], "duckdb")
        yield dg.MaterializeResult(key, metadata={"engine": engine})
    # the tests of what is built already are left in
    names = " ".join(sorted(nodes[unique_id]["name"] for unique_id in built))
    rest = ["--exclude", names, "--indirect-selection", "empty"]
    yield from _build(context, dbt, paths, rest, manifest)
    finish_build(paths, sources)


def _build(
    context: dg.AssetExecutionContext,
    dbt: DbtCliResource,
    paths: DataPaths,
    selection: Sequence[str] = (),
    manifest: Mapping[str, Any] | None = None,
) -> Iterator[Any]:
    """The events of `dbt build` of what the context selects or, with a manifest, of `selection`.

    Raises:
        RunFailedError: a model or a test failed.
    """
    # results of an earlier build must not be taken for those of this one
    run_results_path(paths).unlink(missing_ok=True)
    # a fixed target: the release finds manifest and results in one place
    if manifest is None:
        build = dbt.cli(BUILD, context=context, target_path=paths.dbt_target, raise_on_error=False)
    else:
        # with a context, dagster-dbt adds everything to the selection
        build = dbt.cli(
            [*BUILD, *selection], manifest=manifest,
            dagster_dbt_translator=FolderTranslator(), target_path=paths.dbt_target,
            raise_on_error=False,
        )  # fmt: skip
    with ended_afterwards(build.process):
        yield from _with_progress(_events(context, build, paths))
        is_successful = build.is_successful()  # waits for its end
    if not is_successful:
        raise _build_error(paths, build.get_error())


def _events(
    context: dg.AssetExecutionContext, build: DbtCliInvocation, paths: DataPaths
) -> Iterator[Any]:
    """An output for each table and a result for each test, as they are made.

    A test that reads a table of this run and is about one that is not in it gets an evaluation
    alone, as in an op: a result is of a check that was selected.
    """
    translator = FolderTranslator()  # one for all: it keeps what it has made of a node
    selected = {key.name for key in context.selected_asset_check_keys}
    for message in build.stream_raw_events():
        is_test = message.raw_event["info"]["name"] == "LogTestResult"
        is_elsewhere = (
            is_test and message.raw_event["data"]["node_info"]["node_name"] not in selected
        )
        yield from message.to_default_asset_events(
            build.manifest, translator, None if is_elsewhere else context, paths.dbt_target, PROJECT
        )


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
