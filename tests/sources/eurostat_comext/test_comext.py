"""Comext's three bulk generations and the annual extract (Eurostat, Comext, CC BY 4.0).

The lines are in the publisher's layout; values of the extract are real ones.
"""

from __future__ import annotations

import csv
import gzip
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from sources.eurostat_comext.bundle_selection import DECLARANTS, select_bundle
from sources.eurostat_comext.parse import infer_edition, parse
from sources.kit.catalog import find_source
from sources.kit.contract import Parsed
from sources.kit.errors import CorruptFileError, SourceError, UnknownLayoutError
from tests.sources.files import parquet_bytes, raw_file
from warehouse.paths import DBT_PROJECT

V2 = (
    "REPORTER,PARTNER,TRADE_TYPE,PRODUCT_NC,PRODUCT_SITC,PRODUCT_CPA21,PRODUCT_CPA22,PRODUCT_BEC,"
    "PRODUCT_BEC5,PRODUCT_SECTION,FLOW,STAT_PROCEDURE,SUPPL_UNIT,PERIOD,VALUE_EUR,VALUE_NAC,"
    "QUANTITY_KG,QUANTITY_SUPPL_UNIT\n"
    "NL,CN,E,28469030,52595,2013,2013,220,311210,06,1,1,NO_SU,202452,600,600,12,0\n"
    "NL,CN,E,28469030,52595,2013,2013,220,311210,06,1,3,NO_SU,202452,50,50,1,0\n"
    "EL,NA,E,02013000,01112,1011,1011,122,111210,01,1,1,NO_SU,202452,7,7,0,0\n"
    "EL,NA,E,25041000,27822,2399,2399,220,311210,05,1,1,NO_SU,202452,7,7,0,0\n"
    "NL,CN,E,28469030,52595,2013,2013,220,311210,06,2,1,NO_SU,202452,9,9,1,0\n"
    "NL,CN,E,TOTAL,52595,2013,2013,220,311210,06,1,1,NO_SU,202452,999,999,1,0\n"
    "NL,CN,E,2846,52595,2013,2013,220,311210,06,1,1,NO_SU,202452,650,650,1,0\n"
    "NL,QZ,E,2846XXXX,52595,2013,2013,220,311210,06,1,1,NO_SU,202452,3,3,1,0\n"
)
V1 = (
    "DECLARANT,DECLARANT_ISO,PARTNER,PARTNER_ISO,TRADE_TYPE,PRODUCT_NC,PRODUCT_SITC,PRODUCT_CPA2002,"
    "PRODUCT_CPA2008,PRODUCT_CPA2_1,PRODUCT_BEC,PRODUCT_SECTION,FLOW,STAT_REGIME,SUPP_UNIT,PERIOD,"
    "VALUE_IN_EUROS,QUANTITY_IN_KG,SUP_QUANTITY\n"
    "003,NL,0720,CN,E,28469000,52595,2413,2013,2013,220,06,1,1,,201903,600,12,\n"
    "003,NL,0720,CN,E,28469000,52595,2413,2013,2013,220,06,1,4,,201903,600,12,\n"
)
NUMERIC = (
    "DECLARANT,PARTNER,PRODUCT_NC,FLOW,STAT_REGIME,PERIOD,VALUE_IN_EUROS,QUANTITY_IN_KG\n"
    "003,0720,28469000,1,4,201252,600,12\n"
)
EXTRACT: dict[str, Any] = {
    "year": [2022, 2022, 2023, 2022],
    "declarant_iso2": ["EL", "NL", "NL", "NL"],
    "partner_iso2": ["DE", "GR", "CN", "NA"],
    "flow": ["M"] * 4,
    "cn8": ["25041000", "28053010", "28053010", "81129289"],
    "hs6": ["250410", "280530", "280530", "811292"],
    "value_eur": [440381.0, 1200.0, 1300.0, 0.134],
}


def only(name: str, content: bytes | str) -> Parsed:
    (parsed,) = parse([raw_file(name, content)])
    return parsed


def test_month_52_is_the_year_and_totals_and_other_products_are_dropped() -> None:
    parsed = only("full_v2_202452.dat", V2)
    rows = parsed.tables["flows"].to_pylist()
    assert (parsed.partition, parsed.known_from_date) == ("A2024/2024", date(2025, 10, 31))
    assert [r["product_code"] for r in rows] == ["28469030"] * 2 + [
        "25041000",
        "28469030",
        "2846XXXX",
    ]
    assert [r["stat_procedure"] for r in rows] == ["1", "3", "1", "1", "1"]
    assert [r["flow"] for r in rows] == ["import"] * 3 + ["export", "import"]
    assert rows[2]["row_locator"] == "full_v2_202452.dat:5"
    assert (rows[2]["declarant"], rows[2]["partner"]) == ("EL", "NA")
    assert rows[0]["quantity_kg"] == 12.0
    assert all(r["is_complete"] for r in rows)
    assert not parsed.quarantine
    assert parsed.tables["flows"].schema == find_source("eurostat_comext").tables["flows"].schema


def test_a_month_keeps_its_month_and_regime_4_is_the_sum_of_the_others() -> None:
    parsed = only("full201903.dat", V1)
    assert parsed.partition == "M201903/201903"
    assert parsed.tables["flows"]["value_eur"].to_pylist() == [600.0]


