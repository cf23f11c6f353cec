"""What source checks refuse is set aside, partition by partition; the others are built on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import great_expectations.expectations as gxe
import pytest
from great_expectations import ExpectationSuite

from expectations.check_result import ExpectationError
from orchestration.defs.collect_check_results import outcome, set_aside_results
from orchestration.defs.ingestion.acceptance import check_source
from sources.kit.catalog import find_source
from sources.kit.contract import RawFile
from warehouse.paths import DataPaths
from warehouse.storage.landing import land_bundle, land_files
from warehouse.storage.load_records import list_load_records, read_load_record
from warehouse.storage.set_aside import list_set_aside

WGI, COMTRADE = find_source("worldbank_wgi"), find_source("un_comtrade")
DAY = datetime(2026, 6, 1, tzinfo=UTC)


def wgi_file(dimensions: str = "cc ge pv rl rq va", n_countries: int = 160) -> RawFile:
    """Governance of 2023 in edition 2024; a cut file lacks the last dimensions."""
    lines = [
        f"{chr(65 + n // 26)}{chr(65 + n % 26)}X,Land {n},2023,{dimension},{n % 5 - 2}.0,0.2,5"
        for dimension in dimensions.split()
        for n in range(n_countries)
    ]
    text = "\n".join(["code,countryname,year,indicator,estimate,stddev,nsource", *lines])
    return RawFile("wgi.csv", text.encode(), WGI.homepage, DAY)


def comtrade_file(year: int, *, is_shifted: bool = False) -> RawFile:
    """Imports of the United States; a shifted table has its flags (0 to 6) where values were."""
    lines = [
        f"A,{year},842,{partner},M,811292,{n % 4 * 2 if is_shifted else 1000 + n}"
        for n, partner in enumerate(range(4, 400, 8))
    ]
    header = "freqCode,period,reporterCode,partnerCode,flowCode,cmdCode,primaryValue"
    return RawFile(f"usa_{year}.csv", "\n".join([header, *lines]).encode(), COMTRADE.homepage, DAY)


@pytest.fixture
def bundled(data_dir: DataPaths) -> DataPaths:
    """The bundled indicators, checked."""
    land_bundle(WGI, data_dir)
    results, refused = check_source(data_dir, WGI)
    assert results["worldbank_wgi.indicators"]
    assert not refused
    return data_dir


def test_cut_file_is_set_aside_and_the_last_good_one_is_used(bundled: DataPaths) -> None:
    before = list_load_records(bundled, "worldbank_wgi")
    [landed] = land_files(WGI, [wgi_file("cc ge pv")], "manual", bundled)
    assert landed.load_record.partition == before[0].partition
    results, [entry] = check_source(bundled, WGI)
    assert list_load_records(bundled, "worldbank_wgi") == before
    assert "all six dimensions" in entry.reason
    assert (entry.has_other, list(entry.files)) == (True, ["wgi.csv"])
    assert all(r.passed for r in results["worldbank_wgi.indicators"]), "they are about what stays"
    [row] = set_aside_results([entry])
    assert outcome(vars(row)) == "warned"
    assert "2024 is set aside" in row.expectation
    assert "pax land worldbank_wgi FILE" in row.notes

    assert check_source(bundled, WGI)[1] == [], "once"
    assert list_set_aside(bundled) == [entry], "and it is still missing"
    land_files(WGI, [wgi_file()], "manual", bundled)
    assert check_source(bundled, WGI)[1] == []
    assert list_set_aside(bundled) == []
    record = read_load_record(bundled, "worldbank_wgi", "2024")
    assert record is not None
    assert record.access_method == "manual"


def test_one_bad_partition_among_new_ones_is_found(data_dir: DataPaths) -> None:
    for year in range(2019, 2024):
        land_files(COMTRADE, [comtrade_file(year, is_shifted=year == 2021)], "manual", data_dir)
    landed = {r.partition: r for r in list_load_records(data_dir, "un_comtrade")}
    assert len(landed) == 5
    results, [entry] = check_source(data_dir, COMTRADE)
    assert list(entry.files) == ["usa_2021.csv"]
    assert "shifted" in entry.reason
    assert not entry.has_other
    stay = {r.partition for r in list_load_records(data_dir, "un_comtrade")}
    assert stay == set(landed) - {entry.partition}
    assert all(r.passed for found in results.values() for r in found if r.severity == "critical")
    land_files(COMTRADE, [comtrade_file(2021)], "manual", data_dir)
    assert check_source(data_dir, COMTRADE)[1] == []
    assert len(list_load_records(data_dir, "un_comtrade")) == 5
    assert list_set_aside(data_dir) == [], "the file of that name has landed"


def test_several_sources_at_once(bundled: DataPaths) -> None:
    land_files(WGI, [wgi_file("cc")], "manual", bundled)
    land_files(COMTRADE, [comtrade_file(2021, is_shifted=True)], "manual", bundled)
    for spec in (WGI, COMTRADE):
        assert len(check_source(bundled, spec)[1]) == 1
    assert [e.source_id for e in list_set_aside(bundled)] == ["un_comtrade", "worldbank_wgi"]
    assert list_load_records(bundled, "un_comtrade") == []


class TestSuiteThatCannotBeEvaluated:
    """It says nothing about data that were good, and a new file may be what it stumbles on."""

    @pytest.fixture(autouse=True)
    def suite(self, data_dir: DataPaths, monkeypatch: pytest.MonkeyPatch) -> None:
        def build() -> list[Any]:
            wrong = gxe.ExpectColumnValuesToBeInSet(column="no_such_column", value_set=[1])
            return [ExpectationSuite(name="worldbank_wgi.indicators", expectations=[wrong])]

        monkeypatch.setattr("expectations.sources.worldbank_wgi.build_suites", build)

    def test_bundled_figures_are_not_set_aside_for_it(self, data_dir: DataPaths) -> None:
        land_bundle(WGI, data_dir)
        with pytest.raises(ExpectationError, match="could not be evaluated"):
            check_source(data_dir, WGI)
        assert list_set_aside(data_dir) == []

    def test_new_file_is(self, data_dir: DataPaths) -> None:
        land_files(WGI, [wgi_file()], "manual", data_dir)
        [entry] = check_source(data_dir, WGI)[1]
        assert "could not be evaluated" in entry.reason
        assert list_load_records(data_dir, "worldbank_wgi") == []
