"""HMRC's OData responses and the multi-source extract (HMRC, OGL v3)."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from sources.kit.catalog import find_source
from sources.kit.contract import Parsed
from sources.kit.errors import CorruptFileError, SourceError, UnknownLayoutError
from sources.uk_hmrc.bundle_selection import select_bundle
from sources.uk_hmrc.parse import parse
from tests.sources.files import parquet_bytes, raw_file


def odata_row(**changes: object) -> dict[str, object]:
    return {
        "MonthId": 202503,
        "FlowTypeId": 3,
        "SuppressionIndex": 0,
        "CommodityId": 85051110,
        "CommoditySitcId": 77881,
        "CountryId": 720,
        "Country": {"CountryId": 720, "CountryCodeAlpha": "CN"},
        "PortId": 1,
        "Value": 1000.0,
        "NetMass": 40.0,
        "SuppUnit": 0.0,
        **changes,
    }


PAGE = {"@odata.context": "x", "value": [odata_row(), odata_row(FlowTypeId=2, CommodityId=4061000)]}
EXTRACT: dict[str, Any] = {
    "source": ["hmrc", "hmrc", "hmrc", "hmrc", "baci"],
    "freq": ["M"] * 5,
    "period": [202406, 202406, 202606, 202606, 2024],
    "reporter": ["GBR"] * 5,
    "partner": ["CHN", "CHN", "n/a", "TWN", "CHN"],
    "flow": ["import", "import", "export", "export", "export"],
    "native_code": ["85051110", "85051110", "25111000", "02013000", "850511"],
    "value_usd": [913916.5973856125, 407235.36635864805, 131278.4226369657, 499.0, 1.0],
    "qty_kg": [37402.0, 47612.0, 226630.0, 0.0, 1.0],
    "confidential": [False, False, True, False, False],
}


def only(name: str, content: object) -> Parsed:
    (parsed,) = parse([raw_file(name, content)])
    return parsed


def test_odata_gives_pounds_flows_and_leading_zeros() -> None:
    parsed = only("ots.json", PAGE)
    first, second = parsed.tables["flows"].to_pylist()
    assert (parsed.partition, parsed.known_from_date) == ("M202503/202503", date(2025, 5, 20))
    assert (first["flow"], first["partner"], first["value_gbp"]) == ("import", "CN", 1000.0)
    assert (first["value_usd"], first["is_converted_upstream"]) == (None, False)
    assert (second["flow"], second["product_code"]) == ("export", "04061000")
    assert parsed.tables["flows"].schema == find_source("uk_hmrc").tables["flows"].schema


def test_suppression_and_the_letters_of_a_country_are_kept() -> None:
    country = {"CountryId": 528, "CountryCodeAlpha": "NA"}
    page = {"value": [odata_row(SuppressionIndex=2, Country=country)]}
    (row,) = only("ots.json", page).tables["flows"].to_pylist()
    assert (row["partner"], row["is_confidential"]) == ("NA", True)


def test_a_response_with_numbers_of_countries_only_is_refused() -> None:
    row = odata_row()
    del row["Country"]
    with pytest.raises(UnknownLayoutError, match=r"\$expand=Country"):
        only("ots.json", {"value": [row]})


def test_typed_and_quoted_cells_are_the_same_row() -> None:
    texts = {"MonthId": "202503", "FlowTypeId": "3", "CommodityId": "85051110.0", "Value": "1000.0",
             "NetMass": "40", "SuppressionIndex": "0"}  # fmt: skip
    found = [only("ots.json", {"value": [odata_row(**changes)]}) for changes in ({}, texts)]
    first, second = (one.tables["flows"].drop_columns(["payload_sha256"]) for one in found)
    assert first.equals(second)


def test_pages_are_one_edition_and_a_missing_last_page_is_an_error() -> None:
    first = {**PAGE, "@odata.nextLink": "https://api.uktradeinfo.com/OTS?$skip=2"}
    with pytest.raises(CorruptFileError, match="last page is missing"):
        only("p1.json", first)
    second = {"value": [odata_row(MonthId=202504)]}
    parsed = list(parse([raw_file("p1.json", first), raw_file("p2.json", second)]))
    assert [p.partition for p in parsed] == ["M202504/202503", "M202504/202504"]
    assert [p.tables["flows"].num_rows for p in parsed] == [2, 1]


def test_a_missing_page_amid_others_is_an_error() -> None:
    begin = "https://api.uktradeinfo.com/OTS?$top=9&%24skip="
    second = {"value": [odata_row(PortId=2)] * 2, "@odata.nextLink": f"{begin}4"}
    last = {"value": [odata_row(PortId=3)]}
    with pytest.raises(CorruptFileError, match="begins after 2 rows, and no other ends there"):
        list(parse([raw_file("p2.json", second), raw_file("p3.json", last)]))
    counted = {"@odata.count": 9000, "value": [odata_row()]}
    with pytest.raises(CorruptFileError, match="1 of 9,000 rows are given"):
        only("p.json", counted)


def test_a_response_in_two_formats_is_not_counted_twice() -> None:
    files = [raw_file("a.json", PAGE), raw_file("b.json", json.dumps(PAGE, indent=1))]
    with pytest.raises(SourceError, match=r"the same rows were given twice \(a.json and b.json\)"):
        list(parse(files))


def test_a_table_of_the_response_gives_its_rows() -> None:
    names = "MonthId,FlowTypeId,SuppressionIndex,CommodityId,CountryId,Value,NetMass"
    table = f"{names},Country.CountryCodeAlpha\n202503,3,0,85051110,720,1000.0,40.0,CN\n"
    wanted = only("ots.json", {"value": [odata_row()]}).tables["flows"].to_pylist()
    found = only("ots.csv", table).tables["flows"].to_pylist()
    assert _rows(found) == _rows(wanted)
    with pytest.raises(UnknownLayoutError, match=r"\$expand=Country"):
        only("ots.csv", f"{names}\n202503,3,0,85051110,720,1000.0,40.0\n")
    with pytest.raises(UnknownLayoutError, match="known layouts are: odata_json"):
        only("SMKE19202503.txt", "000000000|000|00|00\n010121000|720|003|1000\n")


def _rows(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    lineage = ("payload_sha256", "row_locator")
    return [{k: v for k, v in row.items() if k not in lineage} for row in found]


def test_only_hmrc_rows_of_the_extract_are_parsed() -> None:
    old, new = parse([raw_file("many.parquet", parquet_bytes(EXTRACT))])
    assert (old.partition, new.partition) == ("M202606/2024", "M202606/2026")
    assert old.tables["flows"]["is_complete"].to_pylist() == [False, False]
    rows = new.tables["flows"].to_pylist()
    assert [(r["partner"], r["is_confidential"]) for r in rows] == [("n/a", True), ("TWN", False)]
    assert rows[1]["product_code"] == "02013000"
    assert all(r["is_converted_upstream"] for r in rows)


def test_the_selection_adds_repeated_lines_and_counts_them() -> None:
    old, _ = select_bundle(parse([raw_file("many.parquet", parquet_bytes(EXTRACT))]))
    (row,) = old.tables["flows"].to_pylist()
    assert (row["value_usd"], row["net_mass_kg"], row["n_lines"]) == (1321000.0, 85014.0, 2)
    assert row["row_locator"].startswith("sum of 2 rows from many.parquet:1")


@pytest.mark.parametrize(
    ("name", "content", "error", "message"),
    [
        ("a.json", b"", CorruptFileError, "empty"),
        ("a.json", "Too many requests", CorruptFileError, "plain text"),
        ("a.json", json.dumps(PAGE)[:-5], CorruptFileError, "cannot be read"),
        ("a.json", [1, 2], UnknownLayoutError, "odata_json"),
        ("a.json", {"value": [{"a": 1}]}, UnknownLayoutError, "the fields a"),
        ("a.json", {"value": []}, CorruptFileError, "no row"),
        (
            "a.json",
            {"value": [odata_row(MonthId=85051110, CommodityId=202503)]},
            CorruptFileError,
            "no row",
        ),
        ("a.parquet", parquet_bytes({"a": [1]}), UnknownLayoutError, "multi_source_parquet"),
        (
            "a.parquet",
            parquet_bytes({**EXTRACT, "source": ["baci"] * 5}),
            CorruptFileError,
            "no row",
        ),
        ("a.parquet", parquet_bytes(EXTRACT)[:-30], CorruptFileError, "Parquet"),
    ],
)
def test_an_invalid_file_is_rejected(
    name: str, content: object, error: type[SourceError], message: str
) -> None:
    with pytest.raises(error, match=message):
        list(parse([raw_file(name, content)]))


def test_rows_without_a_product_are_quarantined() -> None:
    page = {
        "value": [
            odata_row(),
            odata_row(CommodityId=-990),
            odata_row(Value=None),
            odata_row(FlowTypeId=9),
        ]
    }
    parsed = only("ots.json", page)
    assert [q.line for q in parsed.quarantine] == [2, 3, 4]
    assert parsed.tables["flows"].num_rows == 1


def test_the_bundle_keeps_the_months_totals(shared_data: Path) -> None:
    path = shared_data / "trade/flows_multisource_2024_2026.parquet"
    bundled = find_source("uk_hmrc").bundled / "flows"
    for parsed in parse([raw_file(path.name, path.read_bytes())]):
        ours = pq.read_table(bundled / f"{parsed.partition.replace('/', '__')}.parquet").to_pandas()
        full = parsed.tables["flows"].to_pandas()
        assert ours["n_lines"].sum() == len(full)
        sums = [
            f.groupby(["period", "flow", f["product_code"].str[:6]])["value_usd"].sum()
            for f in (ours, full)
        ]
        assert (sums[0] - sums[1]).abs().max() <= 500.0 + 1e-6
        assert (ours["value_usd"] % 1000 == 0).all()
