"""A fake World Bank API v2, with its faults."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.sources.fake_publisher import FakePublisher, Request, Response

COUNTRIES = (("AFG", "AF", "Afghanistan"), ("JPN", "JP", "Japan"), ("TWN", "TW", "Taiwan, China"))
YEARS = ("2023", "2022")
KINDS = {"EST": -1.25, "STD.ERR": 0.25, "NO.SRC": 9}


@dataclass
class WorldBank(FakePublisher):
    """Six entries per series; `lost` drops an entry of a page."""

    prefix: str = "GOV_WGI_"
    updated: str = "2024-11-05"

    def entries(self, series: str) -> list[dict[str, object]]:
        kind = series.removeprefix(self.prefix).partition(".")[2]
        return [
            {
                "indicator": {"id": series, "value": series},
                "country": {"id": iso2, "value": name},
                "countryiso3code": iso3,
                "date": year,
                "value": None if (iso3, year) == ("TWN", "2022") else KINDS[kind],
                "unit": "",
                "obs_status": "",
                "decimal": 1,
            }
            for iso3, iso2, name in COUNTRIES
            for year in YEARS
        ]

    def body(self, series: str, page: int, per_page: int) -> bytes:
        if not series.startswith(self.prefix):
            message = {"id": "120", "key": "Invalid value", "value": "The indicator was not found"}
            return json.dumps([{"message": [message]}]).encode()
        entries = self.entries(series)
        head = {
            "page": page,
            "pages": -(-len(entries) // per_page),
            "per_page": str(per_page),
            "total": len(entries),
            "sourceid": "3",
            "lastupdated": self.updated,
        }
        return json.dumps([head, entries[(page - 1) * per_page : page * per_page]]).encode()

    def respond(self, request: Request, fault: str) -> Response:
        series = request.path.rpartition("/")[2]
        body = self.body(series, int(request.query["page"]), int(request.query["per_page"]))
        if fault == "lost":
            head, entries = json.loads(body)
            return Response(json.dumps([head, entries[:-1]]).encode())
        return Response(body)


@pytest.fixture
def bank(monkeypatch: pytest.MonkeyPatch) -> Iterator[WorldBank]:
    with WorldBank().serving() as bank:
        monkeypatch.setenv("PAX_WGI_BASE_URL", bank.url)
        monkeypatch.setenv("PAX_WGI_PER_PAGE", "4")
        yield bank
