"""Our generic data tests, rendered and run on small tables: which rows they return."""

from __future__ import annotations

from typing import Any

import duckdb
import jinja2
import pytest

from warehouse.paths import DBT_PROJECT

ROWS = "(values ('a', 1.0, 'x'), ('b', 5.0, 'x'), ('c', null, 'y')) as t (id, share, kind)"
RANGES = """(values ('p', 1, 5, 1, null), ('p', 5, null, 1, 9), ('p', 7, 8, 9, null),
    ('q', 1, 9, 1, null)) as t (part, valid_from, valid_to, known_from, known_to)"""


def failing(test: str, rows: str = ROWS, **arguments: Any) -> list[tuple[Any, ...]]:
    """The rows that the generic test returns, that is, those that fail it."""
    source = (DBT_PROJECT / "tests" / "generic" / f"{test}.sql").read_text(encoding="utf-8")
    macro = source.replace("{% test", "{% macro").replace("endtest", "endmacro")
    environment = jinja2.Environment(autoescape=False, extensions=["jinja2.ext.do"])
    call = f"{{{{ {test}(model, {', '.join(f'{name}={name}' for name in arguments)}) }}}}"
    sql = environment.from_string(macro + call).render(model=rows, **arguments)
    with duckdb.connect() as connection:
        return connection.execute(f"select * from ({sql}) order by all").fetchall()


@pytest.mark.parametrize(
    ("expression", "null_passes", "ids"),
    [
        ("kind in ('x', 'y')", False, ""),
        ("kind = 'x'", False, "c"),
        ("share <= 1", False, "bc"),
        ("share <= 1", True, "b"),
        ("kind = 'x' or share > 0", False, "c"),
    ],
)
def test_expression_is_true_returns_the_failing_rows(
    expression: str, null_passes: bool, ids: str
) -> None:
    found = failing("expression_is_true", expression=expression, null_passes=null_passes)
    assert "".join(row[0] for row in found) == ids


def test_expressions_are_true_names_rule_expression_and_row() -> None:
    rules = [
        {"name": "small", "expression": "share\n  <= 1", "null_passes": True},
        {"name": "known", "expression": "share is not null", "where": "kind = 'x'"},
        {"name": "kind", "expression": "kind <> 'y'", "description": "the 'reason'"},
    ]
    assert failing("expressions_are_true", rules=rules) == [
        ("kind", "kind <> 'y'", "c", None, "y"),
        ("small", "share <= 1", "b", 5, "x"),
    ]


def test_expressions_are_true_names_the_column_of_a_rule_for_several() -> None:
    rule = {"name": "is_known", "columns": ["id", "share"], "expression": "{column} is not null"}
    assert failing("expressions_are_true", rules=[rule]) == [
        ("is_known", "share is not null", "c", None, "y")
    ]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ({"column_name": "share", "min_value": 0, "max_value": 5}, []),
        ({"column_name": "share", "max_value": 1}, [("share", 5)]),
        ({"column_name": "share", "min_value": 1, "inclusive": False}, [("share", 1)]),
        ({"columns": ["share", "share * 2"], "max_value": 5}, [("share * 2", 10)]),
    ],
)
def test_accepted_range_names_column_and_value(
    arguments: dict[str, Any], found: list[tuple[str, int]]
) -> None:
    assert [row[:2] for row in failing("accepted_range", **arguments)] == found


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        (["id"], []),
        (["id", "kind"], []),
        (["kind"], [("x", 2)]),
        (["id", "share"], [("c", None, 1)]),  # a NULL in the key
    ],
)
def test_unique_combination_of_columns(columns: list[str], found: list[tuple[Any, ...]]) -> None:
    assert failing("unique_combination_of_columns", combination_of_columns=columns) == found


def test_sums_to_one_returns_the_groups_that_do_not() -> None:
    assert failing("sums_to_one", column_name="share / 6", group_by=["kind"]) == []
    assert failing("sums_to_one", column_name="share", group_by=["kind"]) == [("x", 6, 2)]


def test_mutually_exclusive_ranges() -> None:
    """Half-open ranges that meet do not overlap; rows never known together do not clash."""
    assert failing("mutually_exclusive_ranges", RANGES, partition_by=["part"]) == [("p", 5, 7)]
    known = {"known_from_column": "known_from", "known_to_column": "known_to"}
    assert failing("mutually_exclusive_ranges", RANGES, partition_by=["part"], **known) == []
