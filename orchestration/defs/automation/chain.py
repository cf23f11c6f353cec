"""The chain of runs from sources to a release, for `pax run` and the job `everything` alike.

One run cannot carry two partition definitions. So each source with something to do gets runs of
its own, and one run without partitions builds, checks and publishes; all carry one
`pax/run_group` tag. See docs/decisions/0035-run-chain.md.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg

from expectations.check_result import CheckResult
from orchestration.defs.automation.jobs import BUILD_AND_RELEASE, landing_job
from orchestration.defs.failure_origin import guilty_partitions, row_texts
from orchestration.defs.ingestion.partitions import (
    RANGE_END,
    RANGE_START,
    bundled_partitions,
    contiguous_ranges,
    partition_keys,
)
from orchestration.defs.instance import databases_open, hold_run_lock
from orchestration.progress import report_progress
from sources.kit import errors as source_errors
from sources.kit import requests
from sources.kit.catalog import SourceSpec, catalog
from warehouse.paths import PROJECT, DataPaths
from warehouse.storage.bundled import has_pending_bundle
from warehouse.storage.file_lock import acquire_lock
from warehouse.storage.landing import land_files
from warehouse.storage.load_records import list_load_records
from warehouse.storage.set_aside import (
    drop_set_aside,
    list_set_aside,
    raw_files_of,
    set_aside,
    set_aside_damaged,
)

RELEASE = dg.AssetKey(["release", "current"])
#: How Ctrl-C appears in the events of a run: Dagster calls it a failed step.
_INTERRUPTS = ("KeyboardInterrupt", "DagsterExecutionInterruptedError")
#: Errors of files and publishers; see `sources.kit.errors`.
_OF_SOURCE = {name for name, kind in vars(source_errors).items() if isinstance(kind, type)}


@dataclass(frozen=True)
class ChainRequest:
    """What a chain ingests. `live` and `only` hold source ids; the days are ISO dates."""

    live: Sequence[str] = ()
    only: Sequence[str] = ()
    partitions: Sequence[str] = ()
    #: of sources that are asked live by month: every month from this one on, such as 201701
    since: str = ""
    manual: Mapping[str, Sequence[str]] = field(default_factory=dict)
    as_known_on: str = ""
    as_of: str = ""
    #: make the release current also where it is of an earlier knowledge day
    activate: bool = False
    fingerprint: str = ""
    force: bool = False
    retries: int = 0
    #: dbt's selection syntax: a part is built and nothing is published
    select: str = ""


@dataclass(frozen=True)
class ChainResult:
    """Outcome of a chain: the release's metadata, or why there is none."""

    group: str
    run_id: str
    release: dict[str, Any] | None
    failures: list[str] = field(default_factory=list)
    #: what landed nothing, or was set aside: the release was made without it
    refused: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class SourceRun:
    """One run of one source: a range of partitions, or none for uploads."""

    source_id: str
    access_method: str
    partition_range: tuple[str, str] | None = None
    manual: tuple[str, ...] = ()

    @property
    def tags(self) -> dict[str, str]:
        if self.partition_range is None:
            return {}
        return dict(zip((RANGE_START, RANGE_END), self.partition_range, strict=True))


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
            refused += [*damaged, *found.refused]
            failures += found.failures
            if not (found.refused or found.failures):
                _write_stamp(paths, spec, request)
        if failures:
            return ChainResult(group, "", None, failures, refused)
        selection = _selected_assets(definitions, request.select) if request.select else None
        result = _execute(
            paths, definitions, instance, BUILD_AND_RELEASE, _config(request), tags, selection
        )
        if not result.success and not selection and (guilty := guilty_partitions(paths)):
            again = _without(paths, definitions, instance, request, tags, guilty)
            if again is not None:
                for entry in list_set_aside(paths):
                    if (entry.source_id, entry.partition) in guilty:
                        on_failure(entry.sentence)
                result = again
    return ChainResult(group, result.run_id, _release(result), _failures(result), refused)


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
            found.stale.extend(_failures(result))
        elif _is_of_source(result):
            found.refused.extend(_failures(result))
        else:
            found.failures.extend(_failures(result))
    if found.refused and source_runs[-1] != check_only:
        # the run of a refused file ends before the checks of what landed beside it
        result = _execute_source_run(paths, definitions, instance, check_only, request, tags)
        found.failures.extend(_failures(result))
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
    result = _execute(paths, definitions, instance, BUILD_AND_RELEASE, _config(request), tags)
    if result.success:
        return result
    for source_id, partition in guilty:
        access_method, files = raw_files_of(paths, sources[source_id], partition)
        land_files(sources[source_id], files, access_method, paths)
        drop_set_aside(paths, source_id, partition)
    return None


