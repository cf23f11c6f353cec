"""The bundle of BACI: one slice sums small importers and keeps totals, the other has every flow."""

from __future__ import annotations

import csv
import warnings
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml

from sources.cepii_baci.bundle_selection import SELECTION, importers_by_product, select_bundle
from sources.cepii_baci.parse import parse
from sources.kit.catalog import find_source
from sources.kit.contract import RawFile
from sources.kit.errors import SourceError
from sources.kit.hs6_scope import hs6_scope
from tests.sources.cepii_baci import excerpts as x
from tests.sources.files import parquet_bytes, raw_file
from warehouse.paths import DBT_PROJECT

SLICES = {
    chosen["nomenclature"]: chosen
    for chosen in yaml.safe_load(SELECTION.read_text(encoding="utf-8"))["slices"]
}
RULES = SLICES["HS2017"]["importers"]
BUNDLED = find_source("cepii_baci").bundled
COMPLETE = (2022, 2024)
KEYS = ["product_code", "exporter_code", "importer_code"]


def bundle(year: int, revision: str = "HS17") -> pd.DataFrame:
    return pq.read_table(BUNDLED / "flows" / f"V202601__{revision}__{year}.parquet").to_pandas()


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
    always = {*RULES["parties"], *RULES["also"]}
    chosen = importers_by_product(flows, SLICES["HS2017"])["850511"] - always
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
        assert set(flows["product_code"]) == set(SLICES["HS2017"]["products"])
        assert (flows["value_kusd"] == flows["value_kusd"].round()).all()
        assert (flows["value_kusd"] >= 0).all()
        assert (flows["exporter_code"] != flows["importer_code"]).all()
        assert flows["is_truncated"].eq(year not in COMPLETE).all()
        assert flows["quantity_t"].notna().any() == (year == 2024)
        assert not flows.duplicated(["product_code", "exporter_code", "importer_code"]).any()


def native(revision: str, year: int, rows: str) -> RawFile:
    return raw_file(f"BACI_{revision}_Y{year}_V202601.csv", "t,i,j,k,v,q\n" + rows)


def test_two_slices_of_one_year_are_two_partitions_with_rules_of_their_own() -> None:
    """HS1992 keeps each flow as it is, a flow of a dollar too; HS2017 rounds and sums."""
    codes = x.COUNTRIES + "8,Albania,AL,ALB\n"
    rows = "2022,8,392,{k},0.001,0.002\n2022,8,516,{k},7.4,\n2022,8,842,{other},1,1\n"
    files = [
        native("HS92", 2022, rows.format(k="282520", other="850511")),
        native("HS17", 2022, rows.format(k="850511", other="282520")),
        native("HS12", 2022, rows.format(k="850511", other="260200")),
        raw_file(x.COUNTRIES_NAME, codes),
    ]
    got = {p.partition: p.tables for p in select_bundle(parse(files))}
    assert set(got) == {"V202601/HS17/2022", "V202601/HS92/2022", "V202601/countries"}
    all_flows = got["V202601/HS92/2022"]["flows"].select([*KEYS, "value_kusd", "quantity_t"])
    assert all_flows.to_pylist() == [
        dict(zip(all_flows.column_names, row, strict=True))
        for row in [("282520", "8", "392", 0.001, 0.002), ("282520", "8", "516", 7.4, None)]
    ]
    summed = got["V202601/HS17/2022"]["flows"].select([*KEYS, "value_kusd"]).to_pylist()
    assert {(r["importer_code"], r["value_kusd"]) for r in summed} == {("392", 0.0), ("516", 7.0)}
    countries = set(got["V202601/countries"]["countries"]["country_iso3"].to_pylist())
    assert countries == {"ALB", "JPN", "NAM"}


def test_a_year_before_the_slice_is_left_out() -> None:
    row = "{year},156,392,282520,5,1\n"
    files = [native("HS92", year, row.format(year=year)) for year in (2009, 2010)]
    files.append(raw_file(x.COUNTRIES_NAME, x.COUNTRIES))
    got = {p.partition for p in select_bundle(parse(files))}
    assert got == {"V202601/HS92/2010", "V202601/countries"}


