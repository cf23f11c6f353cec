"""The checkpoint of landed tables: errors of a suite are no results, and severity is kept."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from expectations import landed_tables
from expectations.check_result import CheckResult, ExpectationError
from expectations.context import PREPARED, Validation
from expectations.runner import SOURCES, list_subjects, run_checkpoint, run_validations
from sources.kit.catalog import catalog, find_source
from tests.expectations.test_suites import table_of
from warehouse.paths import PROJECT, DataPaths
from warehouse.storage.landing import land_bundles
from warehouse.storage.load_records import list_load_records

WGI = "worldbank_wgi.indicators"


@pytest.fixture
def wgi(data_dir: DataPaths) -> DataPaths:
    land_bundles(data_dir, [find_source("worldbank_wgi")])
    return data_dir


def validate(paths: DataPaths, *expectations: Any) -> list[CheckResult]:
    """The results of expectations on a table of three numbers."""
    folder = paths.great_expectations / PREPARED
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({"name": ["a", "b", "c"], "x": [1.0, 2.0, 5.0]}), folder / "x.parquet")
    suite = gx.ExpectationSuite(name="x", expectations=list(expectations))
    validation = Validation(suite, PREPARED, "x.parquet", ("name", "x"))
    return run_validations(paths, "marts", [validation])["x"]


def failed(results: list[CheckResult]) -> dict[str, str]:
    return {r.expectation.partition(":")[0]: r.severity for r in results if not r.passed}


def rewrite(paths: DataPaths, change: Any) -> None:
    """Replace the landed partition of the indicators, as a damaged one would be."""
    path = paths.landing / "worldbank_wgi" / "indicators" / "2024.parquet"
    table = change(pq.read_table(path))
    path.unlink()  # never write through a link into the bundle
    pq.write_table(table, path)


def test_the_bundles_pass_and_results_are_written(data_dir: DataPaths) -> None:
    land_bundles(data_dir)
    results = run_checkpoint(data_dir, SOURCES)
    assert list(results) == list_subjects(SOURCES)
    assert [r for found in results.values() for r in found if not r.passed] == []
    assert results["bgs_wms.statistics"] == [], "nothing has landed"
    assert len(results[WGI]) > 10
    written = json.loads((data_dir.check_results / SOURCES / f"{WGI}.json").read_text())
    assert [row["expectation"] for row in written] == [r.expectation for r in results[WGI]]
    assert set(written[0]) == {
        "stage", "suite", "subject", "expectation", "severity", "passed", "observed", "notes",
        "n_rows", "sample",
    }  # fmt: skip


def test_nothing_is_written_into_the_checkout(wgi: DataPaths) -> None:
    def status() -> str:
        words = ["git", "-C", str(PROJECT), "status", "--porcelain", "--ignored", "expectations"]
        done = subprocess.run(words, capture_output=True, text=True, check=True)
        return "\n".join(line for line in done.stdout.splitlines() if "__pycache__" not in line)

    before = status()
    run_checkpoint(wgi, SOURCES, [WGI])
    assert status() == before
    assert (wgi.great_expectations / "great_expectations.yml").is_file()


def test_the_stores_hold_the_latest_result_alone(wgi: DataPaths) -> None:
    for _ in range(2):
        run_checkpoint(wgi, SOURCES, [WGI])
    context = gx.get_context(mode="file", context_root_dir=wgi.great_expectations)
    assert len(context.validation_results_store.list_keys()) == 2  # its partitions and its rows
    assert [checkpoint.name for checkpoint in context.checkpoints.all()] == [SOURCES]
    asset = context.data_sources.get("landing").get_asset(WGI)
    assert "row_locator" not in asset.columns, "only what the suite names is read"


def test_listing_the_checks_does_not_import_great_expectations() -> None:
    code = (
        "import sys; from expectations.runner import list_subjects\n"
        "assert list_subjects('sources') and list_subjects('marts')\n"
        "sys.exit('great_expectations' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=False)
    assert done.returncode == 0


@pytest.mark.parametrize(
    "expectation",
    [
        gxe.ExpectColumnValuesToBeInSet(column="no_such_column", value_set=[1], severity="info"),
        gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="x", column_B="name"),
    ],
)
def test_what_cannot_be_evaluated_is_an_error_of_the_suite(
    data_dir: DataPaths, expectation: Any
) -> None:
    with pytest.raises(ExpectationError, match=r"could not be evaluated[\s\S]*data may be right"):
        validate(data_dir, expectation)
    assert not (data_dir.check_results / "marts" / "x.json").exists()


def test_an_expectation_with_a_typo_is_an_error_of_the_suite(
    wgi: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "expectations.sources.worldbank_wgi.build_suites",
        lambda: [gxe.ExpectColumnValuesToBeBetween(column="year", min_value="a")],
    )
    with pytest.raises(ExpectationError, match=r"worldbank_wgi[\s\S]*not a valid float"):
        run_checkpoint(wgi, SOURCES, [WGI])


def test_severity_is_kept_and_rows_are_shown(data_dir: DataPaths) -> None:
    results = validate(
        data_dir,
        gxe.ExpectColumnValuesToBeBetween(column="x", max_value=4, severity="warning"),
        gxe.ExpectColumnSumToBeBetween(column="x", max_value=3, notes="far too large in sum"),
        gxe.ExpectColumnValuesToBeInSet(column="name", value_set=["a", "b", "c"]),
    )
    assert failed(results) == {
        "expect_column_values_to_be_between": "warning",
        "expect_column_sum_to_be_between": "critical",
    }
    (row,) = [r for r in results if r.severity == "warning"]
    assert (row.n_rows, row.sample) == (1, [{"name": "c", "x": "5.0"}])


def test_rows_of_a_closed_licence_are_not_shown(data_dir: DataPaths) -> None:
    """Check results and Data Docs are published: the failing values of such a source are not."""
    folder = data_dir.great_expectations / PREPARED
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({"name": ["a", "z"]}), folder / "x.parquet")
    suite = gx.ExpectationSuite(
        name="x",
        expectations=[gxe.ExpectColumnValuesToBeInSet(column="name", value_set=["a"])],
    )
    validation = Validation(suite, PREPARED, "x.parquet", ("name",))
    shown, hidden = (
        run_validations(data_dir, "marts", [validation], has_samples=chosen)["x"][0]
        for chosen in (True, False)
    )
    assert shown.sample is not None
    assert (hidden.passed, hidden.n_rows, hidden.sample) == (False, 1, None)


def test_results_of_an_earlier_run_do_not_stay(data_dir: DataPaths) -> None:
    """A refused partition that was undone may not keep a later release back."""
    subject = "un_comtrade.trade"
    path = data_dir.check_results / SOURCES / f"{subject}.json"
    path.parent.mkdir(parents=True)
    path.write_text('[{"passed": false, "severity": "critical"}]')
    assert run_checkpoint(data_dir, SOURCES, [subject]) == {subject: []}
    assert not path.exists()


def test_a_truncated_partition_is_refused(wgi: DataPaths) -> None:
    rewrite(wgi, lambda table: table.slice(0, 5000))
    refused = [r for r in run_checkpoint(wgi, SOURCES, [WGI])[WGI] if not r.passed]
    (result,) = [r for r in refused if "column share_of_expected_if_not_manual" in r.expectation]
    assert result.severity == "critical"
    assert result.sample is not None
    assert result.sample[0]["partition"] == "2024"


def test_a_partition_of_another_layout_is_refused_before_its_rows_are_read(wgi: DataPaths) -> None:
    rewrite(wgi, lambda table: table.drop_columns(["stddev"]))
    results = run_checkpoint(wgi, SOURCES, [WGI])[WGI]
    assert [r.severity for r in results if not r.passed] == ["critical"]
    assert not any("value_set ['cc'" in r.expectation for r in results)


def test_a_number_that_is_not_finite_is_refused(wgi: DataPaths) -> None:
    def with_nan(table: pa.Table) -> pa.Table:
        values = table["estimate"].to_pylist()
        values[0] = float("nan")
        column = table.schema.get_field_index("estimate")
        return table.set_column(column, "estimate", pa.array(values, pa.float64()))

    rewrite(wgi, with_nan)
    (result,) = [r for r in run_checkpoint(wgi, SOURCES, [WGI])[WGI] if not r.passed]
    assert "n_not_finite" in result.expectation
    assert result.severity == "critical"


def test_a_partition_without_its_file_is_refused(wgi: DataPaths) -> None:
    (wgi.landing / "worldbank_wgi" / "indicators" / "2024.parquet").unlink()
    refused = [r.expectation for r in run_checkpoint(wgi, SOURCES, [WGI])[WGI] if not r.passed]
    assert any("n_rows_recorded" in text for text in refused)


def test_a_large_table_is_validated_on_the_same_sample_each_time(
    wgi: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landed_tables, "MAX_ROWS", 10_000)
    monkeypatch.setattr(landed_tables, "SAMPLE_ROWS", 6_000)
    sample = wgi.great_expectations / PREPARED / f"{WGI}.parquet"
    first = run_checkpoint(wgi, SOURCES, [WGI])[WGI]
    rows = pd.read_parquet(sample)
    assert 4_000 < len(rows) < 8_000
    run_checkpoint(wgi, SOURCES, [WGI])
    assert rows.equals(pd.read_parquet(sample))
    assert [r.expectation for r in first if not r.passed and r.severity == "critical"] == []


def test_a_manual_partition_of_another_size_only_warns(wgi: DataPaths) -> None:
    (record,) = list_load_records(wgi, "worldbank_wgi")
    table = table_of(WGI)
    files = landed_tables.partition_files(wgi, table)
    (row,) = landed_tables.list_partitions(table, files, [record], {"2024": 10}).to_pylist()
    assert row["share_of_expected"] == row["share_of_expected_if_not_manual"] > 1.5
    manual = type(record)(**{**record.__dict__, "access_method": "manual"})
    (row,) = landed_tables.list_partitions(table, files, [manual], {"2023": 10**6}).to_pylist()
    assert row["share_of_expected_if_not_manual"] is None
    assert row["share_of_expected"] < 0.7


def test_every_bundled_partition_has_its_baseline() -> None:
    for source_id, spec in catalog().items():
        path = spec.bundled / "load_records.json"
        if not path.is_file():
            continue
        for part in json.loads(path.read_text())["partitions"]:
            for table, landed in part["tables"].items():
                rows = landed_tables.read_baseline(f"{source_id}.{table}")
                hint = "run python -m expectations.baselines.compile after compiling a bundle"
                assert rows.get(part["partition"]) == landed["rows"], (source_id, table, hint)


def test_the_project_file_is_the_committed_one(wgi: DataPaths) -> None:
    run_checkpoint(wgi, SOURCES, [WGI])
    committed = Path(PROJECT / "expectations" / "great_expectations.yml").read_text()
    copied = (wgi.great_expectations / "great_expectations.yml").read_text()
    for store in ("validation_results/", "checkpoints/", "data_docs/"):
        assert store in committed
        assert store in copied