def _is_of_source(result: dg.ExecuteInProcessResult) -> bool:
    """Whether a run failed by an error of its source: a file, not the disk or the program."""
    failed = [list(_errors(event)) for event in result.all_events if event.is_step_failure]
    return bool(failed) and all(any(e.cls_name in _OF_SOURCE for e in es) for es in failed)


def plan_source_runs(
    paths: DataPaths, spec: SourceSpec, request: ChainRequest
) -> Iterator[SourceRun]:
    """The runs that a source needs: none if nothing of it, nor of what checks it, has changed.

    `force` alone is about the build: the results of the same checks on the same files stay.
    Together with `only` it lands and checks those sources again.
    """
    source_id = spec.source_id
    is_forced = request.force and source_id in request.only
    keys, bundled = partition_keys(spec), bundled_partitions(spec)
    is_changed = has_pending_bundle(spec, paths) or not _is_stamped(paths, spec, request)
    has_bundle_run = bool(bundled) and (is_forced or is_changed)
    if has_bundle_run:
        for chosen in contiguous_ranges(keys, set(bundled)):
            yield SourceRun(source_id, "bundled", chosen)
    if source_id in request.live:
        landed = _months_asked_live(paths, source_id) if request.since else ()
        wanted = requests.live_partitions(spec, request.partitions, request.since, landed)
        for chosen in contiguous_ranges(keys, set(wanted)):
            yield SourceRun(source_id, "live", chosen)
        if not keys or set(wanted) - set(keys):
            # a publisher that serves its present state only has no partition to name
            yield SourceRun(source_id, "live")
    manual = tuple(request.manual.get(source_id, ()))
    is_checked = is_changed and not has_bundle_run and _has_tables(paths, source_id)
    if manual or is_checked or source_id in request.live:
        # uploads; and source checks of what a failed or half-way run has left
        yield SourceRun(source_id, "bundled", None, manual)


def _months_asked_live(paths: DataPaths, source_id: str) -> set[str]:
    """The months that a publisher has answered: the last part of their partitions."""
    return {
        record.partition.rpartition("/")[2]
        for record in list_load_records(paths, source_id)
        if record.access_method == "live"
    }


def _has_tables(paths: DataPaths, source_id: str) -> bool:
    """Whether there is something to do for a source without a bundle: it has landed, has results
    of checks on what was undone, or has empty tables, which dbt reads, to declare."""
    has_landed = any((paths.load_records / source_id).glob("[!_]*.json"))
    has_results = any((paths.check_results / "sources").glob(f"{source_id}.*.json"))
    return has_landed or has_results or not (paths.landing / source_id).is_dir()


def _execute_source_run(
    paths: DataPaths,
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    run: SourceRun,
    request: ChainRequest,
    tags: Mapping[str, str],
) -> dg.ExecuteInProcessResult:
    config = _config(request, access_method=run.access_method, manual=list(run.manual))
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
    if _was_interrupted(result):
        raise KeyboardInterrupt
    return result


def _config(
    request: ChainRequest, access_method: str = "bundled", manual: Sequence[str] = ()
) -> dict[str, Any]:
    return {
        "access_method": access_method,
        "manual": list(manual),
        "retries": request.retries,
        "as_known_on": request.as_known_on,
        "as_of": request.as_of,
        "activate": request.activate,
        "full": request.force,
        "fingerprint": request.fingerprint,
    }


