"""Landed tables as assets: one step per source, found by the catalog; then the run's own tables."""

import shutil
from collections.abc import Iterator, Mapping

import dagster as dg

from orchestration import lock, progress
from orchestration.cli.landing_state import table_facts
from orchestration.defs.ingestion.checks import arrival_checks
from orchestration.defs.ingestion.ingest import land_source
from orchestration.resources import DataDirResource, IngestConfig
from sources.kit.catalog import SourceSpec
from warehouse.storage.load_records import (
    read_stale_source,
    write_load_records_table,
    write_parameters,
)

OWNERS = ["team:data-platform"]


def asset_spec(spec: SourceSpec, table: str) -> dg.AssetSpec:
    declared = spec.tables[table]
    return dg.AssetSpec(
        key=["landing", spec.source_id, table],
        group_name=spec.group,
        kinds={"parquet", *(() if "live" not in spec.access_methods else ("api",))},
        owners=[spec.owner],
        description=f"{declared.grain} {declared.description}".strip(),
        metadata={
            "publisher": spec.publisher,
            "licence": spec.licence.id,
            "redistribution": spec.licence.redistribution,
            "cadence": spec.cadence.text,
            "homepage": dg.MetadataValue.url(spec.homepage),
        },
    )


def landing_step(spec: SourceSpec, sources: Mapping[str, SourceSpec]) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=f"land_{spec.source_id}",
        specs=[asset_spec(spec, table) for table in spec.tables],
        description=f"{spec.title}: {', '.join(spec.access_methods)}.",
    )
    def land(data_dir: DataDirResource, inputs: IngestConfig) -> Iterator[dg.MaterializeResult]:
        paths = data_dir.paths
        progress.report_progress("landing", spec.source_id)
        with lock.acquire_lock(paths, f"landing {spec.source_id}"), progress.timed("landing"):
            landed = land_source(spec, paths, inputs)
            mark = read_stale_source(paths, spec.source_id)
            # the arrivals' door compares with the receipts, before `run_load_records` has its turn
            write_load_records_table(paths, sources)
        outcomes = ", ".join(sorted({one.outcome for one in landed})) or "nothing new"
        for table in spec.tables:
            facts = {**table_facts(paths, spec, table), "outcome": outcomes}
            stale = {"stale_since": mark.since, "stale_reason": mark.reason} if mark else {}
            yield dg.MaterializeResult(
                asset_key=["landing", spec.source_id, table], metadata={**facts, **stale}
            )

    return land


def run_steps(sources: Mapping[str, SourceSpec]) -> list[dg.AssetsDefinition]:
    """What a run says about itself, landed like everything that dbt reads."""
    landed = [
        ["landing", spec.source_id, table] for spec in sources.values() for table in spec.tables
    ]

    @dg.asset(
        key=["landing", "run", "parameters"],
        description="One row: the day whose knowledge this run may use, and its as-of date.",
        group_name="run",
        kinds={"parquet"},
        owners=OWNERS,
    )
    def run_parameters(data_dir: DataDirResource, inputs: IngestConfig) -> None:
        with lock.acquire_lock(data_dir.paths, "writing the run's parameters"):
            # each run judges anew: yesterday's verdict must not slip into today's release
            shutil.rmtree(data_dir.paths.check_results, ignore_errors=True)
            write_parameters(data_dir.paths, inputs.known_day, inputs.of_day)

    @dg.asset(
        key=["landing", "run", "load_records"],
        deps=landed,
        description="One row per landed partition, table and raw file, of all sources.",
        group_name="run",
        kinds={"parquet"},
        owners=OWNERS,
    )
    def run_load_records(data_dir: DataDirResource) -> None:
        with lock.acquire_lock(data_dir.paths, "writing receipts"), progress.timed("landing"):
            write_load_records_table(data_dir.paths, sources)

    return [run_parameters, run_load_records]


def definitions(sources: Mapping[str, SourceSpec]) -> dg.Definitions:
    return dg.Definitions(
        assets=[*(landing_step(spec, sources) for spec in sources.values()), *run_steps(sources)],
        asset_checks=arrival_checks(sources),
    )
