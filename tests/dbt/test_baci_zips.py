"""CEPII's zips as published, with all countries of its list, from the landing to the marts.

An older list of countries, a corrected edition beside the first issue, and three nomenclatures.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow.parquet as pq
import pytest

from sources.kit.catalog import catalog, find_source
from sources.kit.contract import RawFile
from tests.fixture_world.dbt import build, read
from tests.sources.files import raw_file, zip_bytes
from warehouse.paths import DataPaths
from warehouse.storage.landing import declare_tables, land_bundle, land_files
from warehouse.storage.load_records import write_load_records_table, write_parameters

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

SPEC = find_source("cepii_baci")
#: Edition and nomenclatures of each release; the lists of the first are of the older form.
RELEASES = [("V202301", "HS17"), ("V202301", "HS92"), ("V202401", "HS22"), ("V202401b", "HS22"),
            ("V202401b", "HS17"), ("V202401b", "HS92")]  # fmt: skip
#: Three goods of their own; HS92 has a code that HS17 and HS22 have under another.
CODES = {"HS17": ("284690", "850511"), "HS22": ("284690", "850511"), "HS92": ("284690", "280530")}
YEARS = (2021, 2022)


@dataclass(frozen=True)
class Country:
    code: str
    name: str
    iso2: str
    iso3: str


#: Of CEPII's list of V202601, but not of the bundled years.
HISTORICAL = [
    Country("200", "Czechoslovakia (...1992)", "CS", "CSK"),
    Country("278", "Dem. Rep. of Germany (...1990)", "DD", "DDR"),
    Country("697", "Europe EFTA, nes", "N/A", "R20"),
    Country("711", "Southern African Customs Union (...1999)", "N/A", "ZA1"),
    Country("810", "USSR (...1990)", "SU", "SUN"),
    Country("849", "US Misc. Pacific Isds", "PU", "PUS"),
    Country("891", "Serbia and Montenegro (...2005)", "CS", "SCG"),
]


def countries() -> list[Country]:
    """CEPII's list of V202601: 238 countries and areas."""
    (path,) = (SPEC.bundled / "countries").glob("*.parquet")
    return HISTORICAL + [
        Country(*(row[name] or "N/A" for name in ("country_code", "country_name", "country_iso2",
                                                  "country_iso3")))
        for row in pq.read_table(path).to_pylist()
    ]  # fmt: skip


def flows(nomenclature: str, year: int, factor: float) -> Iterator[tuple[Any, ...]]:
    """Each country exports each code to the seventh after it: `t, i, j, k, v, q`."""
    listed = countries()
    for product in CODES[nomenclature]:
        for place, country in enumerate(listed):
            partner = listed[(place + 7) % len(listed)]
            yield year, country.code, partner.code, product, (place + 1) * factor, "NA"


def text(header: str, rows: Iterator[tuple[Any, ...]] | list[tuple[Any, ...]]) -> str:
    out = io.StringIO()
    out.write(header + "\n")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def cepii_zip(edition: str, nomenclature: str) -> RawFile:
    factor = 2.0 if edition.endswith("b") else 1.0
    is_older = edition == "V202301"
    header = (
        "country_code,country_name_abbreviation,country_name_full,iso_2digit_alpha,iso_3digit_alpha"
        if is_older
        else "country_code,country_name,country_iso2,country_iso3"
    )
    listed = [
        (c.code, c.name, c.name, c.iso2, c.iso3) if is_older else (c.code, c.name, c.iso2, c.iso3)
        for c in countries()
    ]
    files: dict[str, str | bytes] = {
        f"BACI_{nomenclature}_Y{year}_{edition}.csv": text(
            "t,i,j,k,v,q", flows(nomenclature, year, factor)
        )
        for year in YEARS
    }
    content = text(header, listed)
    files[f"country_codes_{edition}.csv"] = content.encode("cp1252" if is_older else "utf-8")
    files[f"product_codes_{nomenclature}_{edition}.csv"] = "code,description\n284690,Compounds\n"
    files["Readme.txt"] = "about"
    return raw_file(f"BACI_{nomenclature}_{edition}.zip", zip_bytes(files))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    paths = DataPaths.at(tmp_path_factory.mktemp("baci_zips") / "data")
    sources = catalog()
    declare_tables(paths, sources.values())
    land_bundle(sources["un_hs"], paths)
    land_files(SPEC, [cepii_zip(*release) for release in RELEASES], "manual", paths)
    write_load_records_table(paths, dict(sources))
    write_parameters(paths)
    build(
        paths, "--select", "+fct_trade_reconciled", "stg_cepii_baci__countries",
        "assert_baci_value_preserved_by_mapping", "assert_baci_country_codes_are_mapped",
        "--indirect-selection", "cautious",
        "--exclude-resource-type", "unit_test",
    )  # fmt: skip
    return paths


def test_every_country_of_the_list_is_mapped(built: DataPaths) -> None:
    """Also those of one digit, and those that the older list knows by name only."""
    assert read(
        built.database,
        "select distinct edition, exporter_id, importer_id from intermediate.int_trade__baci_flows "
        "where 'UNMAPPED' in (exporter_id, importer_id)",
    ) == []  # fmt: skip
    (row,) = read(
        built.database,
        "select count(distinct exporter_id) as n from marts.fct_trade_reconciled "
        "where edition = 'V202401b' and nomenclature = 'HS2017'",
    )
    assert row["n"] > 0.95 * len(countries())


def test_no_flow_is_lost_and_the_correction_counts(built: DataPaths) -> None:
    n = len(countries())
    assert n == 238
    total = sum(range(1, n + 1))
    rows = read(
        built.database,
        "select edition, nomenclature, product_code, year, sum(value_usd) / 1000 as kusd "
        "from marts.fct_trade_reconciled where source_id = 'cepii_baci' group by all",
    )
    by_edition = {(r["edition"], r["nomenclature"], r["product_code"], r["year"]): r["kusd"]
                  for r in rows}  # fmt: skip
    for edition, nomenclature in RELEASES:
        for code in CODES[nomenclature]:
            for year in YEARS:
                factor = 2 if edition.endswith("b") else 1
                found = by_edition[edition, f"HS{_year(nomenclature)}", code, year]
                assert found == pytest.approx(factor * total)
    latest = read(
        built.database,
        "select distinct edition from marts.fct_trade_reconciled "
        "where source_id = 'cepii_baci' and known_to_date is null and product_code = '284690'",
    )
    assert [row["edition"] for row in latest] == ["V202401b"]


def _year(nomenclature: str) -> int:
    two = int(nomenclature[2:])
    return two + (1900 if two > 90 else 2000)