def _selected_assets(definitions: dg.Definitions, select: str) -> list[dg.AssetKey]:
    """The run's own tables, and the dbt nodes that `select` names in dbt's selection syntax."""
    from dagster_dbt import build_dbt_asset_selection

    models = definitions.resolve_assets_def(RELEASE_UPSTREAM)
    graph = definitions.resolve_asset_graph()
    chosen = build_dbt_asset_selection([models], dbt_select=select).resolve(graph)
    run_tables = {key for key in graph.get_all_asset_keys() if key.path[:2] == ["landing", "run"]}
    return sorted(chosen | run_tables) if chosen else []


#: Any asset of the dbt step.
RELEASE_UPSTREAM = dg.AssetKey(["marts", "dim_country"])


def _was_interrupted(result: dg.ExecuteInProcessResult) -> bool:
    return any(
        error.cls_name in _INTERRUPTS for event in result.all_events for error in _errors(event)
    )


def _errors(event: dg.DagsterEvent) -> Iterator[Any]:
    """The error of a failed step or run and its causes, outermost first."""
    error = None
    if event.is_step_failure:
        error = event.step_failure_data.error
    elif event.is_job_failure:
        error = event.job_failure_data.error
    while error is not None:
        yield error
        error = error.cause


def _failures(result: dg.ExecuteInProcessResult) -> list[str]:
    """Why the run failed, one text per failed step."""
    found = []
    for event in result.all_events:
        if event.is_step_failure:
            errors = list(_errors(event))
            stated = [e for e in errors if e.cls_name == "Failure"] or errors[-1:]
            found.append(_sentence(stated[0].message) if stated else str(event.message))
    if not found and not result.success:
        found = _failed_checks(result) or ["the run failed; see its log"]
    return list(dict.fromkeys(found))


def _failed_checks(result: dg.ExecuteInProcessResult) -> list[str]:
    return [
        f"{e.asset_key.to_user_string()}: {e.check_name}: {e.description or 'failed'}"
        for e in result.get_asset_check_evaluations()
        if not e.passed and e.severity == dg.AssetCheckSeverity.ERROR
    ]


def _sentence(message: str) -> str:
    """Dagster prefixes the class of an exception; a person does not need its module."""
    name, found, rest = message.strip().partition(": ")
    return rest if found and " " not in name else message.strip()


def _release(result: dg.ExecuteInProcessResult) -> dict[str, Any] | None:
    for event in result.get_asset_materialization_events():
        if event.asset_key == RELEASE:
            metadata = event.materialization.metadata
            return {name: value.value for name, value in metadata.items()}
    return None


def _stamp(paths: DataPaths, source_id: str) -> Path:
    return paths.check_results / "sources" / f"{source_id}.inputs"


def _is_stamped(paths: DataPaths, spec: SourceSpec, request: ChainRequest) -> bool:
    stamp = _stamp(paths, spec.source_id)
    return stamp.is_file() and stamp.read_text() == _inputs_digest(paths, spec, request)


def _write_stamp(paths: DataPaths, spec: SourceSpec, request: ChainRequest) -> None:
    stamp = _stamp(paths, spec.source_id)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(_inputs_digest(paths, spec, request))


def _inputs_digest(paths: DataPaths, spec: SourceSpec, request: ChainRequest) -> str:
    """Hash of what landed of a source, of the code that lands and checks it, and of the day.

    Landed files count by size and time: one that was changed by hand is checked again.
    """
    digest = hashlib.sha256(json.dumps([request.as_known_on, request.as_of]).encode())
    code = [
        *sorted(spec.folder.glob("*.*")),
        *sorted((PROJECT / "expectations").rglob("*.py")),
        *sorted((PROJECT / "expectations").rglob("*.json")),
        *sorted((PROJECT / "sources" / "kit").glob("*.py")),
    ]
    for path in [*code, *sorted((paths.load_records / spec.source_id).glob("[!_]*.json"))]:
        digest.update(path.name.encode() + path.read_bytes())
    for path in sorted((paths.landing / spec.source_id).glob("*/[!_.]*.parquet")):
        stat = path.stat()
        digest.update(f"{path.parent.name}/{path.name} {stat.st_size} {stat.st_mtime_ns}".encode())
    return digest.hexdigest()
