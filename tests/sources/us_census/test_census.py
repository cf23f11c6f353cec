"""Census responses and the annual extract (U.S. Census Bureau, public domain); real values."""

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
from sources.us_census.bundle_selection import select_bundle
from sources.us_census.parse import parse
from tests.sources.files import parquet_bytes, raw_file

RESPONSE = [
    ["I_COMMODITY", "I_COMMODITY_SDESC", "CTY_CODE", "CTY_NAME", "CON_VAL_MO", "time"],
    ["3818000010", "GAAS WAFERS", "-", "TOTAL FOR ALL COUNTRIES", "300", "2025-03"],
    ["3818000010", "GAAS WAFERS", "0003", "EUROPEAN UNION", "100", "2025-03"],
    ["3818000010", "GAAS WAFERS", "4XXX", "EUROPE", "100", "2025-03"],
    ["3818000010", "GAAS WAFERS", "4280", "GERMANY", "100", "2025-03"],
    ["3818000010", "GAAS WAFERS", "5880", "JAPAN", "200", "2025-03"],
]
EXTRACT: dict[str, Any] = {
    "year": [2024, 2024, 2024, 2024],
    "cty_code": ["0003", "4359", "5880", "7910"],
    "cty_name": ["EUROPEAN UNION", "SLOVAKIA", "JAPAN", "SOUTH AFRICA"],
    "hs10": ["3818000010", "3818000010", "3818000090", "0802120005"],
    "hs6": ["381800", "381800", "381800", "080212"],
    "description": ["GALLIUM ARSENIDE WAFERS, DOPED"] * 4,
    "con_val_usd": [49702043, 7200, 609393301, 0],
    "cal_duty_usd": [0, 0, 0, 0],
}


def only(name: str, content: object) -> Parsed:
    (parsed,) = parse([raw_file(name, content)])
    return parsed


def test_totals_and_regions_are_dropped_and_decide_the_scope() -> None:
    parsed = only("imports.json", RESPONSE)
    rows = parsed.tables["flows"].to_pylist()
    assert (parsed.partition, parsed.known_from_date) == ("M202503/202503", date(2025, 5, 10))
    assert [(r["cty_code"], r["value_usd"]) for r in rows] == [("4280", 100.0), ("5880", 200.0)]
    assert {r["scope"] for r in rows} == {"all_partners"}
    assert {r["cal_duty_usd"] for r in rows} == {None}
    assert rows[0]["row_locator"] == "imports.json:5"
    assert parsed.tables["flows"].schema == find_source("us_census").tables["flows"].schema


def test_a_response_without_its_total_covers_listed_partners() -> None:
    rows = only("i.json", [RESPONSE[0], *RESPONSE[4:]]).tables["flows"].to_pylist()
    assert {r["scope"] for r in rows} == {"listed_partners"}


def test_the_year_to_date_of_december_is_the_year() -> None:
    header = [name.replace("_MO", "_YR") for name in RESPONSE[0]]
    december = [header, *([*row[:-1], "2024-12"] for row in RESPONSE[1:])]
    parsed = only("i.json", december)
    assert parsed.partition == "A2024/2024"
    with pytest.raises(CorruptFileError, match="not December"):
        only("i.json", [header, *RESPONSE[1:]])


def test_responses_of_two_commodities_are_one_partition() -> None:
    other = [RESPONSE[0], *(["3818000090", *row[1:]] for row in RESPONSE[1:])]
    (parsed,) = parse([raw_file("a.json", RESPONSE), raw_file("b.json", other)])
    assert parsed.tables["flows"].num_rows == 4
    assert [f.name for f in parsed.files] == ["a.json", "b.json"]


def test_the_extract_keeps_the_union_and_leading_zeros() -> None:
    rows = only("us.parquet", parquet_bytes(EXTRACT)).tables["flows"].to_pylist()
    assert [r["cty_code"] for r in rows] == ["0003", "4359", "5880", "7910"]
    assert rows[3]["product_code"] == "0802120005"
    assert {r["scope"] for r in rows} == {"listed_partners"}


@pytest.mark.parametrize(
    ("name", "content", "error", "message"),
    [
        ("a.json", b"", CorruptFileError, "empty"),
        ("a.json", "<html>Missing Key</html>", CorruptFileError, "key"),
        ("a.json", json.dumps(RESPONSE)[:-20], CorruptFileError, "truncated"),
        ("a.json", {"rows": []}, UnknownLayoutError, "api_json"),
        ("a.json", [["A", "B"], ["1", "2"]], UnknownLayoutError, "I_COMMODITY"),
        ("a.json", [RESPONSE[0], RESPONSE[1][:-1]], CorruptFileError, "cells"),
        ("a.json", [RESPONSE[0]], CorruptFileError, "no row"),
        ("a.json", [*RESPONSE, RESPONSE[5]], CorruptFileError, "more than once"),
        (
            "a.json",
            [RESPONSE[0], *(row[1:] + row[:1] for row in RESPONSE[1:])],
            CorruptFileError,
            "no row",
        ),
        (
            "a.json",
            [[n.replace("CON_", "GEN_") for n in RESPONSE[0]], *RESPONSE[1:]],
            UnknownLayoutError,
            "another basis",
        ),
        (
            "a.json",
            [RESPONSE[0], RESPONSE[5], ["381800", *RESPONSE[5][1:]]],
            CorruptFileError,
            "HS6 and HS10",
        ),
        ("a.parquet", parquet_bytes({"a": [1]}), UnknownLayoutError, "annual_extract_parquet"),
        ("a.parquet", parquet_bytes(EXTRACT)[:-40], CorruptFileError, "Parquet"),
    ],
)
def test_an_invalid_file_is_rejected(
    name: str, content: object, error: type[SourceError], message: str
) -> None:
    with pytest.raises(error, match=message):
        list(parse([raw_file(name, content)]))


def test_a_value_that_is_not_a_number_is_quarantined() -> None:
    parsed = only("i.json", [*RESPONSE, ["3818000010", "X", "5800", "KOREA", "(D)", "2025-03"]])
    assert [q.line for q in parsed.quarantine] == [7]


def test_the_bundle_keeps_hs6_totals_of_each_partner(shared_data: Path) -> None:
    path = shared_data / "trade/more/us_census_imports_hs10_2024_critical.parquet"
    (parsed,) = parse([raw_file(path.name, path.read_bytes())])
    (selected,) = select_bundle([parsed])
    bundled = find_source("us_census").bundled / "flows/A2024__2024.parquet"
    ours = pq.read_table(bundled).to_pandas()
    assert len(ours) == selected.tables["flows"].num_rows == 6167
    sums = [
        f.groupby([f["cty_code"], f["product_code"].str[:6]])["value_usd"].sum()
        for f in (ours, parsed.tables["flows"].to_pandas())
    ]
    assert (sums[0] - sums[1]).abs().max() <= 500.0
    assert (ours["value_usd"] % 1000 == 0).all()
