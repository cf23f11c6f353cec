"""The chain of runs from sources to a release, for `pax run` and the job `everything` alike.

One run cannot carry two partition definitions. So each source with something to do gets runs of
its own, and one run without partitions builds, checks and publishes; all carry one
`pax/run_group` tag. See docs/decisions/0035-run-chain.md.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import dagster as dg
import orjson
import pyarrow as pa

from expectations.check_result import CheckResult
from orchestration.defs.automation.chain_request import ChainRequest
from orchestration.defs.automation.jobs import BUILD_AND_RELEASE, landing_job
from orchestration.defs.automation.run_results import (
    failures_of,
    is_of_source,
    release_of,
    was_interrupted,
)
from orchestration.defs.automation.source_runs import SourceRun, plan_source_runs, write_stamp
from orchestration.defs.failure_origin import guilty_partitions, row_texts
from orchestration.defs.ingestion.assets import RUN_KEYS
from orchestration.defs.instance import databases_open, hold_run_lock
from orchestration.defs.release.assets import CURRENT, PARQUET
from orchestration.defs.transformation.build_state import plan_build
from orchestration.defs.transformation.dbt_command import prepare_manifest
from orchestration.defs.transformation.translator import asset_keys
from orchestration.progress import report_progress
from orchestration.resources import IngestConfig
from sources.kit.catalog import SourceSpec, catalog
from warehouse.paths import DataPaths
from warehouse.storage.atomic_write import LandingError
from warehouse.storage.file_lock import acquire_lock
from warehouse.storage.landing import land_files
from warehouse.storage.load_records import write_load_records_table, write_parameters
from warehouse.storage.partitions import declare_tables
from warehouse.storage.set_aside import (
    drop_set_aside,
    list_set_aside,
    raw_files_of,
    set_aside,
    set_aside_damaged,
)


@dataclass(frozen=True)
class ChainResult:
    """Outcome of a chain: the release's metadata, or why there is none."""

    group: str
    run_id: str
    release: dict[str, Any] | None
    failures: list[str] = field(default_factory=list)
    #: what landed nothing: the release was made without it
    refused: list[str] = field(default_factory=list)


def run_chain(
    paths: DataPaths,
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    request: ChainRequest,
    parent_tags: Mapping[str, str] | None = None,
    on_failure: Callable[[str], None] = lambda text: None,
) -> ChainResult:
    """Execute the chain in this process and wait for it.

    A publisher that fails does not stop the chain: its source is stale. Nor does a file that is
    refused, or a partition that its checks refuse or that was changed since it landed: it is set
    aside. So is a new partition whose rows make a dbt test fail, if the release can be made without
    it. A model, a mart check, the disk or a suite that cannot be evaluated does stop it.

    Raises:
        KeyboardInterrupt: a run was interrupted.
    """
    group = uuid.uuid4().hex[:8]
    tags = {"pax/run_group": group, **(parent_tags or {})}
    failures: list[str] = []
    refused: list[str] = []
    with acquire_lock(paths.lock, f"run group {group}", timeout=-1):
        for spec in catalog().values():
            damaged = [entry.sentence for entry in set_aside_damaged(paths, spec)]
            found = _ingest_source(paths, definitions, instance, spec, request, tags)
            for text in [*damaged, *found.refused, *found.failures, *found.stale]:
                on_failure(text)
            # what is set aside and not landed again is known by its folder
            refused += found.refused
            failures += found.failures
            if not (found.refused or found.failures):
                write_stamp(paths, spec, request)
        if failures:
            return ChainResult(group, "", None, failures, refused)
        config = request.resource_config()
        if request.select:
            selection: list[dg.AssetKey] | None = _selected_assets(definitions, request.select)
        elif request.force or request.engine != "duckdb":
            selection = None
        elif (selection := changed_assets(paths, request)) is not None:
            config |= {"only_changed": True}
        result = _execute(paths, definitions, instance, BUILD_AND_RELEASE, config, tags, selection)
        if not result.success and not request.select and (guilty := guilty_partitions(paths)):
            again = _without(paths, definitions, instance, request, tags, guilty)
            if again is not None:
                for entry in list_set_aside(paths):
                    if (entry.source_id, entry.partition) in guilty:
                        on_failure(entry.sentence)
                result = again
    return ChainResult(group, result.run_id, release_of(result), failures_of(result), refused)


