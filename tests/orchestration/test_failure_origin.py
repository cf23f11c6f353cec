"""A failed test shows its rows, and the source, partition and file that they come from."""

from __future__ import annotations

import json

import duckdb
import pytest

from orchestration.defs.failure_origin import describe_origin, failed_rows
from orchestration.defs.transformation.dbt_command import manifest_path, run_results_path
from tests.orchestration.test_acceptance import COMTRADE, comtrade_file
from warehouse.paths import DataPaths
from warehouse.storage.landing import land_files

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
