"""A bad row of the policy registers is reported with file, key, column and the next step."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from warehouse.registers import policy_rows
from warehouse.registers.policy_rules import problems
from warehouse.registers.policy_vocabulary import Row


@pytest.fixture(scope="module")
def tables() -> dict[str, list[Row]]:
    return policy_rows.read_registers()


@pytest.fixture(scope="module")
def hs_codes() -> frozenset[str]:
    return policy_rows.read_hs_codes()


def changed(tables: dict[str, list[Row]], name: str, row: int, **cells: str) -> dict[str, Any]:
    """The tables with one row changed."""
    rows = list(tables[name])
    rows[row] = {**rows[row], **cells}
    return {**tables, name: rows}


def test_the_registers_have_no_problems(
    tables: dict[str, list[Row]], hs_codes: frozenset[str]
) -> None:
    assert [str(problem) for problem in problems(tables, hs_codes)] == []


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
        ("policy_register", {"status": "active"}, "choose one of announced"),
        ("policy_register", {"hs6_codes": "123456", "hs6_basis": "stated"}, "in no revision"),
        ("policy_register", {"hs6_codes": "", "hs6_basis": "stated"}, "no codes have none"),
        ("policy_register", {"duration_days": "five months"}, "is no number of days"),
        ("policy_register", {"duration_days": "150", "effective_date": ""}, "counts from"),
        ("policy_register", {"change_basis": "announced"}, "only a change of another act"),
        ("policy_register", {"change_basis": "rumour"}, "choose one of announced, text"),
        ("policy_register", {"target_ids": "USA|USA"}, "stands there twice"),
        ("policy_register", {"title": "two\nlines"}, "a line break in it"),
        ("policy_register", {"event_id": "arg 1"}, "is no id"),
        ("policy_register", {"verified_via": "own_knowledge", "confidence": "high"},
         "own knowledge is never high"),
        ("policy_register", {"parent_event_ids": "COD-2025-CO-SUSPENSION",
                             "relation_to_parent": "extends"}, "a prolongation has a last day"),
        ("policy_register", {"parent_event_ids": "COD-2025-CO-SUSPENSION",
                             "relation_to_parent": "suspends", "effective_date": "2025-10-16",
                             "known_from_date": "2025-10-01"},
         "is in force from 2025-02-22 to 2025-10-15, not on 2025-10-16"),
        ("policy_excluded_targets", {"country_id": "XXX"}, "add it to countries.csv"),
        ("policy_excluded_targets", {"event_id": "NOBODY"}, "add the event first"),
        ("policy_clauses", {"clause_id": "CHN-2023-GRAPHITE.1"}, "# and a number"),
        ("policy_clauses", {"clause_kind": "persons"}, "choose one of end_user"),
        ("policy_clauses", {"event_id": "NOBODY", "clause_id": "NOBODY#1"},
         "is not in policy_register.csv"),
        ("policy_clause_products", {"coverage_low": "0.9", "coverage_high": "0.1"},
         "are not 0 <= low <= high <= 1"),
        ("policy_clause_products", {"coverage_high": "all"}, "both bounds are numbers"),
        ("policy_clause_products", {"clause_ref": "NOBODY"}, "is no event and no clause"),
        ("policy_clause_products", {"product_code": "8505.11"}, "is not six digits"),
    ],
)  # fmt: skip
def test_a_bad_row_is_reported(
    tables: dict[str, list[Row]],
    hs_codes: frozenset[str],
    name: str,
    cells: dict[str, str],
    message: str,
) -> None:
    found = [str(problem) for problem in problems(changed(tables, name, 0, **cells), hs_codes)]
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
    """In any place: rows need no order."""
    new = {**tables["policy_register"][0], "event_id": "ZZZ-2026-NEW", "parent_event_ids": "",
           "relation_to_parent": ""}  # fmt: skip
    assert problems({**tables, "policy_register": [new, *tables["policy_register"]]}) == []


def test_a_row_twice_is_reported(tables: dict[str, list[Row]]) -> None:
    twice = {
        **tables,
        "policy_register": [*tables["policy_register"], tables["policy_register"][3]],
    }
    (found,) = problems(twice)
    assert (found.field, found.row_id) == ("event_id", tables["policy_register"][3]["event_id"])


def test_changes_in_a_circle_are_reported(tables: dict[str, list[Row]]) -> None:
    rows = [dict(row) for row in tables["policy_register"]]
    by_id = {row["event_id"]: row for row in rows}
    by_id["COD-2025-CO-SUSPENSION"] |= {
        "parent_event_ids": "COD-2025-CO-EXTENSION-2", "relation_to_parent": "follows",
    }  # fmt: skip
    found = problems({**tables, "policy_register": rows})
    assert any("comes back to this event" in str(problem) for problem in found)


CELLS = {
    "event_id": "USA-2027-TEST-TARIFF", "announced_date": "2026-11-20",
    "effective_date": "2026-11-24", "duration_days": "150", "issuer_ids": "USA",
    "target_ids": "ALL", "measure_type": "import tariff", "direction": "restrictive",
    "item_labels": "copper", "hs6_codes": "740311", "hs6_basis": "stated",
    "title": "Duty of 150 days, by statute", "source_title": "a page",
    "source_url": "https://example.org/act", "verified_via": "page", "confidence": "medium",
}  # fmt: skip


def test_an_event_is_completed_checked_and_appended(tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    shutil.copytree(policy_rows.SEEDS, seeds)
    before = policy_rows.read_registers(seeds)["policy_register"]
    row = policy_rows.complete_event(CELLS, seeds)
    assert (row["known_from_date"], row["date_precision"]) == ("2026-11-20", "day")
    assert policy_rows.check_events([row], date(2026, 11, 30), seeds) == []
    policy_rows.add_events([row], seeds)
    after = policy_rows.read_registers(seeds)["policy_register"]
    assert after == [*before, row]


def test_every_mistake_of_an_event_is_reported_at_once() -> None:
    wrong = {**CELLS, "effective_date": "24.11.2026", "measure_type": "tariff", "confidence": "",
             "hs6_codes": "74031", "source_url": ""}  # fmt: skip
    found = policy_rows.check_events([policy_rows.complete_event(wrong)])
    assert {problem.field for problem in found} >= {
        "effective_date", "measure_type", "confidence", "hs6_codes", "source_url",
    }  # fmt: skip
    assert all(problem.remedy and problem.row_id == CELLS["event_id"] for problem in found)


def test_rows_of_a_file_may_name_some_columns_or_none() -> None:
    some = policy_rows.parse_events('title,event_id\n"one, two",A-1\n')
    assert some == [{"title": "one, two", "event_id": "A-1"}]
    whole = policy_rows.complete_event(CELLS)
    line = ",".join(f'"{cell}"' for cell in whole.values())
    assert policy_rows.parse_events(line) == [whole]
    with pytest.raises(ValueError, match="unknown columns: when"):
        policy_rows.parse_events("event_id,when\nA-1,now\n")
    with pytest.raises(ValueError, match="row 1 has 2 cells"):
        policy_rows.parse_events("A-1,now\n")
