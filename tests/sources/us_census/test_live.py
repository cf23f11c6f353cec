"""Live access to US trade against a fake Census."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pyarrow.parquet as pq
import pytest

from sources.kit.errors import SourceError, SourceUnavailableError
from sources.us_census import fetch
from tests.sources.fake_publisher import FakePublisher, Request, Response
from tests.sources.files import land_live
from warehouse.paths import DataPaths
from warehouse.storage.load_records import Landed, list_load_records

KEY = "s3cret-key-of-forty-characters"
#: flow, HS10, country, value
TRADE = [
    ("imports", "8112921000", "5880", 300), ("imports", "8112921000", "4280", 100),
    ("imports", "8112926000", "5880", 50), ("exports", "8542310070", "5880", 9000),
    ("imports", "8542390070", "4280", 70), ("imports", "8112999000", "4280", 7),
]  # fmt: skip
NAMES = {"-": "TOTAL FOR ALL COUNTRIES", "0003": "EUROPEAN UNION", "4XXX": "EUROPE",
         "4280": "GERMANY", "5880": "JAPAN"}  # fmt: skip


def census(path: str, query: dict[str, str]) -> Response:
    """Rows of texts below a header; the conditions are repeated as columns at the end."""
    if query.get("key") != KEY:
        page = f"<html><title>Invalid Key</title>{query.get('key')} is no valid key.</html>"
        return Response(page.encode(), 200, "text/html")
    flow = path.split("/")[4]
    letter = {"imports": "I", "exports": "E"}[flow]
    prefix = query[f"{letter}_COMMODITY"].rstrip("*")
    lines = [t for t in TRADE if t[0] == flow and t[1].startswith(prefix)]
    if query["COMM_LVL"] != "HS10" or query["time"] != "2026-06" or not lines:
        return Response(b"", 204)
    header = [*query["get"].split(","), f"{letter}_COMMODITY", "COMM_LVL", "time"]
    rows = []
    for code in sorted({line[1] for line in lines}):
        by_country = {line[2]: line[3] for line in lines if line[1] == code}
        europe = sum(v for c, v in by_country.items() if c.startswith("4"))
        groups = {"-": sum(by_country.values()), "0003": europe, "4XXX": europe}
        for country, value in {**groups, **by_country}.items():
            row = {"CTY_CODE": country, "CTY_NAME": NAMES[country], "COMM_LVL": "HS10",
                   f"{letter}_COMMODITY": code, f"{letter}_COMMODITY_SDESC": "A LINE",
                   "CON_VAL_MO": str(value), "ALL_VAL_MO": str(value), "CAL_DUT_MO": "0",
                   "time": "2026-06"}  # fmt: skip
            rows.append([row[name] for name in header])
    return Response(json.dumps([header, *rows]).encode())


class Bureau(FakePublisher):
    def respond(self, request: Request, fault: str) -> Response:
        return census(request.path, request.query)


@pytest.fixture
def bureau(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bureau]:
    with Bureau().serving() as publisher:
        monkeypatch.setenv("PAX_CENSUS_BASE_URL", publisher.url)
        monkeypatch.setenv("CENSUS_API_KEY", KEY)
        yield publisher


def live(paths: DataPaths, month: str = "202606") -> list[Landed]:
    return land_live(paths, "us_census", month)


def test_imports_and_exports_of_a_month_land_without_totals(
    bureau: Bureau, data_dir: DataPaths
) -> None:
    (landed,) = live(data_dir)
    load_record = landed.load_record
    (path,) = (data_dir.landing / "us_census/flows").glob("M202606*.parquet")
    rows = pq.read_table(path).sort_by([("product_code", "ascending"), ("cty_code", "ascending")])
    assert [tuple(r[n] for n in ("flow", "product_code", "cty_code", "value_usd"))
            for r in rows.to_pylist()] == [
        ("import", "8112921000", "4280", 100.0),
        ("import", "8112921000", "5880", 300.0),
        ("import", "8112926000", "5880", 50.0),
        ("import", "8112999000", "4280", 7.0),
        ("export", "8542310070", "5880", 9000.0),
        ("import", "8542390070", "4280", 70.0),
    ]  # fmt: skip
    assert set(rows["scope"].to_pylist()) == {"all_partners"}
    # a heading without trade is not an error and has no file
    assert len(load_record.files) == 3
    assert len(bureau.requests) == 2 * len({c[:4] for c in fetch.hs6_scope()})


def test_the_key_is_in_no_record_and_no_message(
    bureau: Bureau, data_dir: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    (landed,) = live(data_dir)
    assert KEY not in landed.load_record.to_json().decode()
    assert all("key=***" in file.url for file in landed.load_record.files)
    monkeypatch.setenv("CENSUS_API_KEY", "another-s3cret")
    with pytest.raises(SourceUnavailableError, match="web page") as caught:
        live(data_dir)
    assert "another-s3cret" not in str(caught.value)
    monkeypatch.setenv("CENSUS_API_KEY", " ")
    with pytest.raises(SourceUnavailableError, match=r"needs a key.*\n.*key_signup"):
        live(data_dir)


@pytest.mark.parametrize("fault", ["429", "503", "cut"])
def test_a_temporary_fault_is_retried(bureau: Bureau, data_dir: DataPaths, fault: str) -> None:
    bureau.faults = ["", fault, "", fault]
    assert live(data_dir)[0].load_record.n_rows == 6


@pytest.mark.parametrize(("fault", "message"), [("half", "truncated"), ("503", "503, after 3")])
def test_a_failure_lands_nothing(
    bureau: Bureau, data_dir: DataPaths, fault: str, message: str
) -> None:
    bureau.always = fault
    with pytest.raises(SourceError, match=message):
        live(data_dir)
    assert list_load_records(data_dir) == []


def test_a_month_without_rows_is_an_error(bureau: Bureau, data_dir: DataPaths) -> None:
    with pytest.raises(SourceUnavailableError, match="not published yet"):
        live(data_dir, "202612")
