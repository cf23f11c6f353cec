"""The generic test `holds`, rendered and asked of a table of three rows."""

from __future__ import annotations

from typing import Any

import duckdb
import jinja2
import pytest

from warehouse.paths import DBT_PROJECT

ROWS = "(values ('a', 1.0, 'x'), ('b', 5.0, 'x'), ('c', null, 'y')) as t (id, share, kind)"


def broken(*rules: dict[str, Any], key: tuple[str, ...] = ()) -> list[tuple[str, int, str]]:
    """What the test returns: rule, broken rows, key of one of them."""
    source = (DBT_PROJECT / "tests" / "generic" / "holds.sql").read_text(encoding="utf-8")
    macro = source.replace("{% test", "{% macro").replace("endtest", "endmacro")
    template = jinja2.Environment(autoescape=False).from_string(
        macro + "{{ holds('" + ROWS.replace("'", "\\'") + "', rules, key) }}"
    )
    shown = f"'key=' || {' || '.join(key)}" if key else "'id=' || id"
    sql = template.render(rules=rules, key=key, key_text=lambda _: shown)
    with duckdb.connect() as connection:
        return connection.execute(f"select * from ({sql}) order by rule").fetchall()


def rule(expression: str, **more: Any) -> dict[str, Any]:
    return {"name": "r", "expression": expression, **more}


@pytest.mark.parametrize(
    "right",
    [
        rule("kind in ('x', 'y')"),
        rule("share between 0 and 5", null_passes=True),
        rule("share <= 1", where="id = 'a'"),
        rule("false", where="share > 9"),  # a NULL condition asks nothing of its row
        rule("kind <> 'z' or share = 0", description="'quotes' and {braces} are for the reader"),
    ],
)
def test_what_is_right_gives_no_row(right: dict[str, Any]) -> None:
    assert broken(right) == []


@pytest.mark.parametrize(
    ("wrong", "n", "sample"),
    [
        (rule("kind = 'x'"), 1, "id=c"),
        (rule("share <= 1", null_passes=True), 1, "id=b"),
        (rule("share <= 1"), 2, "id=b"),  # NULL counts as not true
        (rule("kind = 'x' or share > 0"), 1, "id=c"),
        (rule("kind = 'x' or share > 0", null_passes=True, where="id <> 'c'"), 0, ""),
        (rule("kind = 'y'", where="share > 0"), 2, "id=a"),
    ],
)
def test_what_is_wrong_is_counted_and_shown(wrong: dict[str, Any], n: int, sample: str) -> None:
    assert broken(wrong) == ([("r", n, sample)] if n else [])


def test_only_the_broken_rules_are_named() -> None:
    rules = (
        {"name": "small", "expression": "share <= 1", "null_passes": True},
        {"name": "known", "expression": "share is not null"},
        {"name": "kind", "expression": "kind is not null"},
    )
    assert broken(*rules) == [("known", 1, "id=c"), ("small", 1, "id=b")]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (("id",), []),
        (("id", "kind"), []),
        (("kind",), [("key_names_one_row", 1, "key=x")]),  # two rows, one key
        (("share",), [("key_names_one_row", 1, None)]),  # a NULL names nothing
    ],
)
def test_a_key_names_one_row(key: tuple[str, ...], expected: list[tuple[str, int, str]]) -> None:
    assert broken(rule("true"), key=key) == expected
