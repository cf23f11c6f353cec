"""Every source and every mart has a suite, and every suite refuses its broken row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import yaml

from expectations.check_result import CheckResult
from expectations.runner import ARRIVALS as ARRIVING
from expectations.runner import DEPARTURES as DEPARTING
from expectations.runner import validate_suite
from expectations.suites import Suite, load_suites, suite_names
from expectations.views import add_run_views
from sources.kit.catalog import catalog
from tests.expectations.invalid_rows import ARRIVALS, DEPARTURES, Broken
from warehouse.paths import DBT_PROJECT

MARTS = sorted(path.stem for path in (DBT_PROJECT / "models" / "marts").glob("*/*.sql"))
KNOWN_ON = date(2026, 6, 1)
RECEIPTS = pa.schema(
    {
        "source_id": pa.string(),
        "partition": pa.string(),
        "table_name": pa.string(),
        "edition": pa.string(),
        "known_from_date": pa.date32(),
        "access_method": pa.string(),
        "n_rows": pa.int64(),
    }
)


def suites(stage: str) -> dict[str, Suite]:
    return {s.subject: s for name in suite_names(stage) for s in load_suites(stage, name)}


def types_of_mart(mart: str) -> dict[str, str]:
    (path,) = (DBT_PROJECT / "models" / "marts").glob(f"*/{mart}.yml")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    (model,) = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)["models"]
    return {c["name"]: c["data_type"] for c in model["columns"]}


def types_of_landed(subject: str) -> dict[str, str]:
    source_id, table = subject.split(".")
    empty = catalog()[source_id].tables[table].schema.empty_table()
    with duckdb.connect() as connection:
        connection.register("empty", empty)
        return {row[0]: row[1] for row in connection.execute("describe empty").fetchall()}


@contextmanager
def table_of(
    types: dict[str, str],
    row: dict[str, Any] | None,
    receipts: list[dict[str, Any]] | None = None,
    as_known_on: date = date(9999, 12, 31),
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A table of one row (or none); columns that the row does not name are NULL."""
    with duckdb.connect() as connection:
        declared = ", ".join(f'"{name}" {kind}' for name, kind in types.items())
        connection.execute(f"create table data ({declared})")
        if row is not None:
            names = ", ".join(f'"{name}"' for name in row)
            marks = ", ".join("?" for _ in row)
            connection.execute(f"insert into data ({names}) values ({marks})", list(row.values()))
        day = pa.schema({"as_known_on": pa.date32(), "as_of_date": pa.date32()})
        parameters = pa.Table.from_pylist([{"as_known_on": as_known_on}], schema=day)
        landed = pa.Table.from_pylist(receipts or [], schema=RECEIPTS)
        add_run_views(connection, landed, parameters)
        baseline = pa.schema({"partition": pa.string(), "n_rows": pa.int64()})
        connection.register("baseline", baseline.empty_table())
        yield connection


def by_rule(verdicts: list[CheckResult], rule: str) -> list[CheckResult]:
    return [v for v in verdicts if rule in v.expectation]


def judge_rows(stage: str, suite: Suite, types: dict[str, str], broken: Broken) -> None:
    """The rule accepts the good row and refuses the bad one, and that stops a release."""
    name = suite.subject.partition(".")[0]
    for row, is_good in ((broken.good, True), (broken.bad, False)):
        with table_of(types, row, as_known_on=KNOWN_ON) as connection:
            verdicts = validate_suite(suite, stage, name, connection)
        found = by_rule(verdicts, broken.rule)
        assert found, f"no rule {broken.rule!r} among {[v.expectation for v in verdicts]}"
        refused = [v for v in found if not v.passed]
        assert bool(refused) is not is_good, (is_good, refused)
        if not is_good:
            assert any(v.severity == "critical" and v.notes and v.sample for v in refused)


def test_every_source_has_suites_for_all_its_tables() -> None:
    tables = {f"{s}.{t}" for s, spec in catalog().items() for t in spec.tables}
    assert set(suites(ARRIVING)) == tables


def test_every_mart_has_a_suite() -> None:
    assert suite_names(DEPARTING) == MARTS
    assert set(suites(DEPARTING)) == set(MARTS)


def test_every_suite_has_a_broken_row() -> None:
    assert set(ARRIVALS) == set(suites(ARRIVING))
    assert set(DEPARTURES) == set(suites(DEPARTING))


@pytest.mark.parametrize("subject", sorted(ARRIVALS))
def test_arrivals_refuse_what_is_broken(subject: str) -> None:
    suite = suites(ARRIVING)[subject]
    judge_rows(ARRIVING, suite, types_of_landed(subject), ARRIVALS[subject])


@pytest.mark.parametrize("mart", sorted(DEPARTURES))
def test_departures_refuse_what_is_broken(mart: str) -> None:
    judge_rows(DEPARTING, suites(DEPARTING)[mart], types_of_mart(mart), DEPARTURES[mart])


@pytest.mark.parametrize("mart", sorted(DEPARTURES))
def test_departures_refuse_a_missing_column(mart: str) -> None:
    suite = suites(DEPARTING)[mart]
    types = types_of_mart(mart)
    del types[suite.columns[-1]]
    with table_of(types, None) as connection:
        (verdict,) = validate_suite(suite, DEPARTING, mart, connection)
    assert (verdict.passed, verdict.severity) == (False, "critical")


def test_every_rule_says_why() -> None:
    for stage in (ARRIVING, DEPARTING):
        for suite in suites(stage).values():
            for rule in (*suite.rules, *suite.facts):
                assert len(rule.notes) > 10, (suite.subject, rule)
                assert rule.severity in ("critical", "warning", "info")


def receipt(source_id: str, known: date) -> dict[str, Any]:
    return {"source_id": source_id, "partition": "1", "known_from_date": known, "n_rows": 1}


@pytest.mark.parametrize(
    ("as_known_on", "row", "failed"),
    [
        (date(2026, 6, 1), None, "empty_although_known"),
        (date(2020, 6, 1), None, ""),
        (date(2020, 6, 1), {"edition": "2026"}, "filled_although_unknown"),
        (date(2026, 6, 1), {"edition": "2026"}, ""),
    ],
)
def test_an_empty_mart_is_right_before_its_sources_were_known(
    as_known_on: date, row: dict[str, Any] | None, failed: str
) -> None:
    suite = Suite("production_share", ["edition"], sources=["usgs_mcs"])
    known = [receipt("usgs_mcs", date(2026, 2, 6))]
    with table_of({"edition": "varchar"}, row, known, as_known_on) as connection:
        verdicts = validate_suite(suite, DEPARTING, "production_share", connection)
    assert [v.expectation.split()[0] for v in verdicts if not v.passed] == [failed][: len(failed)]
