"""`pax scenario`: who runs short if a supplier stops, answered from a release."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from orchestration.cli.query import current, named, working
from orchestration.cli.scenario_request import ScenarioRequest, refuse_unknown
from orchestration.errors import UsageError
from warehouse.paths import DataPaths

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from warehouse.statistics.disruption.scenario import ItemSupply, Scenario

Row = dict[str, Any]
Item = tuple[str, str, str]
FORMATS = ("table", "csv", "parquet")
TABLES = ("supply_flow", "supply_capacity")
#: Read only where a scenario asks for a year.
PROJECTS = "project_capacity"


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


@dataclass(frozen=True)
class ScenarioInputs:
    """What a release has on the items asked for.

    Attributes:
        scenario: with its suppliers as countries.
        items: the items with their stages.
        flows, capacities: rows of `supply_flow` and `supply_capacity`.
        projects: rows of `project_capacity`, if a year is asked for.
    """

    scenario: Scenario
    items: list[Item]
    flows: pa.Table
    capacities: pa.Table
    projects: pa.Table | None


def read_inputs(connection: DuckDBPyConnection, request: ScenarioRequest) -> ScenarioInputs:
    """The scenario, its items, and their rows.

    Raises:
        UsageError: a supplier, item, stage or year that does not exist, or a release without the
            tables.
    """
    from warehouse.statistics.disruption.scenario import Scenario
    from warehouse.storage.read_only import literal

    present = {
        row[0]
        for row in connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'marts'"
        ).fetchall()
    }
    year = request.assumptions.get("capacity_year")
    needed = TABLES if year is None else (*TABLES, PROJECTS)
    if missing := [name for name in needed if name not in present]:
        raise UsageError(
            f"this release has no {' and '.join(missing)}",
            remedy="`pax run` publishes a release with them; a mart that is withheld for its "
            "licence is in the working database: --working",
        )
    measured: list[Item] = connection.execute(
        "select distinct item_kind, item_id, stage_id from marts.supply_flow order by all"
    ).fetchall()
    items = [item for asked in request.items for item in _items_of(asked, measured, connection)]
    names = ", ".join(literal(item[1]) for item in items)
    flows, capacities, *projects = (
        connection.sql(f"from marts.{name} where item_id in ({names})").to_arrow_table()
        for name in needed
    )
    if year is not None:
        _refuse_other_years(int(year), connection)
    scenario = Scenario(
        request.name, _stops(request, connection), int(request.months), **request.assumptions
    )
    _refuse_everybody(scenario, items, flows)
    return ScenarioInputs(scenario, items, flows, capacities, projects[0] if projects else None)


def _refuse_other_years(year: int, connection: DuckDBPyConnection) -> None:
    """Outside the years of the register's projects nothing is known of them."""
    first, last = connection.execute(
        f"select min(year), max(year) from marts.{PROJECTS}"
    ).fetchone() or (None, None)
    if first is None or not first <= year <= last:
        known = "no year" if first is None else f"{first} to {last}"
        raise UsageError(
            f"what projects add by {year} is not known",
            remedy=f"the release knows it for {known}; leave out the year for the base year alone",
        )


def _items_of(asked: str, measured: list[Item], connection: DuckDBPyConnection) -> list[Item]:
    item_id, _, stage = asked.partition("/")
    found = [item for item in measured if item[1] == item_id and stage in ("", item[2])]
    if found:
        return found
    if stages := [item[2] for item in measured if item[1] == item_id]:
        raise UsageError(
            f"{item_id} is not measured at the stage {stage}",
            remedy=f"its stages are: {', '.join(stages)}",
        )
    known = connection.execute(
        "select material_id from marts.dim_material union select good_id from marts.dim_good"
    ).fetchall()
    if item_id in {row[0] for row in known}:
        raise UsageError(
            f"no partner's imports of {item_id} are measured: no customs code is mapped to it, or "
            "no source with such a code has landed",
            remedy='`pax query "select * from marts.bridge_product_material where item_id = '
            f"'{item_id}'\"` shows its codes",
        )
    raise refuse_unknown("item", item_id, {item[1] for item in measured})


def _stops(request: ScenarioRequest, connection: DuckDBPyConnection) -> dict[str, float]:
    countries = {
        row[0] for row in connection.execute("select country_id from marts.dim_country").fetchall()
    }
    lists: dict[str, list[str]] = {}
    for list_id, country_id in connection.execute(
        "select distinct members.list_id, members.country_id from marts.bridge_concern_member "
        "as members, marts.publish_info as run where members.valid_from <= run.as_of_date "
        "and (members.valid_to is null or members.valid_to > run.as_of_date)"
        if _has_run_day(connection)
        else "select distinct list_id, country_id from marts.bridge_concern_member"
    ).fetchall():
        lists.setdefault(f"LIST:{list_id}", []).append(country_id)
    stops: dict[str, float] = {}
    for name, share in request.stop.items():
        if name not in countries and name not in lists:
            raise refuse_unknown("supplier", name, {*countries, *lists})
        for country in lists.get(name, [name]):
            stops[country] = max(float(share), stops.get(country, 0.0))
    return {name: share for name, share in stops.items() if share > 0}


