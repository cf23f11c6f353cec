"""Files of every layout as rows of `trade`, on invented figures; invalid files and rows."""

from __future__ import annotations

import gzip
import json
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sources.kit.contract import Parsed, RawFile
from sources.kit.errors import CorruptFileError, UnknownLayoutError
from sources.un_comtrade.parse import parse
from tests.sources.files import raw_file

API_HEADER = (
    "typeCode,freqCode,refPeriodId,refYear,refMonth,period,reporterCode,reporterDesc,flowCode,"
    "partnerCode,partner2Code,classificationCode,cmdCode,customsCode,mosCode,motCode,qtyUnitCode,"
    "qty,netWgt,isNetWgtEstimated,cifvalue,fobvalue,primaryValue,legacyEstimationFlag"
)
SNAKE_HEADER = re.sub("(?=[A-Z])", "_", API_HEADER).lower()
API_LINE = (
    "C,A,20220101,2022,52,2022,842,USA,M,156,0,H6,010121,C00,0,0,8,10.5,11,False,120.5,,120.5,0"
)
API_OBJECT: dict[str, Any] = {
    "typeCode": "C", "freqCode": "A", "refPeriodId": 20220101, "refYear": 2022, "refMonth": 52,
    "period": "2022", "reporterCode": 842, "reporterISO": None, "flowCode": "M",
    "partnerCode": 156, "partner2Code": 0, "classificationCode": "H6", "cmdCode": "010121",
    "cmdDesc": None, "customsCode": "C00", "mosCode": "0", "motCode": 0, "qtyUnitCode": 8,
    "qty": 10.5, "netWgt": 11, "isNetWgtEstimated": False, "cifvalue": 120.5, "fobvalue": None,
    "primaryValue": 120.5, "legacyEstimationFlag": 0,
}  # fmt: skip
EXPECTED = {
    "type_code": "C", "freq_code": "A", "ref_year": 2022, "ref_month": 52, "period": "2022",
    "reporter_code": "842", "partner_code": "156", "partner2_code": "0", "flow_code": "M",
    "classification_code": "H6", "cmd_code": "010121", "customs_code": "C00", "mos_code": "0",
    "mot_code": "0", "qty_unit_code": 8, "qty": 10.5, "net_wgt_kg": 11.0,
    "is_net_wgt_estimated": False, "cif_value_usd": 120.5, "fob_value_usd": None,
    "primary_value_usd": 120.5, "legacy_estimation_flag": 0, "has_dimensions": True,
}  # fmt: skip


def raw(content: bytes | str, name: str = "x.csv", **hints: str) -> RawFile:
    return raw_file(name, content, datetime(2026, 1, 2, tzinfo=UTC), **hints)


def only(content: bytes | str, name: str = "x.csv", **hints: str) -> Parsed:
    (parsed,) = parse([raw(content, name, **hints)])
    return parsed


def rows(parsed: Parsed) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = parsed.tables["trade"].to_pylist()
    return found


def envelope(*objects: dict[str, Any], indent: int | None = None) -> bytes:
    body = {"elapsedTime": "0.1 secs", "count": len(objects), "data": list(objects), "error": ""}
    separators = None if indent else (",", ":")
    return json.dumps(body, indent=indent, separators=separators).encode()


def shown(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in EXPECTED}


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (f"{API_HEADER}\n{API_LINE}\n", "api.csv"),
        (f"\ufeff{API_HEADER}\r\n{API_LINE}\r\n", "bom.csv"),
        (f"{API_HEADER}\n{API_LINE},\n", "as the website writes it.csv"),
        (f"{API_HEADER}\n{API_LINE.partition(',')[2]},\n", "saved without its index.csv"),
        (f",{API_HEADER}\n{API_LINE},\n", "saved with its index.csv"),
        (gzip.compress(f"{API_HEADER}\n{API_LINE}\n".encode()), "api.csv.gz"),
        (f"{API_HEADER.upper()}\n{API_LINE}\n".replace(",", "\t"), "COMTRADE-FINAL.tsv"),
        (f"{API_HEADER}\n{API_LINE}\n".replace("USA", "Å").encode("latin-1"), "latin.csv"),
        (f"{API_HEADER}\n{API_LINE}\n".replace("010121", "10121"), "lost zero.csv"),
        (f"{SNAKE_HEADER}\n{API_LINE}\n", "as R's client writes it.csv"),
        (envelope(API_OBJECT), "page.json"),
        (envelope(API_OBJECT, indent=1), "pretty.json"),
        (envelope(API_OBJECT | {"period": 2022, "qty": "10.5"}), "mixed types.json"),
        (envelope(API_OBJECT | {"cmdDesc": "},{"}), "a seam in a text.json"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 40 else "content",
)
def test_every_layout_gives_the_same_row(content: bytes | str, name: str) -> None:
    parsed = only(content, name)
    assert [shown(row) for row in rows(parsed)] == [EXPECTED]
    assert parsed.partition.startswith("file/")
    assert (parsed.edition, parsed.known_from_basis) == ("2026-01-02", "inferred")
    assert list(parsed.quarantine) == []


