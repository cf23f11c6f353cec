"""A loopback server that speaks the World Bank's v2 wire format, with its moods."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest

from tests.sources.fake_publisher import spoilings
from tests.sources.loopback import Answer, asked_for, listening

COUNTRIES = (("AFG", "AF", "Afghanistan"), ("JPN", "JP", "Japan"), ("TWN", "TW", "Taiwan, China"))
YEARS = ("2023", "2022")
KINDS = {"EST": -1.25, "STD.ERR": 0.25, "NO.SRC": 9}


@dataclass
class WorldBank:
    """`moods` are answered once each, in order, before the server answers well again."""

    prefix: str = "GOV_WGI_"
    updated: str = "2024-11-05"
    moods: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    always: str = ""
    url: str = ""

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
            said = {"id": "120", "key": "Invalid value", "value": "The indicator was not found"}
            return json.dumps([{"message": [said]}]).encode()
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

    def respond(self, path: str, headers: Mapping[str, str]) -> Answer:
        self.asked.append(path)
        query = asked_for(path)
        series = urlsplit(path).path.rpartition("/")[2]
        answer = Answer(self.body(series, int(query["page"]), int(query["per_page"])))
        mood = self.moods.pop(0) if self.moods else self.always
        if mood == "lost":
            head, entries = json.loads(answer.body)
            return Answer(json.dumps([head, entries[:-1]]).encode())
        return spoilings(answer).get(mood, answer)


@pytest.fixture
def bank(monkeypatch: pytest.MonkeyPatch) -> Iterator[WorldBank]:
    bank = WorldBank()
    with listening(bank.respond) as bank.url:
        monkeypatch.setenv("PAX_WGI_BASE_URL", bank.url)
        monkeypatch.setenv("PAX_WGI_PER_PAGE", "4")
        yield bank