def _has_run_day(connection: DuckDBPyConnection) -> bool:
    """The working database has no publish_info."""
    found = connection.execute(
        "select 1 from duckdb_columns() where schema_name = 'marts' and "
        "table_name = 'publish_info' and column_name = 'as_of_date'"
    ).fetchone()
    return found is not None


def _refuse_everybody(scenario: Scenario, items: list[Item], flows: pa.Table) -> None:
    rows = flows.to_pylist()
    for item in items:
        suppliers = {
            row["supplier_id"]
            for row in rows
            if (row["item_kind"], row["item_id"], row["stage_id"]) == item
        }
        if suppliers and all(scenario.lost_share.get(name, 0.0) >= 1 for name in suppliers):
            raise UsageError(
                f"the scenario stops every supplier of {item[1]} ({item[2]}): nothing is left to "
                "share",
                remedy=f"leave out one of: {', '.join(sorted(suppliers))}",
            )


def solve(inputs: ScenarioInputs, *, draws: int, seed: int) -> pa.Table:
    """All rows of the scenario; with `draws` the quantiles of each partner's shortage besides."""
    import pyarrow as pa

    from warehouse.statistics.disruption.batch import SCHEMA, answer_item, read_supplies

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


def show(
    rows: list[Row], inputs: ScenarioInputs, request: ScenarioRequest, console: Console
) -> None:
    """Print one table per item and stage: each partner alone, and with sharing."""
    scenario = inputs.scenario
    stops = ", ".join(f"{name} {share:.0%}" for name, share in sorted(scenario.lost_share.items()))
    console.print(
        f"[bold]{request.name}[/bold]: {stops} of deliveries stop for {request.months} months\n"
        f"[dim]assumed: {scenario.third_floor_share:.0%} of exports to third countries stay there, "
        f"a partner gives up at most {scenario.sharing_limit_share:.0%} of its demand, idle "
        f"capacity runs after {scenario.ramp_months} months; first-order, no price moves[/dim]",
        highlight=False,
    )
    keys = {(row["item_kind"], row["item_id"], row["stage_id"]): None for row in rows}
    known, deliveries = inputs.capacities.to_pylist(), inputs.flows.to_pylist()
    additions = inputs.projects.to_pylist() if inputs.projects is not None else []
    for item in keys:
        mine = [row for row in rows if (row["item_kind"], row["item_id"], row["stage_id"]) == item]
        capacities = [
            row for row in known if (row["item_kind"], row["item_id"], row["stage_id"]) == item
        ]
        unit, year = (
            (capacities[0]["quantity_unit"], capacities[0]["base_year"]) if capacities else ("", "")
        )
        delivered = [
            row for row in deliveries if (row["item_kind"], row["item_id"], row["stage_id"]) == item
        ]
        has_baskets = any(row["basket_share"] for row in delivered)
        # a release of an earlier version has no such column
        with_own = {row["importer_id"] for row in delivered
                    if row.get("demand_basis") == "apparent_consumption"}  # fmt: skip
        n_spare, n_third = (
            sum(row[name] is not None for row in capacities)
            for name in ("spare_quantity", "third_exports_quantity")
        )
        console.print(
            f"\n[bold]{item[1]}[/bold] ({item[2]}), {unit}, base {year}; idle capacity known of "
            f"{n_spare} of {len(capacities)} suppliers", highlight=False,
        )  # fmt: skip
        if not n_third:
            console.print("[dim]exports to third countries are not loaded: what others could send "
                          "to the partners instead is not known, and counts for nothing[/dim]",
                          highlight=False)  # fmt: skip
        if with_own:
            names = ", ".join(sorted(with_own))
            console.print(f"[dim]demand is apparent consumption, own supply included, of {names}; "
                          "imports of the others[/dim]", highlight=False)  # fmt: skip
        if has_baskets:
            console.print("[dim]measured in part on basket codes, of which an unknown share is the "
                          "item: read the range, not the point[/dim]", highlight=False)  # fmt: skip
        if scenario.capacity_year is not None:
            console.print(f"[dim]{_projects_line(mine, additions, item)}[/dim]", highlight=False)
        console.print(_table(mine))


