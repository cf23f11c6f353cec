"""GeoDist's two tables (CEPII, Etalab 2.0) in the publisher's columns, and the bundle."""

from __future__ import annotations

import gzip
from datetime import date

import pyarrow.parquet as pq
import pytest

from sources.cepii_geodist.bundle_selection import select_bundle
from sources.cepii_geodist.parse import parse
from sources.kit.catalog import find_source
from sources.kit.errors import CorruptFileError, SourceError, UnknownLayoutError
from tests.sources.files import raw_file

PAIRS = (
    "iso3_o,iso3_d,contig,comlang_off,colony,dist,distcap,distw,distwces,method\n"
    "ABW,AFG,0,0,0,13257.81,13257.81,13168.22,13166.37,cepii\n"
    "ROM,BGR,1,0,0,296.43,296.43,,,cepii\n"
    "SRB,MNE,1,,,280.4,,,,computed\n"
)
COUNTRIES = (
    "iso3,iso3_modern,country,area,landlocked,continent,city_en,lat,lon,dis_int,method\n"
    "NAM,NAM,Namibia,824292.0,0,Africa,Windhoek,-22.57,17.1,341.4,cepii\n"
    "CZE,CZE,Czech Republic,78864.0,1,Europe,Prague,50.08,14.43,105.6,cepii\n"
)


def test_pairs_keep_codes_and_missing_values() -> None:
    (parsed,) = parse([raw_file("p.csv.gz", gzip.compress(PAIRS.encode()))])
    rows = parsed.tables["pairs"].to_pylist()
    assert (parsed.partition, parsed.known_from_date) == ("2011/pairs", date(2011, 12, 31))
    assert [(r["origin_code"], r["distance_km"], r["is_contiguous"]) for r in rows] == [
        ("ABW", 13257.81, False), ("ROM", 296.43, True), ("SRB", 280.4, True),
    ]  # fmt: skip
    assert [r["weighted_distance_km"] for r in rows] == [13168.22, None, None]
    assert [r["has_common_language"] for r in rows] == [False, False, None]
    assert [r["is_computed"] for r in rows] == [False, False, True]


def test_countries_and_the_selection_in_whole_kilometres() -> None:
    pairs, countries = select_bundle(
        parse([raw_file("p.csv", PAIRS), raw_file("c.csv", COUNTRIES)])
    )
    assert countries.tables["countries"]["is_landlocked"].to_pylist() == [False, True]
    assert pairs.tables["pairs"]["distance_km"].to_pylist() == [13258.0, 296.0, 280.0]


def test_a_row_without_a_distance_is_quarantined() -> None:
    (parsed,) = parse([raw_file("p.csv", PAIRS + "AAA,BBB,0,0,0,far,,,,cepii\n")])
    assert [q.line for q in parsed.quarantine] == [5]


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        ("", CorruptFileError, "empty"),
        ("a,b\n1,2\n", UnknownLayoutError, "pairs_csv"),
        (PAIRS + PAIRS.split("\n", 1)[1], CorruptFileError, "occur twice"),
        (PAIRS.split("\n", 1)[0] + "\n", CorruptFileError, "no row"),
    ],
)
def test_an_invalid_file_is_rejected(content: str, error: type[SourceError], message: str) -> None:
    with pytest.raises(error, match=message):
        list(parse([raw_file("p.csv", content)]))


def test_the_bundle_has_every_country_and_both_directions() -> None:
    folder = find_source("cepii_geodist").bundled
    pairs = pq.read_table(folder / "pairs/2011__pairs.parquet").to_pandas()
    assert len(pairs) == 55_214
    there = pairs.set_index(["origin_code", "destination_code"])["distance_km"]
    assert abs(there["JPN", "CHN"] - there["CHN", "JPN"]) <= 1
    assert {"COD", "ROU", "TWN", "SRB"} <= set(pairs["origin_code"])
