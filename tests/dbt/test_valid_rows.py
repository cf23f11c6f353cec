"""A row that the rules of the register pass stops no run: generated events without a mistake are
added to the register of the fixture world, its policy models are computed again by their own SQL,
and every test of them that can stop a run finds nothing."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.fixture_world.dbt import manifest
from tests.fixture_world.worlds import Worlds
from warehouse.registers import policy_rows
from warehouse.registers.policy_vocabulary import LISTS

# the models' SQL is that of the five-country world
pytestmark = [pytest.mark.xdist_group("world"), pytest.mark.timeout(900)]

#: What is computed of the register alone; what weighs it on trade follows from it.
REBUILT = ("int_policy__", "policy_timeline", "fct_policy_event", "bridge_clause_",
           "bridge_policy_event_", "policy_conflict")  # fmt: skip
N_ROWS = 150
Event = dict[str, str]


def events() -> list[Event]:
    """Generated events without a mistake; each may change one of the register or an earlier one."""
    draw = random.Random(12)
    tables = policy_rows.read_registers()
    countries = [row["country_id"] for row in tables["countries"]]
    labels = [row["label"] for row in tables["item_labels"]]
    types = [row["measure_type"] for row in tables["measure_severity"]]
    known = [row["event_id"] for row in tables["policy_register"]]
    good: list[Event] = []
    for number in range(N_ROWS * 6):
        first = date(2020, 1, 1) + timedelta(days=draw.randrange(2500))
        effective = first + timedelta(days=draw.randrange(-40, 400))
        end = effective + timedelta(days=draw.randrange(0, 700))
        relation = draw.choice(["", *sorted(LISTS["relation_to_parent"])])
        cells = {
            "event_id": f"TST-{number}-EVENT",
            "announced_date": draw.choice([first.isoformat(), ""]),
            "effective_date": draw.choice([effective.isoformat(), effective.isoformat(), ""]),
            "issuer_ids": "|".join(draw.sample(countries, draw.choice([1, 1, 2]))),
            "target_ids": "|".join(draw.sample(countries, draw.choice([1, 3]))),
            "measure_type": draw.choice(types),
            "direction": draw.choice(sorted(LISTS["direction"])),
            "item_labels": "|".join(draw.sample(labels, draw.choice([0, 1, 4]))),
            "hs6_codes": draw.choice(["", "250410", "811292|280530"]),
            "status": draw.choice(sorted(LISTS["status"])),
            "parent_event_ids": draw.choice(known) if relation else "",
            "relation_to_parent": relation,
            "change_basis": draw.choice(["", "announced"]) if relation else "",
            "title": "A generated event", "source_title": "a page",
            "source_url": "https://example.org/a", "verified_via": "page",
            "confidence": draw.choice(sorted(LISTS["confidence"])),
        }  # fmt: skip
        cells["hs6_basis"] = "stated" if cells["hs6_codes"] else ""
        cells["status_as_of"] = "2026-11-20" if cells["status"] else ""
        kind = draw.choice(["none", "end", "length"]) if cells["effective_date"] else "none"
        if kind == "end":
            cells |= {"end_date": end.isoformat(), "end_kind": draw.choice(["expires", "ended"])}
        elif kind == "length":
            cells["duration_days"] = str(draw.randrange(1, 400))
        good.append(policy_rows.complete_event(cells))
        known.append(cells["event_id"])
        if len(good) == N_ROWS * 2:
            break
    return without_mistakes(good)


def without_mistakes(rows: list[Event]) -> list[Event]:
    """The rows that stay when those with a mistake, and what names them, are left out."""
    while True:
        wrong = {problem.row_id for problem in policy_rows.check_events(rows)}
        if not wrong:
            return rows
        rows = [row for row in rows if row["event_id"] not in wrong]


def in_order(project: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The models that are rebuilt, each after those that it reads."""
    nodes = {
        key: node for key, node in project["nodes"].items()
        if node["resource_type"] == "model" and node["name"].startswith(REBUILT)
        and node["language"] == "sql"
    }  # fmt: skip
    done: set[str] = set()

    def visit(key: str) -> Iterator[dict[str, Any]]:
        if key in done:
            return
        done.add(key)
        for parent in nodes[key]["depends_on"]["nodes"]:
            if parent in nodes:
                yield from visit(parent)
        yield nodes[key]

    for key in sorted(nodes):
        yield from visit(key)


def test_rows_without_a_mistake_stop_no_run(worlds: Worlds, tmp_path: Path) -> None:
    project = manifest(worlds.paths)
    compiled = worlds.paths.dbt_target / "compiled" / "pax_silica"
    database = tmp_path / "warehouse.duckdb"
    shutil.copy(worlds.world, database)
    rows = events()
    assert len(rows) > N_ROWS / 3, "the generated rows are to be valid ones"
    assert {row["relation_to_parent"] for row in rows} >= {"suspends", "extends", "ends", ""}
    with duckdb.connect(str(database)) as connection:
        staged = [n for n in project["nodes"].values()
                  if n["name"] == "stg_registers__policy_register"]  # fmt: skip
        (seed,) = (n for n in project["nodes"].values()
                   if n["resource_type"] == "seed" and n["name"] == "policy_register")  # fmt: skip
        table = f'"{seed["schema"]}"."{seed["name"]}"'
        marks = ", ".join(f"nullif(?, '')::{kind}" for kind in types_of(connection, table))
        connection.executemany(
            f"insert into {table} values ({marks})", [list(row.values()) for row in rows]
        )
        rebuilt = [*staged, *in_order(project)]
        for node in rebuilt:
            sql = (compiled / node["original_file_path"]).read_text()
            kind = "view" if node["config"]["materialized"] == "view" else "table"
            connection.execute(
                f'create or replace {kind} "{node["schema"]}"."{node["name"]}" as {sql}'
            )
        names = {node["unique_id"] for node in rebuilt}
        asked = [
            test for test in project["nodes"].values()
            if test["resource_type"] == "test"
            and test["config"]["severity"].lower() == "error"
            and names & set(test["depends_on"]["nodes"])
            # of all marts or of what follows from trade: not rebuilt here
            and not test["name"].startswith(("assert_lineage", "assert_pending"))
        ]  # fmt: skip
        assert len(asked) > 40
        failures = {
            test["name"]: found[:3]
            for test in asked
            if (found := connection.execute(compiled_test(worlds, test).read_text()).fetchall())
        }
    assert not failures


def types_of(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    return [str(row[1]) for row in connection.execute(f"describe {table}").fetchall()]


def compiled_test(worlds: Worlds, test: dict[str, Any]) -> Path:
    """The SQL of a data test as it was compiled for the world."""
    folder = worlds.paths.dbt_target / "compiled" / "pax_silica"
    return next(folder.rglob(test["path"].rpartition("/")[2]))
