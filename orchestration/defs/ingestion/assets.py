"""Landed tables as assets: one step per source of the catalog, partitioned where it has parts."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import dagster as dg

from orchestration.defs.explain_failures import explain_failures
from orchestration.defs.ingestion.checks import source_checks
from orchestration.defs.ingestion.ingest import Ingested, ingest
from orchestration.defs.ingestion.landing_state import table_facts
from orchestration.defs.ingestion.partitions import partitions_definition
from orchestration.defs.knowledge_day import check_knowledge_day
from orchestration.progress import report_progress, timed
from orchestration.resources import POOL, DataDirResource, IngestConfig
from sources.kit.catalog import SourceSpec, catalog
from warehouse.storage.load_records import (
    Landed,
    read_stale_source,
    write_load_records_table,
    write_parameters,
)

OWNERS = ["team:data-platform"]
#: What is written about all that has landed.
RUN_TABLES = {
    "load_records": "One row per landed partition, table and raw file, of all sources.",
    "newest_evidence": "One row: the newest day of a load record.",
    "un_comtrade_partitions": "One row per landed partition of UN Comtrade.",
}
#: Keys of all tables that a run writes about itself.
RUN_KEYS = [dg.AssetKey(["landing", "run", table]) for table in ("parameters", *RUN_TABLES)]
#: Seconds before a publisher that does not respond is asked again; doubled every time.
FIRST_RETRY = 30


def landing_keys(spec: SourceSpec) -> list[dg.AssetKey]:
    return [dg.AssetKey(["landing", spec.source_id, table]) for table in spec.tables]


def asset_spec(spec: SourceSpec, table: str) -> dg.AssetSpec:
    declared, stale_after = spec.tables[table], timedelta(days=spec.cadence.stale_after_days)
    return dg.AssetSpec(
        key=["landing", spec.source_id, table],
        group_name=spec.group,
        kinds={"parquet", *(("api",) if "live" in spec.access_methods else ())},
        owners=[spec.owner],
        description=f"{declared.grain} {declared.description}".strip(),
        freshness_policy=dg.FreshnessPolicy.time_window(fail_window=stale_after),
        metadata={
            "publisher": spec.publisher,
            "licence": spec.licence.id,
            "redistribution": spec.licence.redistribution,
            "cadence": spec.cadence.text,
            "homepage": dg.MetadataValue.url(spec.homepage),
        },
    )


def landing_step(spec: SourceSpec) -> dg.AssetsDefinition:
    partitions = partitions_definition(spec)

    @dg.multi_asset(
        name=f"ingest_{spec.source_id}",
        specs=[asset_spec(spec, table) for table in spec.tables],
        partitions_def=partitions,
        backfill_policy=dg.BackfillPolicy.single_run() if partitions else None,
        can_subset=True,
        pool=POOL,
        description=f"{spec.title}: {', '.join(spec.access_methods)}.",
    )
    def land(
        context: dg.AssetExecutionContext, data_dir: DataDirResource, inputs: IngestConfig
    ) -> Iterator[dg.MaterializeResult]:
        paths = data_dir.paths
        has_keys = context.has_partition_key or context.has_partition_key_range
        keys = list(context.partition_keys) if partitions and has_keys else []
        report_progress("landing", spec.source_id)
        with explain_failures(), timed("landing"):
            done = ingest(spec, paths, inputs, keys)
            write_load_records_table(paths, catalog())
        for entry in done.damaged:
            context.log.warning(f"{entry.sentence}.\nWhat to do: {entry.remedy}")
        _report_partitions(context, spec, done.landed, set() if done.failures else set(keys))
        if done.failures:
            _raise_failure(context, data_dir, spec, done, inputs.retries)
        stale = read_stale_source(paths, spec.source_id)
        for key in sorted(context.selected_asset_keys):
            facts = table_facts(paths, spec, key.path[-1])
            if stale:
                facts |= {"stale_since": stale.since, "stale_reason": stale.reason}
            yield dg.MaterializeResult(key, metadata=facts)

    return land


def _report_partitions(
    context: dg.AssetExecutionContext,
    spec: SourceSpec,
    landed: Sequence[Landed],
    own_keys: set[str],
) -> None:
    """Rows per partition. What the run's own keys do not cover (an upload; months of a publisher
    that failed half-way; a table that was not selected) is reported as an event of its own."""
    for one in landed:
        record = one.load_record
        for table, content in record.tables.items():
            key = dg.AssetKey(["landing", spec.source_id, table])
            facts: dict[str, Any] = {
                "dagster/partition_row_count": content.rows,
                "outcome": one.outcome,
            }
            if record.partition in own_keys and key in context.selected_asset_keys:
                context.add_asset_metadata(facts, asset_key=key, partition_key=record.partition)
            elif one.outcome == "landed":
                context.log_event(
                    dg.AssetMaterialization(key, partition=record.partition, metadata=facts)
                )


def _raise_failure(
    context: dg.AssetExecutionContext,
    data_dir: DataDirResource,
    spec: SourceSpec,
    done: Ingested,
    retries: int,
) -> None:
    """Ask again later if that may help; else fail with what the publisher answered."""
    if done.is_transient and context.retry_number < retries:
        wait = FIRST_RETRY * 2**context.retry_number
        context.log.warning(f"{spec.source_id} did not answer; asking again in {wait} s")
        raise dg.RetryRequested(max_retries=retries, seconds_to_wait=wait)
    reasons = "; ".join(map(str, done.failures))
    is_stale = read_stale_source(data_dir.paths, spec.source_id) is not None
    raise dg.Failure(
        f"{reasons}\nWhat landed before stays in use{' and is marked stale' * is_stale}.\n"
        f"What to do: run again later, or download the file from {spec.homepage} and use "
        f"`pax land {spec.source_id} FILE`",
        allow_retries=False,
    ) from done.failures[0]


@dg.asset(
    key=["landing", "run", "parameters"],
    description="One row: the day whose knowledge this run may use, and its as-of date.",
    group_name="run",
    kinds={"parquet"},
    owners=OWNERS,
    pool=POOL,
)
def run_parameters(data_dir: DataDirResource, inputs: IngestConfig) -> None:
    with explain_failures():
        check_knowledge_day(inputs.as_known_on, date.today())
        write_parameters(data_dir.paths, inputs.known_day, inputs.of_day)


@dg.definitions
def defs() -> dg.Definitions:
    sources = catalog()

    @dg.multi_asset(
        name="run_load_records",
        specs=[
            dg.AssetSpec(
                key=["landing", "run", table],
                deps=[key for spec in sources.values() for key in landing_keys(spec)],
                description=description,
                group_name="run",
                kinds={"parquet"},
                owners=OWNERS,
            )
            for table, description in RUN_TABLES.items()
        ],
        pool=POOL,
    )
    def run_load_records(data_dir: DataDirResource) -> Iterator[dg.MaterializeResult]:
        with explain_failures(), timed("landing"):
            write_load_records_table(data_dir.paths, sources)
        for table in RUN_TABLES:
            yield dg.MaterializeResult(["landing", "run", table])

    steps = [landing_step(spec) for spec in sources.values()]
    return dg.Definitions(
        assets=[*steps, run_parameters, run_load_records],
        asset_checks=[c for spec in sources.values() if (c := source_checks(spec))],
    )