@dataclass(frozen=True)
class _Ingestion:
    """Why runs of one source failed: its files, its publisher, or anything else."""

    refused: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def _ingest_source(
    paths: DataPaths,
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    spec: SourceSpec,
    request: ChainRequest,
    tags: Mapping[str, str],
) -> _Ingestion:
    found = _Ingestion()
    check_only = SourceRun(spec.source_id, "bundled")
    source_runs = list(plan_source_runs(paths, spec, request))
    for source_run in source_runs:
        result = _execute_source_run(paths, definitions, instance, source_run, request, tags)
        if source_run.access_method == "live":
            found.stale.extend(failures_of(result))
        elif is_of_source(result):
            found.refused.extend(failures_of(result))
        else:
            found.failures.extend(failures_of(result))
    if found.refused and source_runs[-1] != check_only:
        # the run of a refused file ends before the checks of what landed beside it
        result = _execute_source_run(paths, definitions, instance, check_only, request, tags)
        found.failures.extend(failures_of(result))
    return found


def _without(
    paths: DataPaths,
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    request: ChainRequest,
    tags: Mapping[str, str],
    guilty: Mapping[tuple[str, str], Sequence[CheckResult]],
) -> dg.ExecuteInProcessResult | None:
    """Build and release with the guilty partitions set aside; None if that fails as well: they
    are put back, since something else is wrong."""
    sources = catalog()
    for (source_id, partition), checks in guilty.items():
        report_progress("dbt", f"again without {source_id} {partition}")
        reason = "; ".join(
            f"the dbt test {check.expectation} fails with it: {row_texts(check.sample or [])}"
            for check in checks
        )
        spec = sources[source_id]
        set_aside(paths, spec, partition, reason, [asdict(check) for check in checks])
    for source_id in sorted({source_id for source_id, _ in guilty}):
        # a bundled partition that one of them had replaced lands again
        _ingest_source(paths, definitions, instance, sources[source_id], request, tags)
    result = _execute(
        paths, definitions, instance, BUILD_AND_RELEASE, request.resource_config(), tags
    )
    if result.success:
        return result
    for source_id, partition in guilty:
        access_method, files = raw_files_of(paths, sources[source_id], partition)
        land_files(sources[source_id], files, access_method, paths)
        drop_set_aside(paths, source_id, partition)
    return None


def _execute_source_run(
    paths: DataPaths,
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    run: SourceRun,
    request: ChainRequest,
    tags: Mapping[str, str],
) -> dg.ExecuteInProcessResult:
    config = request.resource_config(access_method=run.access_method, manual=list(run.manual))
    own = {**tags, **run.tags, "pax/source": run.source_id}
    job = landing_job(run.source_id)
    return _execute(paths, definitions, instance, job, config, own)


def _execute(
    paths: DataPaths,
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    job: str,
    inputs: Mapping[str, Any],
    tags: Mapping[str, str],
    selection: Sequence[dg.AssetKey] | None = None,
) -> dg.ExecuteInProcessResult:
    run_id = str(uuid.uuid4())
    hold_run_lock(paths, run_id)
    config = {
        "resources": {"inputs": {"config": dict(inputs)}},
        # the instance keeps the log; a terminal shows progress instead
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
    }
    with databases_open(paths, run_id):
        try:
            result = definitions.resolve_job_def(job).execute_in_process(
                run_config=config, instance=instance, asset_selection=selection, run_id=run_id,
                tags=dict(tags), raise_on_error=False,
            )  # fmt: skip
        except dg.DagsterExecutionInterruptedError:
            raise KeyboardInterrupt from None
    if was_interrupted(result):
        raise KeyboardInterrupt
    return result


def _selected_assets(definitions: dg.Definitions, select: str) -> list[dg.AssetKey]:
    """The run's own tables, and the dbt nodes that `select` names in dbt's selection syntax."""
    from dagster_dbt import build_dbt_asset_selection

    models = definitions.resolve_assets_def(RELEASE_UPSTREAM)
    graph = definitions.resolve_asset_graph()
    chosen = build_dbt_asset_selection([models], dbt_select=select).resolve(graph)
    return sorted(chosen | set(RUN_KEYS)) if chosen else []


def changed_assets(paths: DataPaths, request: ChainRequest) -> list[dg.AssetKey] | None:
    """The run's own tables, the models that descend from a source that has changed since the last
    build, and the release; None where everything has to be built.

    A run whose selection has all models reports each of them as planned, and each mart that it
    keeps as made.
    """
    inputs = IngestConfig(**request.resource_config())
    try:  # sources as well; the run writes them once more, to the same bytes
        write_parameters(paths, inputs.known_day, inputs.of_day)
        write_load_records_table(paths, catalog())
        declare_tables(paths, catalog().values())
    except (OSError, LandingError, pa.ArrowInvalid):
        return None  # the run meets it again, and fails with it
    manifest = orjson.loads(prepare_manifest(paths).read_bytes())
    plan = plan_build(paths, manifest, is_full=False)
    if plan.is_full:
        return None
    return [*RUN_KEYS, *asset_keys(manifest, plan.built), PARQUET, CURRENT]


#: Any asset of the dbt step.
RELEASE_UPSTREAM = dg.AssetKey(["marts", "dim_country"])
