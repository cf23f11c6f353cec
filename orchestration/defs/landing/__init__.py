"""Landed tables as assets: one step per source, found by the catalog; then the run's own tables."""

import shutil
from collections.abc import Iterator, Mapping

import dagster as dg

from orchestration import lock, progress
from orchestration.defs.landing.arrivals import arrival_checks
from orchestration.defs.landing.ways import land_source
from orchestration.landed import table_facts
from orchestration.resources import Home, Inputs
from sources.kit.catalog import SourceSpec
from warehouse.receipts import stale_mark, write_parameters, write_receipts_table

OWNERS = ["team:data-platform"]


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


def landing_step(spec: SourceSpec, sources: Mapping[str, SourceSpec]) -> dg.AssetsDefinition:
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
            # the arrivals' door compares with the receipts, before `run_receipts` has its turn
            write_receipts_table(rooms, sources)
        outcomes = ", ".join(sorted({one.outcome for one in landed})) or "nothing new"
        for table in spec.tables:
            facts = {**table_facts(rooms, spec, table), "outcome": outcomes}
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
    def run_parameters(home: Home, inputs: Inputs) -> None:
        with lock.held(home.rooms, "writing the run's parameters"):
            # each run judges anew: yesterday's verdict must not slip into today's release
            shutil.rmtree(home.rooms.verdicts, ignore_errors=True)
            write_parameters(home.rooms, inputs.known_day, inputs.of_day)

    @dg.asset(
        key=["landing", "run", "receipts"],
        deps=landed,
        description="One row per landed partition, table and raw file, of all sources.",
        group_name="run",
        kinds={"parquet"},
        owners=OWNERS,
    )
    def run_receipts(home: Home) -> None:
        with lock.held(home.rooms, "writing receipts"), progress.timed("landing"):
            write_receipts_table(home.rooms, sources)

    return [run_parameters, run_receipts]


def definitions(sources: Mapping[str, SourceSpec]) -> dg.Definitions:
    return dg.Definitions(
        assets=[*(landing_step(spec, sources) for spec in sources.values()), *run_steps(sources)],
        asset_checks=arrival_checks(sources),
    )
