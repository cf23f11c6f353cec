"""What `pax scenario` reads of a release, and the questions that it refuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestration.cli.scenario_request import ScenarioRequest, refuse_unknown
from orchestration.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from warehouse.statistics.disruption.scenario import Scenario

Row = dict[str, Any]
Item = tuple[str, str, str]
TABLES = ("supply_flow", "supply_capacity")
#: Read only where a scenario asks for a year.
PROJECTS = "project_capacity"


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
