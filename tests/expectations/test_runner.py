"""The runner: errors of a suite are not failures of the data; severity decides, not `success`."""

from __future__ import annotations

import json

import duckdb
import pyarrow as pa
import pytest

from expectations import measured, runner
from expectations.check_result import ExpectationError
from expectations.runner import ARRIVALS, DEPARTURES, validate, validate_suite
from expectations.suites import (
    WARNING,
    Movement,
    Rule,
    Suite,
    between,
    measure,
    none_of,
    suite_names,
)
from expectations.views import add_run_views, baseline
from sources.kit.catalog import catalog
from tests.expectations.test_suites import RECEIPTS
from warehouse.paths import DataPaths
from warehouse.storage.landing import land_bundles
from warehouse.storage.load_records import write_load_records_table, write_parameters


def connection_of(query: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(f"create table data as {query}")
    parameters = connection.sql(
        "select date '9999-12-31' as as_known_on, cast(null as date) as as_of_date"
    ).to_arrow_table()
    add_run_views(connection, RECEIPTS.empty_table(), parameters)
    connection.register(
        "baseline", pa.schema({"partition": pa.string(), "n_rows": pa.int64()}).empty_table()
    )
    return connection


def failed(suite: Suite, query: str, stage: str = DEPARTURES) -> dict[str, str]:
    verdicts = validate_suite(suite, stage, suite.subject, connection_of(query))
    return {v.expectation.split(":")[0].split()[0]: v.severity for v in verdicts if not v.passed}


@pytest.mark.parametrize(
    "suite",
    [
        Suite("m", ["x"], rules=[between("x", "a", 1, "a bound that is no number")]),  # type: ignore[arg-type]
        Suite("m", ["x"], rules=[Rule("ExpectNoSuchThing", {"column": "x"}, "a typo in GX")]),
        Suite("m", ["x"], rules=[Rule("ExpectColumnValuesToBeInSet", {"column": "x", "vals": [1]},
                                      "a typo in the arguments")]),
        Suite("m", ["x"], facts=[none_of("typo", "select * from dat", "a typo in SQL")]),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_judged_is_an_error_of_the_suite(suite: Suite) -> None:
    with pytest.raises(ExpectationError, match=r"could not be judged[\s\S]*the data may be right"):
        failed(suite, "select 1 as x")


def test_an_exception_inside_gx_is_told_apart() -> None:
    metric = {"metric": {"raised_exception": True, "exception_message": "no column y"}}
    assert runner._exception(metric) == "no column y"
    assert runner._exception({"raised_exception": True, "exception_message": "z"}) == "z"
    assert runner._exception({"raised_exception": False}) == ""


def test_severity_is_told_for_each_rule() -> None:
    suite = Suite(
        "m",
        ["x"],
        rules=[between("x", 0, 1, "too large to be a share", WARNING)],
        facts=[measure("sum_of_x", "select sum(x) from data", 0, 3, "far too large in sum")],
    )
    assert failed(suite, "select 5 as x") == {
        "ExpectColumnValuesToBeBetween": "warning",
        "sum_of_x": "critical",
    }


def test_nothing_to_judge_passes() -> None:
    suite = Suite("m", ["x"], facts=[measure("none", "select null", 0, 3, "nothing there")])
    assert failed(suite, "select 5 as x") == {}


def test_large_tables_are_sampled_alike_and_facts_see_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(measured, "SAMPLE_ROWS", 100)
    suite = Suite("m", ["x"], rules=[between("x", 0, None, "not negative")])
    with connection_of("select range as x from range(10000)") as connection:
        first = measured.rows_of(suite, connection)
        assert 20 < len(first) < 400
        assert first.equals(measured.rows_of(suite, connection))
    counted = Suite(
        "m", ["x"], facts=[none_of("one_of_many", "select * from data where x = 9999", "all rows")]
    )
    assert failed(counted, "select range as x from range(10000)") == {"one_of_many": "critical"}


def test_movement_without_a_new_edition_warns() -> None:
    suite = Suite("m", ["k", "v", "lineage_id"], movement=Movement(["k"], "v", 0.01))
    query = "select * from (values (1, 0.5, 'a@1'), (2, 0.5, 'a@2')) as t(k, v, lineage_id)"
    before = "select * from (values (1, 0.4, 'a@1'), (2, 0.4, 'a@1')) as t(k, v, lineage_id)"
    with connection_of(query) as connection:
        connection.execute(f"create table previous as {before}")
        verdicts = validate_suite(suite, DEPARTURES, "m", connection)
    (moved,) = [v for v in verdicts if not v.passed]
    assert (moved.severity, moved.n_rows) == ("warning", 1)
    assert moved.sample is not None
    assert moved.sample[0]["k"] == "1"  # the second one has a new edition: a cause


def test_the_bundles_pass_and_verdicts_are_written(data_dir: DataPaths) -> None:
    land_bundles(data_dir)
    write_load_records_table(data_dir, catalog())
    write_parameters(data_dir)
    for name in suite_names(ARRIVALS):
        verdicts = validate(data_dir, ARRIVALS, name)
        refused = [v for v in verdicts if not v["passed"] and v["severity"] == "critical"]
        assert refused == []
    written = json.loads(
        (data_dir.check_results / "sources" / "worldbank_wgi.indicators.json").read_text()
    )
    assert written
    assert set(written[0]) == {
        "stage", "suite", "subject", "expectation", "severity", "passed", "observed", "notes",
        "n_rows", "sample",
    }  # fmt: skip


def test_a_truncated_landing_is_refused(data_dir: DataPaths) -> None:
    land_bundles(data_dir, [catalog()["worldbank_wgi"]])
    write_load_records_table(data_dir, catalog())
    write_parameters(data_dir)
    path = data_dir.landing / "worldbank_wgi" / "indicators" / "2024.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"create table t as select * from '{path}' limit 5000")
        path.unlink()  # never write through the link into the bundle
        connection.execute(f"copy t to '{path}' (format parquet)")
    verdicts = validate(data_dir, ARRIVALS, "worldbank_wgi", "indicators")
    refused = [v["expectation"] for v in verdicts if not v["passed"]]
    assert any("rows_missing_against_receipts" in text for text in refused)


def test_every_bundled_partition_has_its_baseline() -> None:
    for source_id, spec in catalog().items():
        path = spec.bundled / "load_records.json"
        if not path.is_file():
            continue
        for part in json.loads(path.read_text())["partitions"]:
            for table, landed in part["tables"].items():
                rows = {r["partition"]: r["n_rows"]
                        for r in baseline(f"{source_id}.{table}").to_pylist()}  # fmt: skip
                why = "run python -m expectations.baselines.compile after compiling a bundle"
                assert rows.get(part["partition"]) == landed["rows"], (source_id, table, why)