def test_missing_dimensions_are_null() -> None:
    parsed = only("year,reporter,partner,cmd,flow,value,netwgt,qty,qtyunit\n"
                  "2022,56,0,250490,M,1159.5,271.5,271.5,8\n"
                  "2022,056,300,250490,X,100,,,\n")  # fmt: skip
    first, second = rows(parsed)
    assert (first["reporter_code"], second["reporter_code"]) == ("56", "56")
    assert not first["has_dimensions"]
    assert (first["partner2_code"], first["customs_code"], first["mot_code"]) == (None, None, None)
    assert (second["net_wgt_kg"], second["qty"], second["qty_unit_code"]) == (None, None, None)
    assert second["row_locator"] == "x.csv:3"


def test_a_missing_period_needs_a_hint() -> None:
    text = "reporter,partner,cmd,flow,value\n842,156,811292,M,5\n"
    with pytest.raises(CorruptFileError, match="--year 2022"):
        only(text)
    (row,) = rows(only(text, year="2021"))
    assert (row["period"], row["freq_code"], row["ref_month"]) == ("2021", "A", 52)


def test_months() -> None:
    header, line = API_HEADER, API_LINE.replace(",A,", ",M,").replace(",52,2022,", ",3,202203,")
    (row,) = rows(only(f"{header}\n{line}\n"))
    assert (row["freq_code"], row["ref_year"], row["ref_month"], row["period"]) == (
        "M", 2022, 3, "202203",
    )  # fmt: skip
    without = API_HEADER.replace(",period,", ",nothing,")
    (row,) = rows(only(f"{without}\n{line}\n"))
    assert row["period"] == "202203"


def test_the_release_in_a_bulk_files_name() -> None:
    content = gzip.compress(f"{API_HEADER}\n{API_LINE}\n".replace(",", "\t").encode())
    parsed = only(content, "COMTRADE-FINAL-CA842202201[2024-05-01].gz")
    assert (parsed.edition, parsed.known_from_basis) == ("2024-05-01", "published")
    assert parsed.known_from_date == date(2024, 5, 1)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ((",M,", ",Q,"), "unknown flow"),
        ((",842,", ",USA,"), "the reporter is not a"),
        ((",156,", ",CN,"), "the partner is not a"),
        ((",120.5,0", ",,0"), "no value"),
        ((",120.5,0", ",-1,0"), "a negative value"),
        ((",52,2022,", ",52,20222,"), "no valid period"),
        ((",0,0,8,", ",0,0,0,0,8,"), "26 cells where the header has 24"),
    ],
)
def test_an_invalid_row_is_quarantined(change: tuple[str, str], reason: str) -> None:
    bad = API_LINE.replace(*change)
    parsed = only("\n".join([API_HEADER, API_LINE, bad, API_LINE]) + "\n")
    assert [row["row_locator"] for row in rows(parsed)] == ["x.csv:2", "x.csv:4"]
    (kept,) = parsed.quarantine
    assert (kept.file, kept.line) == ("x.csv", 3)
    assert reason in kept.reason


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        ("", CorruptFileError, "empty"),
        ("iso,year\nUSA,2022\n", UnknownLayoutError, "known layouts are: api_json"),
        (API_HEADER.replace("primaryValue", "v") + "\n", UnknownLayoutError, "lacks primaryValue"),
        (API_HEADER + "\n", CorruptFileError, "no row can be read"),
        (envelope(API_OBJECT)[:-40], CorruptFileError, "not whole JSON|truncated"),
        (
            envelope(API_OBJECT).replace(b'"count":1', b'"count":2'),
            CorruptFileError,
            "counts 2 rows",
        ),
        (b'{"statusCode":401,"message":"Access denied"}', CorruptFileError, "401: Access denied"),
        (
            b'{"count":-1,"data":[],"error":"Invalid parameter"}',
            CorruptFileError,
            "Invalid parameter",
        ),
        (envelope(), CorruptFileError, "no row can be read"),
    ],
)
def test_an_invalid_file_is_rejected(
    content: bytes | str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        only(content)
