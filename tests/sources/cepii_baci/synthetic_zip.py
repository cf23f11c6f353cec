"""A zip like CEPII's, of known truth: every watched code, every country of the list as importer.

    python -m tests.sources.cepii_baci.synthetic_zip BACI_HS17_V202601.zip 2024 --rows 10000000

writes one of real size; codes that nobody watches fill it up to that many rows a year.
"""

from __future__ import annotations

import argparse
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from sources.kit.catalog import find_source
from sources.kit.hs6_scope import hs6_scope

EDITION = "202601"
#: Who exports every code, and the parts of a hundred that each has of every importer's imports.
PARTS = {"CHN": 40, "S19": 30, "JPN": 15, "USA": 10, "NLD": 5}
_HS2017 = find_source("un_hs").bundled / "codes" / "HS2017.parquet"
_COUNTRIES = find_source("cepii_baci").bundled / "countries" / f"V{EDITION}__countries.parquet"
_LIST = ("country_code", "country_name", "country_iso2", "country_iso3")


def countries() -> pa.Table:
    """CEPII's list: code, name, iso2, iso3."""
    return pq.read_table(_COUNTRIES, columns=list(_LIST))


def watched_codes() -> list[str]:
    """The watched codes that HS2017 has."""
    codes = pq.read_table(_HS2017)
    return sorted(set(codes["product_code"].to_pylist()).intersection(hs6_scope()))


def value_kusd(importer: int, code: str) -> int:
    """What an importer buys of a code from everyone, thousand USD."""
    return 100 + 100 * ((importer * 7 + int(code) * 3) % 997)


def flows(year: int, codes: Sequence[str]) -> pa.Table:
    """One row per exporter, importer and code: BACI's columns t, i, j, k, v, q."""
    # a former state, "(...1990)" in its name, has the iso3 of today's
    listed = [row for row in countries().to_pylist() if "(..." not in row["country_name"]]
    code_of = {row["country_iso3"]: int(row["country_code"]) for row in listed}
    importers = sorted(code_of.values())
    rows = [
        (year, exporter, importer, code, value_kusd(importer, code) * part // 100)
        for iso3, part in PARTS.items()
        for exporter in [code_of[iso3]]
        for importer in importers
        if importer != exporter
        for code in codes
    ]
    columns = [pa.array(column) for column in zip(*rows, strict=True)]
    # a tonne costs a thousand dollars
    return pa.table([*columns, columns[4]], names=["t", "i", "j", "k", "v", "q"])


def write_zip(path: Path, years: Sequence[int], n_rows: int = 0) -> None:
    """Write the zip, every year with at least `n_rows` rows."""
    listed = io.BytesIO()
    pacsv.write_csv(countries(), listed)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for year in years:
            table = flows(year, watched_codes())
            with archive.open(f"BACI_HS17_Y{year}_V{EDITION}.csv", "w", force_zip64=True) as file:
                pacsv.write_csv(table, file)
                written, n = table.num_rows, 0
                while written < n_rows:
                    # chapters 61 to 63 are in no scope
                    chunk = flows(year, [f"{610000 + (n * 200 + k) % 30000}" for k in range(200)])
                    options = pacsv.WriteOptions(include_header=False)
                    pacsv.write_csv(chunk, file, write_options=options)
                    written, n = written + chunk.num_rows, n + 1
        archive.writestr(f"country_codes_V{EDITION}.csv", listed.getvalue())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("years", type=int, nargs="+")
    parser.add_argument("--rows", type=int, default=0)
    given = parser.parse_args()
    write_zip(given.path, given.years, given.rows)