def test_a_file_of_totals_only_keeps_them() -> None:
    rows = only("nc201252.dat", NUMERIC).tables["flows"].to_pylist()
    assert [(r["declarant"], r["partner"], r["trade_type"]) for r in rows] == [
        ("003", "0720", "all")
    ]


def test_the_extract_marks_incomplete_hs6() -> None:
    parsed = {
        p.partition: p.tables["flows"]
        for p in parse([raw_file("e.parquet", parquet_bytes(EXTRACT))])
    }
    assert set(parsed) == {"A2023/2022", "A2023/2023"}
    complete = parsed["A2023/2022"]["is_complete"].to_pylist()
    assert complete == [True, False, False]  # 2504 whole; 2805 re-cut in 2023; 8112 a part
    assert parsed["A2023/2023"]["is_complete"].to_pylist() == [True]
    assert parsed["A2023/2022"]["partner"].to_pylist() == ["DE", "GR", "NA"]


def test_editions_are_inferred_from_the_newest_period() -> None:
    assert infer_edition("2024") == ("A2024", date(2025, 10, 31))
    assert infer_edition("202502") == ("M202502", date(2025, 5, 19))


@pytest.mark.parametrize(
    ("name", "content", "error", "message"),
    [
        ("full_v2_202452.dat", "", CorruptFileError, "empty"),
        ("full_v2_202452.7z", b"7z\xbc\xaf\x27\x1cxx", CorruptFileError, "7z is broken"),
        ("full_v2_202452.dat.gz", gzip.compress(V2.encode())[:-12], CorruptFileError, "gzip"),
        ("full_v2_202452.dat", V2 + "NL,CN,E,2846", CorruptFileError, "last line is cut"),
        ("full_v2_202452.dat", V2.split("\n", 1)[0] + "\n", CorruptFileError, "no row"),
        ("full_v2_202452.dat", V2 + V2.split("\n", 1)[1], CorruptFileError, "more than once"),
        ("full_v2_202452.dat", V2.replace("PERIOD,", "WHEN,"), UnknownLayoutError, "bulk_v2"),
        ("x.parquet", parquet_bytes({"a": [1]}), UnknownLayoutError, "annual_extract_parquet"),
        ("x.parquet", parquet_bytes(EXTRACT)[:-50], CorruptFileError, "Parquet"),
    ],
)
def test_an_invalid_file_is_rejected(
    name: str, content: bytes | str, error: type[SourceError], message: str
) -> None:
    with pytest.raises(error, match=message):
        list(parse([raw_file(name, content)]))


def test_shifted_columns_are_rejected() -> None:
    header, *lines = V2.strip().split("\n")
    shifted = "\n".join([header, *("," + line.rsplit(",", 1)[0] for line in lines)])
    with pytest.raises(CorruptFileError, match="shifted"):
        list(parse([raw_file("full_v2_202452.dat", shifted)]))


def test_an_invalid_row_is_quarantined() -> None:
    bad = "NL,CN,E,28469040,52595,2013,2013,220,311210,06,1,1,NO_SU,202452,secret,,1,0\n"
    parsed = only("full_v2_202452.dat", V2 + bad)
    assert [(q.line, q.file) for q in parsed.quarantine] == [(10, "full_v2_202452.dat")]


def test_two_files_of_one_period_are_rejected() -> None:
    with pytest.raises(CorruptFileError, match="two files give A2024/2024"):
        list(parse([raw_file("a.dat", V2), raw_file("b.dat", V2.replace("600,600", "601,601"))]))


def test_the_bundle_has_the_eu_members_that_are_parties() -> None:
    def rows(path: Path) -> list[dict[str, str]]:
        with path.open(encoding="utf-8") as file:
            return list(csv.DictReader(file))

    seeds = DBT_PROJECT / "seeds"
    parties = {r["country_id"] for r in rows(seeds / "curated" / "partner_memberships.csv")}
    members = {
        r["country_id"] for r in rows(seeds / "reference" / "eu_members.csv") if not r["valid_to"]
    }
    iso2 = {r["country_id"]: r["iso2"] for r in rows(seeds / "reference" / "countries.csv")}
    wanted = {"EL" if c == "GRC" else iso2[c] for c in parties & members}
    assert wanted == set(DECLARANTS)


def test_the_bundle_keeps_the_declarants_totals(shared_data: Path) -> None:
    path = shared_data / "trade/more/eurostat_comext_cn8_imports_eu27_2022_2024.parquet"
    bundled = find_source("eurostat_comext").bundled / "flows"
    for parsed in parse([raw_file(path.name, path.read_bytes())]):
        (selected,) = select_bundle([parsed])
        ours = pq.read_table(bundled / f"{parsed.partition.replace('/', '__')}.parquet").to_pandas()
        assert len(ours) == selected.tables["flows"].num_rows
        full = parsed.tables["flows"].to_pandas()
        full = full[full["declarant"].isin(DECLARANTS)]
        sums = [
            f.groupby([f["declarant"], f["product_code"].str[:6]])["value_eur"].sum()
            for f in (ours, full)
        ]
        assert (sums[0] - sums[1]).abs().max() <= 500.0 + 1e-6
        assert (ours["value_eur"] % 1000 == 0).all()
        pd.testing.assert_series_equal(
            selected.tables["flows"].to_pandas().sort_values("row_locator")["value_eur"],
            ours.sort_values("row_locator")["value_eur"],
            check_index=False,
        )
