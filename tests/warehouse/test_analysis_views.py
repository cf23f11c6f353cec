"""Views for analysts: which ones a release has, and what its verification finds."""

from __future__ import annotations

import duckdb

from warehouse.release.analysis_views import (
    AnalysisView,
    add_analysis_views,
    analysis_view_problems,
    available_views,
)


def view(name: str, sql: str, marts: set[str], views: set[str] | None = None) -> AnalysisView:
    return AnalysisView(
        name, f"One row of {name}.", {"n": "A number."}, sql, frozenset(marts),
        frozenset(views or ()),
    )  # fmt: skip


VIEWS = [
    view("base", "select n from marts.numbers", {"numbers"}),
    view("above", "select n + 1 as n from analysis.base", set(), {"base"}),
    view("other", "select n from marts.others", {"others"}),
]


def release() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("create schema marts; create table marts.numbers as select 1 as n")
    return connection


def test_a_view_is_left_out_with_the_marts_that_it_reads() -> None:
    def names(*marts: str) -> list[str]:
        return [found.name for found in available_views(VIEWS, marts)]

    assert names("numbers", "others") == ["base", "above", "other"]
    assert names("numbers") == ["base", "above"]
    assert names("others") == ["other"]


def test_views_and_their_columns_have_comments() -> None:
    connection = release()
    add_analysis_views(connection, available_views(VIEWS, {"numbers"}))
    assert connection.execute("select n from analysis.above").fetchall() == [(2,)]
    assert list(analysis_view_problems(connection, ["above", "base"])) == []


def test_verification_finds_a_broken_and_an_undeclared_view() -> None:
    connection = release()
    add_analysis_views(connection, available_views(VIEWS, {"numbers"}))
    connection.execute("create view analysis.extra as select 1 as n; drop table marts.numbers")
    problems = "\n".join(analysis_view_problems(connection, ["above", "base", "gone"]))
    for words in ("analysis.gone is in only one", "analysis.extra is in only one",
                  "analysis.extra has no comment", "analysis.extra.n has no comment",
                  "analysis.base: Catalog Error"):  # fmt: skip
        assert words in problems