def test_every_selected_code_is_in_scope_and_has_an_item_or_a_reason() -> None:
    seeds = DBT_PROJECT / "seeds" / "reference"
    rows = {}
    for name in ("hs_items", "hs_codes_without_item"):
        with (seeds / f"{name}.csv").open(encoding="utf-8") as file:
            rows[name] = list(csv.DictReader(file))
    without = {row["hs6"] for row in rows["hs_codes_without_item"]}
    assert all(row["reason"] for row in rows["hs_codes_without_item"])
    assert not without & {row["hs6"] for row in rows["hs_items"]}
    for nomenclature, chosen in SLICES.items():
        flag = f"valid_{nomenclature.lower()}"
        mapped = {row["hs6"] for row in rows["hs_items"] if row[flag] == "true"}
        products = set(chosen["products"])
        assert products <= set(hs6_scope())
        assert products <= mapped | without, nomenclature
    assert len(SLICES["HS1992"]["products"]) == len(set(SLICES["HS1992"]["products"])) == 56
    assert set(hs6_scope()) == {row["hs6"] for row in rows["hs_items"]} | without


def test_the_bundle_of_hs1992_has_every_flow_of_fifteen_years() -> None:
    n_rows, products = 0, set(SLICES["HS1992"]["products"])
    for year in range(2010, 2025):
        flows = bundle(year, "HS92")
        n_rows += len(flows)
        # germanium ends with 2016: later it is a part of a code that HS1992 has not
        assert products - set(flows["product_code"]) == ({"811230"} if year > 2016 else set())
        assert (flows["value_kusd"] > 0).all()
        assert not flows["is_truncated"].any()
        assert not flows.duplicated(KEYS).any()
        assert "ROW" not in set(flows["importer_code"])
        assert {"4", "8", "490"} <= set(flows["exporter_code"]) | set(flows["importer_code"])
    assert n_rows == 463_579


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


def _hs92_folder(shared_data: Path) -> Path:
    folder = shared_data / "trade" / "baci_hs92_v202601"
    if not folder.is_dir():
        reason = f"no files of BACI HS92 at {folder}; set PAX_SHARED_DATA to run this test"
        warnings.warn(reason, stacklevel=1)
        pytest.skip(reason)
    return folder


def test_the_bundle_is_what_the_files_compile_to(shared_data: Path) -> None:
    trade = shared_data / "trade"
    paths = [
        trade / "baci_v202601_flows_top6_2002_2024.parquet",
        trade / "baci_v202601_hs17_2022_full_critical30.csv.gz",
        trade / "baci_v202601_hs17_2024_full_critical30.parquet",
        *sorted(_hs92_folder(shared_data).glob("*.csv*")),
    ]
    files = [raw_file(path.name, path.read_bytes()) for path in paths]
    compiled = {p.partition: p.tables for p in select_bundle(parse(files))}
    years = {"HS17": range(2017, 2025), "HS92": range(2010, 2025)}
    wanted = [(revision, year) for revision in years for year in years[revision]]
    assert len(compiled) == len(wanted) + 1
    for revision, year in wanted:
        want = compiled[f"V202601/{revision}/{year}"]["flows"].to_pandas()
        want = want.sort_values(KEYS).reset_index(drop=True)
        got = bundle(year, revision).sort_values(KEYS).reset_index(drop=True)
        pd.testing.assert_frame_equal(want, got)


def test_the_publishers_files_give_the_totals_of_lithium_and_rare_earths(shared_data: Path) -> None:
    """Straight from CEPII's file of 2024, and again from the bundle."""
    path = _hs92_folder(shared_data) / "BACI_HS92_Y2024_V202601.csv.gz"
    published = pd.read_csv(path, dtype={"i": str, "j": str, "k": str}).rename(
        columns={"i": "exporter_code", "j": "importer_code", "k": "product_code", "v": "value_kusd"}
    )
    for flows in (published, bundle(2024, "HS92")):
        japan = _imports(flows, "392", ["280530", "284610", "284690"])
        assert japan.sum() == pytest.approx(515_500, abs=100)
        assert (japan / japan.sum())[["156", "704"]].round(3).tolist() == [0.378, 0.318]
        korea = _imports(flows, "410", ["282520", "283691"])
        assert round(korea["156"] / korea.sum(), 3) == 0.661


def _imports(flows: pd.DataFrame, importer: str, products: list[str]) -> pd.Series:
    chosen = flows["importer_code"].eq(importer) & flows["product_code"].isin(products)
    return flows[chosen].groupby("exporter_code")["value_kusd"].sum()