def _projects_line(rows: list[Row], additions: list[Row], item: Item) -> str:
    """What projects add by the year asked for, by country, and which have no number."""
    year, basis = rows[0]["capacity_year"], rows[0]["capacity_basis"]
    reason = rows[0]["capacity_reason"]
    mine = [
        row
        for row in additions
        if (row["item_kind"], row["item_id"], row["stage_id"]) == item
        and row["year"] == year
        and row["added_high_quantity"]
    ]
    mine.sort(key=lambda row: (-row["added_quantity"], row["country_id"]))
    if basis == "base_year" or not mine:
        return f"capacities of the base year: {reason}" if reason else "capacities of the base year"
    parts = ", ".join(
        f"{row['country_id']} {_number(row['added_quantity'])} "
        f"({_number(row['added_low_quantity'])} to {_number(row['added_high_quantity'])})"
        for row in mine
    )
    source, unit = mine[0]["source_id"], mine[0]["quantity_unit"]
    text = f"projects add by {year} ({source}, {unit} a year): {parts}"
    return f"{text}; without a number: {reason}" if reason else text


def _table(rows: list[Row]) -> Table | str:
    partners = [row for row in rows if row["row_kind"] == "partner"]
    by = {(row["policy"], row["entity_id"]): row for row in partners}
    if reasons := {row["missing_reason"] for row in partners if row["missing_reason"]
                   and row["entity_id"].startswith("BLOC") and len(partners) == 3}:  # fmt: skip
        return "no answer: " + "; ".join(sorted(reasons))
    has_draws = any("shortage_p95_share" in row for row in partners)
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("partner")
    names = ["demand", "lost", "short alone", "short shared", "share", "low to high"]
    for name in [*names, *(["5 to 95 %"] if has_draws else []), "with stock"]:
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("covered by", overflow="fold")
    shared = [row for row in partners if row["policy"] == "sharing"]
    shared.sort(key=_place)
    for row in shared:
        alone, stock = (
            by["no_sharing", row["entity_id"]],
            by["sharing_plus_stock", row["entity_id"]],
        )
        if row["missing_reason"]:
            ends = _range(row, "shortage_share_low", "shortage_share_high")
            blank = ["·"] * (len(table.columns) - 9)
            note = "range only" if row["shortage_share_high"] is not None else row["missing_reason"]
            table.add_row(row["entity_id"], *["·"] * 5, ends, *blank, "·", note)
            continue
        quantiles = [_range(row, "shortage_p05_share", "shortage_p95_share")] if has_draws else []
        table.add_row(
            row["entity_id"], _number(row["demand_quantity"]), _number(row["lost_quantity"]),
            _number(alone["shortage_quantity"]), _number(row["shortage_quantity"]),
            _percent(row["shortage_share"]),
            _range(row, "shortage_share_low", "shortage_share_high"), *quantiles,
            _number(stock["shortage_quantity"]),
            ", ".join((row["covered_by"] or "").split("|")[:3]),
        )  # fmt: skip
    return table


def _place(row: Row) -> tuple[bool, float, str]:
    """The partnership last, before it the largest share first; a range counts by its end."""
    share = row["shortage_share"]
    share = row["shortage_share_high"] if share is None else share
    return row["entity_id"].startswith("BLOC"), -(share or 0.0), row["entity_id"]


def _number(value: float | None) -> str:
    return "·" if value is None else f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _percent(value: float | None) -> str:
    return "·" if value is None else f"{value:.1%}"


def _range(row: Row, low: str, high: str) -> str:
    if row.get(low) is None:
        return "·"
    return f"{_percent(row[low])} to {_percent(row[high])}"


def write(table: pa.Table, kind: str, output: Path | None) -> None:
    """All rows as CSV or Parquet, to a file or to stdout.

    Raises:
        UsageError: Parquet without a file, or a file that cannot be written.
    """
    import pyarrow.csv
    import pyarrow.parquet

    if output is None and kind == "parquet":
        raise UsageError("Parquet needs a file", remedy="add --output FILE.parquet")
    try:
        if kind == "parquet":
            pyarrow.parquet.write_table(table, output)
        elif output is None:
            pyarrow.csv.write_csv(table, sys.stdout.buffer)
        else:
            pyarrow.csv.write_csv(table, output)
    except OSError as error:
        raise UsageError(f"the file cannot be written: {error}", where=str(output)) from None


def save(table: pa.Table, paths: DataPaths, database: Path, request: ScenarioRequest) -> Path:
    """Store the rows beside the release, in `scenarios/<release>/<name>.parquet`."""
    folder = paths.data_dir / "scenarios" / database.parent.name
    safe = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in request.name)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{safe}.parquet"
    write(table, "parquet", target)
    return target
