"""What `pax scenario` prints, writes and saves."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from orchestration.cli.scenario_inputs import Item, Row, ScenarioInputs
from orchestration.cli.scenario_request import ScenarioRequest
from orchestration.errors import UsageError
from warehouse.paths import DataPaths

if TYPE_CHECKING:
    import pyarrow as pa


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
