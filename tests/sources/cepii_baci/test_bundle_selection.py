"""The bundle of BACI: importers left out are summed, totals stay exact."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from sources.cepii_baci.bundle_selection import SELECTION, importers_by_product, select_bundle
from sources.cepii_baci.parse import parse
from sources.kit.catalog import find_source
from sources.kit.contract import RawFile
from sources.kit.errors import SourceError
from tests.sources.cepii_baci import excerpts as x
from tests.sources.files import parquet_bytes, raw_file
from warehouse.paths import DBT_PROJECT

RULES = yaml.safe_load(SELECTION.read_text(encoding="utf-8"))
BUNDLED = find_source("cepii_baci").bundled
COMPLETE = (2022, 2024)


def bundle(year: int) -> pd.DataFrame:
    return pq.read_table(BUNDLED / "flows" / f"V202601__HS17__{year}.parquet").to_pandas()


def test_the_selection_needs_the_list_of_countries() -> None:
    with pytest.raises(SourceError, match="list of countries"):
        list(select_bundle(parse([x.slice_2022()])))


def test_taiwan_stays_an_importer_in_every_code_system() -> None:
    columns = {**x.TOP_2023, "importer_iso2": ["TW", "TW", "TW", "TW", "JP"]}
    columns["exporter_iso2"] = ["CN", "CN", "CN", "NA", "CN"]
    files = [raw_file(x.TOP_NAME, parquet_bytes(columns)), raw_file(x.COUNTRIES_NAME, x.COUNTRIES)]
    flows, countries = select_bundle(parse(files))
    assert set(flows.tables["flows"]["importer_code"].to_pylist()) == {"TW", "JP"}
    assert set(countries.tables["countries"]["country_iso3"].to_pylist()) == {
        *("CHN", "JPN", "NAM", "S19"),
    }


def test_small_importers_become_row_and_keep_the_exporters_total() -> None:
    """Eleven others: the smallest is summed; 0.4 + 0.4 + 0.4 thousand make 1, not 0."""
    others = [f"A{letter}A" for letter in "BCDEFGHIJKL"]
    values = {name: float(100 - n) for n, name in enumerate(others)}
    rows = {"JPN": 0.4, "KOR": 0.4, "USA": 0.4, **values}
    csv_text = "i,j,cmd,value\n" + "".join(
        f"CHN,{importer},850511,{value * 1000}\n" for importer, value in rows.items()
    )
    codes = x.COUNTRIES + "".join(f"{n},{c},,{c}\n" for n, c in enumerate(others, 900))
    codes += "410,Korea,KR,KOR\n"
    name = x.SLICE_2022_NAME.removesuffix(".gz")
    files = [raw_file(name, csv_text), raw_file(x.COUNTRIES_NAME, codes)]
    flows, _ = select_bundle(parse(files))
    got = flows.tables["flows"].to_pandas().set_index("importer_code")
    assert got.loc["ROW", "value_kusd"] == 90.0
    assert got.loc["ROW", "row_locator"] == "sum of 1 rows"
    assert got["value_kusd"].sum() == round(sum(rows.values()))
    assert sorted(got.loc[["JPN", "KOR", "USA"], "value_kusd"]) == [0.0, 0.0, 1.0]


def test_the_ten_largest_of_each_product_are_chosen_over_all_years() -> None:
    flows = pd.DataFrame(
        {
            "product_code": ["850511"] * 12,
            "importer_iso3": [f"A{letter}A" for letter in "BCDEFGHIJKL"] + ["ABA"],
            "value_kusd": [*(float(n) for n in range(1, 12)), 100.0],
        }
    )
    chosen = importers_by_product(flows, RULES)["850511"] - {*RULES["parties"], *RULES["also"]}
    assert chosen == {f"A{letter}A" for letter in "BDEFGHIJKL"}


def test_every_party_of_the_register_is_selected() -> None:
    register = DBT_PROJECT / "seeds" / "curated" / "partner_memberships.csv"
    with register.open(encoding="utf-8") as file:
        countries = [row for row in csv.DictReader(file) if row["party_kind"] == "country"]
    assert {row["country_id"] for row in countries} - {"TWN"} == set(RULES["parties"])
    assert set(RULES["also"]) == {"CHN", "S19"}


def test_the_bundle_holds_thirty_products_of_eight_years_in_whole_thousands() -> None:
    for year in range(2017, 2025):
        flows = bundle(year)
        assert set(flows["product_code"]) == set(RULES["products"])
        assert (flows["value_kusd"] == flows["value_kusd"].round()).all()
        assert (flows["value_kusd"] >= 0).all()
        assert (flows["exporter_code"] != flows["importer_code"]).all()
        assert flows["is_truncated"].eq(year not in COMPLETE).all()
        assert flows["quantity_t"].notna().any() == (year == 2024)
        assert not flows.duplicated(["product_code", "exporter_code", "importer_code"]).any()


def _full(shared_data: Path, year: int) -> list[RawFile]:
    pattern = f"baci_v202601_hs17_{year}_full_critical30.*"
    (path,) = (shared_data / "trade").glob(pattern)
    return [raw_file(path.name, path.read_bytes())]


@pytest.mark.parametrize("year", COMPLETE)
def test_exporters_totals_of_the_bundle_are_the_publishers(shared_data: Path, year: int) -> None:
    (parsed,) = parse(_full(shared_data, year))
    keys = ["product_code", "exporter_code"]
    full = parsed.tables["flows"].to_pandas().groupby(keys)["value_kusd"].sum()
    ours = bundle(year).groupby(keys)["value_kusd"].sum()
    assert set(ours.index) == set(full.index)
    assert (ours - full).abs().max() <= 0.5 + 1e-6


@pytest.mark.parametrize("year", COMPLETE)
def test_importers_of_the_bundle_are_the_publishers(shared_data: Path, year: int) -> None:
    (parsed,) = parse(_full(shared_data, year))
    keys = ["product_code", "exporter_code", "importer_code"]
    full = parsed.tables["flows"].to_pandas().set_index(keys)["value_kusd"]
    ours = bundle(year).set_index(keys)["value_kusd"].drop("ROW", level="importer_code")
    assert (ours - full.loc[ours.index]).abs().max() < 1.0


def test_the_bundle_is_what_the_files_compile_to(shared_data: Path) -> None:
    trade = shared_data / "trade"
    names = [
        "baci_v202601_flows_top6_2002_2024.parquet",
        "baci_v202601_hs17_2022_full_critical30.csv.gz",
        "baci_v202601_hs17_2024_full_critical30.parquet",
        "reference/baci_country_codes_V202601.csv",
    ]
    files = [raw_file(Path(n).name, (trade / n).read_bytes()) for n in names]
    compiled = {p.partition: p.tables for p in select_bundle(parse(files))}
    assert len(compiled) == 9
    for year in range(2017, 2025):
        want = compiled[f"V202601/HS17/{year}"]["flows"].to_pandas()
        keys = ["product_code", "exporter_code", "importer_code"]
        got = bundle(year).sort_values(keys).reset_index(drop=True)
        assert pa.Table.from_pandas(got).num_rows == len(want)
        pd.testing.assert_frame_equal(want.sort_values(keys).reset_index(drop=True), got)
