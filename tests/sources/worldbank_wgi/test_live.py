"""Live access to the governance indicators against a fake World Bank."""

from __future__ import annotations

from datetime import UTC, datetime

import duckdb
import pytest

from sources.kit.catalog import find_source
from sources.kit.errors import SourceUnavailableError
from tests.sources.files import land_live
from tests.sources.worldbank_wgi.conftest import WorldBank
from warehouse.paths import DataPaths
from warehouse.storage.landing import land_bundle, parquet_path
from warehouse.storage.load_records import (
    Landed,
    list_load_records,
    mark_stale,
    read_load_record,
    read_stale_source,
)

SPEC = find_source("worldbank_wgi")


def live(paths: DataPaths) -> list[Landed]:
    return land_live(paths, "worldbank_wgi", "latest")


def test_all_pages_land_as_one_edition(bank: WorldBank, data_dir: DataPaths) -> None:
    (landed,) = live(data_dir)
    load_record = landed.load_record
    assert (load_record.edition, load_record.known_from_date, load_record.known_from_basis) == (
        "2024", "2024-11-05", "published",
    )  # fmt: skip
    assert len(load_record.files) == 18 * 2  # six entries a series, four a page
    assert load_record.files[0].url.startswith(
        bank.url + "/v2/country/all/indicator/GOV_WGI_CC.EST"
    )
    path = parquet_path(data_dir, "worldbank_wgi", "indicators", "2024")
    rows = duckdb.sql(
        f"select country_code, year, indicator, estimate, stddev, n_sources from '{path}' "
        "where indicator = 'pv' order by country_code, year"
    ).fetchall()
    assert rows[0] == ("AFG", 2022, "pv", -1.25, 0.25, 9)
    assert rows[4] == ("TWN", 2022, "pv", None, None, None)
    assert len(rows) == 6


def test_the_older_names_of_the_series(bank: WorldBank, data_dir: DataPaths) -> None:
    bank.prefix = ""
    (landed,) = live(data_dir)
    assert landed.load_record.n_rows == 36


@pytest.mark.parametrize("fault", ["429", "503", "cut"])
def test_a_temporary_fault_is_retried(bank: WorldBank, data_dir: DataPaths, fault: str) -> None:
    bank.faults = ["", "", fault]
    (landed,) = live(data_dir)
    assert landed.load_record.n_rows == 36


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("429", "429, after 3 attempts"),
        ("503", "503, after 3 attempts"),
        ("html", "a web page, not data"),
        ("cut", "no response"),
        ("half", "not whole JSON"),
    ],
)
def test_a_failed_fetch_keeps_the_last_landing(
    bank: WorldBank, data_dir: DataPaths, fault: str, message: str
) -> None:
    land_bundle(SPEC, data_dir)
    before = list_load_records(data_dir)
    bank.faults = ["", "", ""]
    bank.always = fault
    with pytest.raises(SourceUnavailableError, match=message) as caught:
        live(data_dir)
    mark_stale(data_dir, "worldbank_wgi", str(caught.value), datetime(2026, 1, 2, tzinfo=UTC))
    assert list_load_records(data_dir) == before
    assert parquet_path(data_dir, "worldbank_wgi", "indicators", "2024").is_file()
    mark = read_stale_source(data_dir, "worldbank_wgi")
    assert mark is not None
    assert mark.since == "2026-01-02T00:00:00+00:00"
    assert message.split(",")[0] in mark.reason

    mark_stale(data_dir, "worldbank_wgi", "again", datetime(2026, 1, 3, tzinfo=UTC))
    later = read_stale_source(data_dir, "worldbank_wgi")
    assert later is not None
    assert (later.since, later.last_tried[:10]) == (mark.since, "2026-01-03")

    bank.always = ""
    live(data_dir)
    assert read_stale_source(data_dir, "worldbank_wgi") is None
    load_record = read_load_record(data_dir, "worldbank_wgi", "2024")
    assert load_record is not None
    assert load_record.access_method == "live"


def test_an_unchanged_response_does_not_land_again(bank: WorldBank, data_dir: DataPaths) -> None:
    live(data_dir)
    (again,) = live(data_dir)
    assert again.outcome == "unchanged"


def test_unknown_series_names_are_an_error(bank: WorldBank, data_dir: DataPaths) -> None:
    bank.prefix = "NEW_"
    with pytest.raises(SourceUnavailableError, match="has none of the known series names"):
        live(data_dir)


def test_pages_that_do_not_add_up_are_an_error(bank: WorldBank, data_dir: DataPaths) -> None:
    bank.faults = ["", "lost"]
    with pytest.raises(SourceUnavailableError, match="5 entries received, 6 were announced"):
        live(data_dir)
    assert list_load_records(data_dir) == []
