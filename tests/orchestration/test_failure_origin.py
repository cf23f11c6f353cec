"""A failed test shows its rows, and the source, partition and file that they come from."""

from __future__ import annotations

import json

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.defs.failure_origin import describe_origin, failed_rows, guilty_partitions
from orchestration.defs.transformation.dbt_command import manifest_path, run_results_path
from tests.orchestration.test_acceptance import COMTRADE, WGI, comtrade_file
from warehouse.paths import DataPaths
from warehouse.storage.landing import land_bundle, land_files, undo_landing
from warehouse.storage.load_records import list_load_records

TEST = "assert_reported_value_is_positive"


@pytest.fixture
def failed(data_dir: DataPaths) -> DataPaths:
    """A data directory whose last build failed in one test, on two rows."""
    file = comtrade_file(2021)
    land_files(COMTRADE, [file], "manual", data_dir)
    data_dir.dbt_target.mkdir(parents=True)
    with duckdb.connect(str(data_dir.database)) as connection:
        connection.execute(
            "create schema marts; create table marts.fct_trade_reported as select"
            f" 'USA' as reporter_id, -1.5 as value_usd, '{file.sha256}' as payload_sha256"
            " union all select 'JPN', -2.5, null"
        )
    result = {
        "unique_id": f"test.pax_silica.{TEST}", "status": "fail",
        "compiled_code": "select * from marts.fct_trade_reported order by value_usd desc",
    }  # fmt: skip
    run_results_path(data_dir).write_text(json.dumps({"results": [result]}))
    parents = {
        "model.pax_silica.fct_trade_reported": ["model.pax_silica.stg_trade"],
        "model.pax_silica.stg_trade": ["source.pax_silica.un_comtrade.trade"],
    }
    manifest_path(data_dir).write_text(json.dumps({"parent_map": parents}))
    return data_dir


def test_rows_lead_to_their_file(failed: DataPaths) -> None:
    rows = failed_rows(failed)[TEST]
    assert [row["reporter_id"] for row in rows] == ["USA", "JPN"]
    text = describe_origin(failed, "fct_trade_reported", rows)
    assert "reporter_id USA; value_usd -1.5" in text
    assert "From un_comtrade, partition file/" in text
    assert "file usa_2021.csv" in text
    assert "pax land un_comtrade --undo file/" in text


def test_rows_without_payload_name_the_sources_of_the_mart(failed: DataPaths) -> None:
    text = describe_origin(failed, "fct_trade_reported", [{"event_id": "E1", "status": None}])
    assert "Rows of fct_trade_reported: event_id E1." in text
    assert "is built on: un_comtrade;" in text


def test_nothing_is_known_without_a_build(data_dir: DataPaths) -> None:
    assert failed_rows(data_dir) == {}
    assert describe_origin(data_dir, "fct_trade_reported", None) == ""


@pytest.fixture
def doubled(data_dir: DataPaths) -> DataPaths:
    """A key test failed on a mart whose rows state sources and editions, and not their file."""
    for year in (2021, 2022):
        land_files(COMTRADE, [comtrade_file(year)], "manual", data_dir)
    land_bundle(WGI, data_dir)
    data_dir.dbt_target.mkdir(parents=True)
    edition = list_load_records(data_dir, "un_comtrade")[0].edition
    with duckdb.connect(str(data_dir.database)) as connection:
        connection.execute(
            "create schema marts; create table marts.supplier as select * from (values"
            f" ('USA', 1, 'un_comtrade@{edition}+worldbank_wgi@2024'),"
            f" ('USA', 2, 'un_comtrade@{edition}'), ('JPN', 3, 'worldbank_wgi@2024'))"
            " as rows (country_id, value, lineage_id)"
        )
    write_failure(
        data_dir,
        "select country_id, count(*) as n_rows from marts.supplier group by 1 having count(*) > 1",
    )
    return data_dir


def write_failure(paths: DataPaths, sql: str) -> None:
    test, model = "test.pax_silica.one_row_per_country", "model.pax_silica.supplier"
    result = {"unique_id": test, "status": "fail", "message": "Got 1 result", "failures": 1}
    run_results_path(paths).write_text(json.dumps({"results": [result | {"compiled_code": sql}]}))
    nodes = {
        test: {"attached_node": model},
        model: {"relation_name": '"warehouse"."marts"."supplier"'},
    }
    parents = {model: ["source.pax_silica.un_comtrade.trade"]}
    manifest_path(paths).write_text(json.dumps({"nodes": nodes, "parent_map": parents}))


def test_rows_of_a_key_test_lead_to_the_editions_of_the_rows_that_repeat_it(
    doubled: DataPaths,
) -> None:
    [row] = failed_rows(doubled)["one_row_per_country"]
    assert (row["country_id"], row["n_rows"]) == ("USA", 2)
    assert row["lineage_id"].count("un_comtrade@") == 2
    text = describe_origin(doubled, "supplier", [row])
    assert "file usa_2021.csv" in text
    assert "file usa_2022.csv" in text
    assert "pax land un_comtrade --undo file/" in text
    assert "worldbank_wgi" not in text.partition("From ")[2], "it is bundled, and was there before"


def test_new_partition_that_alone_fails_a_test_is_found(doubled: DataPaths) -> None:
    assert guilty_partitions(doubled) == {}, "two files are of the edition that the rows state"
    first, second = list_load_records(doubled, "un_comtrade")
    undo_landing(COMTRADE, first.partition, doubled)
    found = guilty_partitions(doubled)
    assert set(found) == {("un_comtrade", second.partition)}
    [[check]] = found.values()
    assert (check.stage, check.expectation, check.n_rows) == ("dbt", "one_row_per_country", 1)


def test_what_is_published_or_bundled_is_not_set_aside_for_a_test(doubled: DataPaths) -> None:
    undo_landing(COMTRADE, list_load_records(doubled, "un_comtrade")[0].partition, doubled)
    assert guilty_partitions(doubled)
    provenance = doubled.current / "parquet" / "provenance.parquet"
    provenance.parent.mkdir(parents=True)
    hashes = [f.sha256 for r in list_load_records(doubled, "un_comtrade") for f in r.files]
    pq.write_table(pa.table({"payload_sha256": hashes}), provenance)
    assert guilty_partitions(doubled) == {}, "the current release was made of them"
    provenance.unlink()
    write_failure(doubled, "select * from marts.supplier where country_id = 'JPN'")
    assert guilty_partitions(doubled) == {}
    assert "it is bundled" in describe_origin(
        doubled, "supplier", failed_rows(doubled)["one_row_per_country"]
    )


def test_rows_that_lead_nowhere_name_what_is_new(doubled: DataPaths) -> None:
    write_failure(doubled, "select 1 as total")
    assert guilty_partitions(doubled) == {}
    text = describe_origin(doubled, "supplier", failed_rows(doubled)["one_row_per_country"])
    assert "New since the current release. From un_comtrade, partition file/" in text
