"""`pax scenario`: who runs short if a supplier stops, answered from a release."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from orchestration.cli.query import current, named, working
from orchestration.cli.scenario_inputs import Row, ScenarioInputs, read_inputs
from orchestration.cli.scenario_output import save, show, write
from orchestration.cli.scenario_request import ScenarioRequest
from orchestration.errors import UsageError
from warehouse.paths import DataPaths

if TYPE_CHECKING:
    import pyarrow as pa

    from warehouse.statistics.disruption.scenario import ItemSupply, Scenario

FORMATS = ("table", "csv", "parquet")


def answer_scenario(
    paths: DataPaths,
    request: ScenarioRequest,
    console: Console,
    *,
    kind: str = "table",
    output: Path | None = None,
    draws: int = 0,
    seed: int = 1,
    is_working: bool = False,
    release: str | None = None,
    is_saved: bool = False,
) -> None:
    """Answer one scenario for all partners: a table, or all rows as CSV or Parquet.

    The rows are those of int_resilience__solutions, by the same functions on the same tables as
    in a run. With `draws` they have the quantiles of the shortage besides.

    Raises:
        UsageError: an unknown name, format or release, or a scenario that cannot be asked.
    """
    if kind not in FORMATS:
        raise UsageError(
            f"no format is called {kind}", remedy=f"choose one of: {', '.join(FORMATS)}"
        )
    from warehouse.storage.read_only import reading

    database = (
        named(paths, release) if release else working(paths) if is_working else current(paths)
    )
    with reading(database) as connection:
        inputs = read_inputs(connection, request)
    table = solve(inputs, draws=draws, seed=seed)
    if is_saved:
        saved = save(table, paths, database, request)
        console.print(f"[dim]saved as {saved}[/dim]", highlight=False)
    if kind == "table" and output is None:
        show(table.to_pylist(), inputs, request, console)
    else:
        write(table, "csv" if kind == "table" else kind, output)


def solve(inputs: ScenarioInputs, *, draws: int, seed: int) -> pa.Table:
    """All rows of the scenario; with `draws` the quantiles of each partner's shortage besides."""
    import pyarrow as pa

    from warehouse.statistics.disruption.batch import answer_item, read_supplies
    from warehouse.statistics.disruption.result_rows import SCHEMA

    scenario = inputs.scenario
    supplies, unknown = read_supplies(inputs.flows, inputs.capacities, inputs.projects)
    rows: list[Row] = []
    for item in inputs.items:
        found = answer_item(scenario, item, supplies, unknown)
        if draws and item in supplies and any(row["row_kind"] == "flow" for row in found):
            _add_quantiles(found, scenario, supplies[item], draws, seed)
        rows += found
    schema = SCHEMA
    if draws:
        for name in ("shortage_p05", "shortage_p50", "shortage_p95"):
            schema = schema.append(pa.field(f"{name}_quantity", pa.float64()))
            schema = schema.append(pa.field(f"{name}_share", pa.float64()))
    return pa.Table.from_pylist(rows, schema=schema)


def _add_quantiles(
    rows: list[Row], scenario: Scenario, supply: ItemSupply, draws: int, seed: int
) -> None:
    from warehouse.statistics.disruption.draws import draw_shortages

    drawn = {one.policy: one for one in draw_shortages(scenario, supply, n_draws=draws, seed=seed)}
    for row in rows:
        one = drawn.get(row["policy"])
        if row["row_kind"] != "partner" or one is None or row["entity_id"] not in one.entities:
            continue
        column = one.entities.index(row["entity_id"])
        for place, name in enumerate(("p05", "p50", "p95")):
            row[f"shortage_{name}_quantity"] = float(one.quantity[place, column])
            row[f"shortage_{name}_share"] = float(one.share[place, column])
