"""A bad row of the policy registers is reported with file, key, column and the next step."""

from __future__ import annotations

import csv
from typing import Any

import pytest

from tests.dbt.policy_rules import Row, problems
from warehouse.paths import DBT_PROJECT

SEEDS = DBT_PROJECT / "seeds"
NAMES = {
    "policy_register": "curated",
    "policy_clauses": "curated",
    "policy_clause_products": "curated",
    "countries": "reference",
    "item_labels": "reference",
    "measure_severity": "reference",
}


@pytest.fixture(scope="module")
def tables() -> dict[str, list[Row]]:
    read = {}
    for name, folder in NAMES.items():
        with (SEEDS / folder / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            read[name] = list[Row](csv.DictReader(file))
    return read


def changed(tables: dict[str, list[Row]], name: str, row: int, **cells: str) -> dict[str, Any]:
    """The tables with one row changed."""
    rows = list(tables[name])
    rows[row] = {**rows[row], **cells}
    return {**tables, name: rows}


def test_the_registers_have_no_problems(tables: dict[str, list[Row]]) -> None:
    assert problems(tables) == []


@pytest.mark.parametrize(
    ("name", "cells", "message"),
    [
        ("policy_register", {"effective_date": "08.11.2025"}, "write YYYY-MM-DD"),
        ("policy_register", {"direction": "tightening"}, "choose one of cooperative"),
        ("policy_register", {"issuer_ids": "PRC"}, "'PRC' is unknown; add it to countries.csv"),
        ("policy_register", {"item_labels": "unobtainium"}, "add it to item_labels.csv"),
        ("policy_register", {"measure_type": "export stop"}, "add it to measure_severity.csv"),
        ("policy_register", {"hs6_codes": "80530"}, "a lost zero stands in front"),
        ("policy_register", {"target_ids": ""}, "target_ids: an event has one"),
        ("policy_register", {"source_url": "somewhere"}, "a source that can be opened"),
        ("policy_register", {"parent_event_ids": "NOBODY", "relation_to_parent": "ends"},
         "'NOBODY' is no event and no clause"),
        ("policy_register", {"parent_event_ids": "CHN-2024-US-BAN#9", "relation_to_parent": "ends"},
         "'CHN-2024-US-BAN#9' is no event and no clause"),
        ("policy_register", {"parent_event_ids": "CHN-2024-US-BAN"}, "a parent has a relation"),
        ("policy_register", {"end_date": "2001-01-01", "end_kind": "ended",
                             "effective_date": "2002-01-01", "end_known_from_date": "2001-01-01"},
         "is before effective_date"),
        ("policy_register", {"end_date": "2030-01-01", "end_kind": ""}, "an end has end_kind"),
        ("policy_clauses", {"clause_id": "CHN-2023-GRAPHITE.1"}, "# and a number"),
        ("policy_clauses", {"clause_kind": "persons"}, "choose one of end_user"),
        ("policy_clauses", {"event_id": "NOBODY", "clause_id": "NOBODY#1"},
         "is not in policy_register.csv"),
        ("policy_clause_products", {"coverage_low": "0.9", "coverage_high": "0.1"},
         "are not 0 <= low <= high <= 1"),
        ("policy_clause_products", {"coverage_high": "all"}, "both are numbers"),
        ("policy_clause_products", {"clause_ref": "NOBODY"}, "is no event and no clause"),
        ("policy_clause_products", {"product_code": "8505.11"}, "is not six digits"),
    ],
)  # fmt: skip
def test_a_bad_row_is_reported(
    tables: dict[str, list[Row]], name: str, cells: dict[str, str], message: str
) -> None:
    found = problems(changed(tables, name, 0, **cells))
    assert any(message in line and line.startswith(f"{name}.csv ") for line in found), found


def test_effective_before_announced_is_legal(tables: dict[str, list[Row]]) -> None:
    """Retroactive taxes and orders that are disclosed later exist."""
    earlier = [
        row["event_id"]
        for row in tables["policy_register"]
        if row["effective_date"] and row["announced_date"] > row["effective_date"]
    ]
    assert "ZWE-2018-LI-EXPORT-TAX" in earlier


def test_one_new_row_is_enough(tables: dict[str, list[Row]]) -> None:
    new = {**tables["policy_register"][0], "event_id": "ZZZ-2026-NEW", "parent_event_ids": "",
           "relation_to_parent": ""}  # fmt: skip
    assert problems({**tables, "policy_register": [*tables["policy_register"], new]}) == []
