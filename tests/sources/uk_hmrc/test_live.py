"""Live access to UK trade against a fake OData service."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pyarrow.parquet as pq
import pytest

from sources.kit.errors import SourceError, SourceUnavailableError
from sources.uk_hmrc import fetch
from tests.sources.fake_publisher import FakePublisher, Request, Response
from tests.sources.files import land_live
from warehouse.paths import DataPaths
from warehouse.storage.load_records import Landed, list_load_records

ROWS = [(81129289, 720, 3, 900.0), (81129295, 720, 3, 100.0), (85051110, 400, 4, 50.0),
        (61091000, 720, 3, 7.0)]  # fmt: skip
PAGE = 1


@dataclass
class Service(FakePublisher):
    """$filter by ranges of CommodityId, one row a page, `@odata.nextLink` to the next."""

    next_host: str = ""

    def respond(self, request: Request, fault: str) -> Response:
        query = request.query
        if request.path != "/OTS":
            return Response(b"no such entity", 404, "text/plain")
        if "month" in query:  # the links of the service have no filter
            month, skip, codes = query["month"], int(query["$skip"]), query["codes"]
        else:
            month = re.findall(r"MonthId eq (\d+)", query["$filter"])[0]
            skip, codes = 0, ",".join(re.findall(r"ge (\d{8})", query["$filter"]))
        wanted = [r for r in ROWS if any(int(c) <= r[0] <= int(c) + 99 for c in codes.split(","))]
        rows = [self.row(month, *r) for r in wanted[skip : skip + PAGE] if month == "202606"]
        body: dict[str, object] = {"@odata.context": "x#OTS", "value": rows}
        if rows and len(wanted) > skip + PAGE:
            host = self.next_host or self.url
            body["@odata.nextLink"] = f"{host}/OTS?month={month}&$skip={skip + PAGE}&codes={codes}"
        return Response(json.dumps(body).encode())

    @staticmethod
    def row(month: str, code: int, country: int, flow: int, value: float) -> dict[str, object]:
        return {
            "MonthId": int(month), "FlowTypeId": flow, "SuppressionIndex": 0,
            "CommodityId": code, "CountryId": country, "PortId": 1, "Value": value,
            "NetMass": 2.0, "SuppUnit": 0.0,
            "Country": {"CountryId": country, "CountryCodeAlpha": {720: "CN", 400: "US"}[country]},
        }  # fmt: skip


@pytest.fixture
def hmrc(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    with Service().serving() as service:
        monkeypatch.setenv("PAX_HMRC_BASE_URL", service.url)
        yield service


def live(paths: DataPaths, month: str = "202606") -> list[Landed]:
    return land_live(paths, "uk_hmrc", month)


def test_all_pages_of_a_month_land_in_pounds_with_letters(
    hmrc: Service, data_dir: DataPaths
) -> None:
    (landed,) = live(data_dir)
    load_record = landed.load_record
    assert re.fullmatch(r"M202606\.R\d{8}/202606", load_record.partition)
    assert (load_record.known_from_basis, load_record.n_rows) == ("published", 3)
    path = data_dir.landing / f"uk_hmrc/flows/{load_record.partition.replace('/', '__')}.parquet"
    rows = pq.read_table(path).sort_by("product_code").to_pylist()
    assert [(r["product_code"], r["partner"], r["flow"], r["value_gbp"]) for r in rows] == [
        ("81129289", "CN", "import", 900.0),
        ("81129295", "CN", "import", 100.0),
        ("85051110", "US", "export", 50.0),
    ]
    assert {r["value_usd"] for r in rows} == {None}
    assert max(len(request.target) for request in hmrc.requests) < 2000


@pytest.mark.parametrize("fault", ["429", "503", "cut", "text"])
def test_a_temporary_fault_is_retried(hmrc: Service, data_dir: DataPaths, fault: str) -> None:
    hmrc.faults = ["", fault, "", fault]
    assert live(data_dir)[0].load_record.n_rows == 3


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("text", "plain text: 'Too many requests.*after 3 attempts"),
        ("html", "a web page, not data"),
        ("half", "not whole JSON"),
        ("cut", "no response"),
    ],
)
def test_a_failure_in_the_middle_lands_nothing(
    hmrc: Service, data_dir: DataPaths, fault: str, message: str
) -> None:
    hmrc.faults, hmrc.always = ["", ""], fault
    with pytest.raises(SourceUnavailableError, match=message):
        live(data_dir)
    assert list_load_records(data_dir) == []


def test_pages_are_followed_on_the_same_host_only(hmrc: Service, data_dir: DataPaths) -> None:
    hmrc.next_host = "http://example.org"
    with pytest.raises(SourceUnavailableError, match=r"another host: http://example\.org"):
        live(data_dir)


def test_an_unpublished_month_is_an_error(hmrc: Service, data_dir: DataPaths) -> None:
    with pytest.raises(SourceUnavailableError, match="not published yet"):
        live(data_dir, "202612")
    with pytest.raises(SourceError, match="is not a month"):
        live(data_dir, "2026")


def test_unchanged_figures_do_not_land_again(hmrc: Service, data_dir: DataPaths) -> None:
    live(data_dir)
    (again,) = live(data_dir)
    assert again.outcome == "unchanged"


def test_months_published_on_a_day() -> None:
    today = date(2026, 8, 20)
    assert fetch.list_partitions(today)[0] == fetch.MONTHS.first
    assert fetch.default_partitions(today) == ["202604", "202605", "202606"]
