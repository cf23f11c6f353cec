"""UK trade goes the whole live way against a loopback OData service."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date

import pytest

from sources.kit.catalog import find_source
from sources.kit.errors import SourceError, SourceUnavailableError
from sources.kit.http import HttpClient
from sources.uk_hmrc import fetch
from tests.sources.fake_publisher import Answer, Publisher, publishing
from warehouse.paths import DataPaths
from warehouse.storage.landing import land_files
from warehouse.storage.load_records import Landed, list_load_records

SPEC = find_source("uk_hmrc")
ROWS = [(81129289, 720, 3, 900.0), (81129295, 720, 3, 100.0), (85051110, 400, 4, 50.0),
        (61091000, 720, 3, 7.0)]  # fmt: skip
PAGE = 1


class Service:
    """$filter by ranges of CommodityId, one row a page, `@odata.nextLink` to the next."""

    def __init__(self) -> None:
        self.elsewhere = ""
        self.url = ""

    def __call__(self, path: str, query: dict[str, str]) -> Answer:
        if path != "/OTS":
            return Answer(b"no such entity", 404, "text/plain")
        if "month" in query:  # the service's own links need no filter
            month, skip, codes = query["month"], int(query["$skip"]), query["codes"]
        else:
            month = re.findall(r"MonthId eq (\d+)", query["$filter"])[0]
            skip, codes = 0, ",".join(re.findall(r"ge (\d{8})", query["$filter"]))
        wanted = [r for r in ROWS if any(int(c) <= r[0] <= int(c) + 99 for c in codes.split(","))]
        rows = [self.row(month, *r) for r in wanted[skip : skip + PAGE] if month == "202606"]
        body: dict[str, object] = {"@odata.context": "x#OTS", "value": rows}
        if rows and len(wanted) > skip + PAGE:
            host = self.elsewhere or self.url
            body["@odata.nextLink"] = f"{host}/OTS?month={month}&$skip={skip + PAGE}&codes={codes}"
        return Answer(json.dumps(body).encode())

    @staticmethod
    def row(month: str, code: int, country: int, flow: int, value: float) -> dict[str, object]:
        return {
            "MonthId": int(month), "FlowTypeId": flow, "SuppressionIndex": 0,
            "CommodityId": code, "CountryId": country, "PortId": 1, "Value": value,
            "NetMass": 2.0, "SuppUnit": 0.0,
            "Country": {"CountryId": country, "CountryCodeAlpha": {720: "CN", 400: "US"}[country]},
        }  # fmt: skip


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def hmrc(service: Service, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    with publishing(service) as publisher:
        service.url = publisher.url
        monkeypatch.setenv("PAX_HMRC_BASE_URL", publisher.url)
        yield publisher


def live(paths: DataPaths, month: str = "202606") -> list[Landed]:
    with HttpClient("uk_hmrc", attempts=3, first_wait=0.0, longest_wait=0.01) as http:
        return land_files(SPEC, list(fetch.fetch(month, http)), "live", paths)


def test_all_pages_of_a_month_land_in_pounds_with_letters(
    hmrc: Publisher, data_dir: DataPaths
) -> None:
    (landed,) = live(data_dir)
    receipt = landed.load_record
    assert re.fullmatch(r"M202606\.R\d{8}/202606", receipt.partition)
    assert (receipt.known_from_basis, receipt.n_rows) == ("published", 3)
    path = data_dir.landing / f"uk_hmrc/flows/{receipt.partition.replace('/', '__')}.parquet"
    import pyarrow.parquet as pq

    rows = pq.read_table(path).sort_by("product_code").to_pylist()
    assert [(r["product_code"], r["partner"], r["flow"], r["value_gbp"]) for r in rows] == [
        ("81129289", "CN", "import", 900.0),
        ("81129295", "CN", "import", 100.0),
        ("85051110", "US", "export", 50.0),
    ]
    assert {r["value_usd"] for r in rows} == {None}
    assert max(len(asked) for asked in hmrc.asked) < 2000  # an address that servers take


@pytest.mark.parametrize("mood", ["429", "503", "cut", "text"])
def test_what_passes_is_waited_for(hmrc: Publisher, data_dir: DataPaths, mood: str) -> None:
    hmrc.moods = ["", mood, "", mood]
    assert live(data_dir)[0].load_record.n_rows == 3


@pytest.mark.parametrize(
    ("mood", "says"),
    [
        ("text", "plain text, after 3 attempts.*Too many requests"),
        ("html", "a web page, not data"),
        ("half", "not whole JSON"),
        ("cut", "no answer"),
    ],
)
def test_a_failure_in_the_middle_lands_nothing(
    hmrc: Publisher, data_dir: DataPaths, mood: str, says: str
) -> None:
    hmrc.moods, hmrc.always = ["", ""], mood
    with pytest.raises(SourceUnavailableError, match=says):
        live(data_dir)
    assert list_load_records(data_dir) == []


def test_pages_are_followed_on_the_same_host_only(
    hmrc: Publisher, service: Service, data_dir: DataPaths
) -> None:
    service.elsewhere = "http://example.org"
    with pytest.raises(SourceUnavailableError, match=r"another host: example\.org"):
        live(data_dir)


def test_a_month_that_is_not_out_is_no_month_without_trade(
    hmrc: Publisher, data_dir: DataPaths
) -> None:
    with pytest.raises(SourceUnavailableError, match="not out yet"):
        live(data_dir, "202612")
    with pytest.raises(SourceError, match="is no month"):
        live(data_dir, "2026")


def test_the_same_figures_land_once_whatever_the_day(hmrc: Publisher, data_dir: DataPaths) -> None:
    live(data_dir)
    (again,) = live(data_dir)
    assert again.outcome == "unchanged"


def test_months_that_are_out_by_a_day() -> None:
    today = date(2026, 8, 20)
    assert fetch.list_partitions(today)[0] == fetch.FIRST_MONTH
    assert fetch.default_partitions(today) == ["202604", "202605", "202606"]
