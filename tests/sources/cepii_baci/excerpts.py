"""Small real excerpts of BACI V202601 (CEPII, Etalab 2.0) in each layout, made in memory."""

from __future__ import annotations

import gzip
from typing import Any

from sources.kit.contract import RawFile
from tests.sources.files import parquet_bytes, raw_file

COUNTRIES = (
    "country_code,country_name,country_iso2,country_iso3\n"
    "156,China,CN,CHN\n"
    "392,Japan,JP,JPN\n"
    '490,"Other Asia, nes",,S19\n'
    "516,Namibia,NA,NAM\n"
    "710,South Africa,ZA,ZAF\n"
    "842,USA,US,USA\n"
)
NATIVE_2022 = (
    "t,i,j,k,v,q\n"
    "2022,156,392,850511,229683.019,4012.5\n"
    "2022,490,392,850511,3784.549,NA\n"
    "2022,516,710,252922,6.725,           NA\n"
    "2022,516,156,283691,1.5,0.25\n"
)
SLICE_2022 = (
    "i,j,cmd,value\n"
    "CHN,JPN,850511,229683019.0\n"
    "S19,JPN,850511,3784549.0\n"
    "NAM,ZAF,252922,6725.0\n"
    "NAM,CHN,740311,1870516.0\n"
)
SLICE_2024: dict[str, Any] = {
    "year": [2024, 2024, 2024],
    "exporter": ["CHN", "S19", "NAM"],
    "exporter_name": ["China", "Other Asia, nes", "Namibia"],
    "importer": ["JPN", "JPN", "CHN"],
    "importer_name": ["Japan", "Japan", "China"],
    "hs6": ["850511", "850511", "740311"],
    "material": ["magnets", "magnets", "copper"],
    "value_kusd": [156879.57, 2178.719, 5245.085],
    "qty_t": [3714.509, 80.381, None],
}
TOP_2023: dict[str, Any] = {
    "year": [2023] * 5,
    "hs_nomenclature": ["HS17"] * 5,
    "material": ["gallium", "germanium", "hafnium", "cobalt", "magnets"],
    "hs6_current": ["811292", "811292", "811231", "282200", "850511"],
    "exporter_iso2": ["CN", "CN", "CN", "NA", "TW"],
    "importer_iso2": ["JP", "JP", "JP", "CN", "JP"],
    "value_usd": [9831963.0, 9831963.0, 9831963.0, 1651975.0, 2000000.0],
    "qty_t": [None] * 5,
}
NATIVE_NAME = "BACI_HS17_Y2022_V202601.csv"
SLICE_2022_NAME = "baci_v202601_hs17_2022_full.csv.gz"
SLICE_2024_NAME = "baci_v202601_hs17_2024_full.parquet"
TOP_NAME = "baci_v202601_flows_top6_2002_2024.parquet"
COUNTRIES_NAME = "country_codes_V202601.csv"


def slice_2022() -> RawFile:
    return raw_file(SLICE_2022_NAME, gzip.compress(SLICE_2022.encode()))


def slice_2024() -> RawFile:
    return raw_file(SLICE_2024_NAME, parquet_bytes(SLICE_2024))


def top_2023() -> RawFile:
    return raw_file(TOP_NAME, parquet_bytes(TOP_2023))
