"""Landed tables as assets: one step per source, found by the catalog; then the run's own tables."""

from collections.abc import Iterator, Mapping

import dagster as dg

from orchestration import lock, progress
from orchestration.defs.landing.arrivals import arrival_checks
from orchestration.defs.landing.ways import land_source
from orchestration.landed import table_facts
from orchestration.resources import Home, Inputs
from sources.kit.catalog import SourceSpec
from warehouse.receipts import stale_mark, write_parameters, write_receipts_table

#: What a run says about itself, in the landing like everything that dbt reads.
RUN_TABLES = {
    "receipts": "One row per landed partition, table and raw file, of all sources.",
    "parameters": "One row: the day whose knowledge this run may use, and its as-of date.",
}


def asset_spec(spec: SourceSpec, table: str) -> dg.AssetSpec:
    declared = spec.tables[table]
    return dg.AssetSpec(
        key=["landing", spec.source_id, table],
        group_name=spec.group,
        kinds={"parquet", *(() if "live" not in spec.ways else ("api",))},
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


def landing_step(spec: SourceSpec) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=f"land_{spec.source_id}",
        specs=[asset_spec(spec, table) for table in spec.tables],
        description=f"{spec.title}: {', '.join(spec.ways)}.",
    )
    def land(home: Home, inputs: Inputs) -> Iterator[dg.MaterializeResult]:
        rooms = home.rooms
        progress.tell("landing", spec.source_id)
        with lock.held(rooms, f"landing {spec.source_id}"), progress.timed("landing"):
            landed = land_source(spec, rooms, inputs)
            mark = stale_mark(rooms, spec.source_id)
        outcomes = ", ".join(sorted({one.outcome for one in landed})) or "nothing new"
        for table in spec.tables:
            facts = {**table_facts(rooms, spec, table), "outcome": outcomes}
            stale = {"stale_since": mark.since, "stale_reason": mark.reason} if mark else {}
            yield dg.MaterializeResult(
                asset_key=["landing", spec.source_id, table], metadata={**facts, **stale}
            )

    return land


def run_step(sources: Mapping[str, SourceSpec]) -> dg.AssetsDefinition:
    landed = [
        ["landing", spec.source_id, table] for spec in sources.values() for table in spec.tables
    ]

    @dg.multi_asset(
        name="land_run",
        specs=[
            dg.AssetSpec(
                key=["landing", "run", table],
                deps=landed,
                group_name="run",
                kinds={"parquet"},
                owners=["team:data-platform"],
                description=description,
            )
            for table, description in RUN_TABLES.items()
        ],
        description="What landed, and on which day this run stands.",
    )
    def land_run(home: Home, inputs: Inputs) -> Iterator[dg.MaterializeResult]:
        with lock.held(home.rooms, "landing run"), progress.timed("landing"):
            write_receipts_table(home.rooms, sources)
            write_parameters(home.rooms, inputs.known_day, inputs.of_day)
        for table in RUN_TABLES:
            yield dg.MaterializeResult(asset_key=["landing", "run", table])

    return land_run


def definitions(sources: Mapping[str, SourceSpec]) -> dg.Definitions:
    return dg.Definitions(
        assets=[*(landing_step(spec) for spec in sources.values()), run_step(sources)],
        asset_checks=arrival_checks(sources),
    )
