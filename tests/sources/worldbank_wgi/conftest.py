"""A loopback server that speaks the World Bank's v2 wire format, with its moods."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

import pytest

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


def _handler(bank: WorldBank) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            bank.asked.append(self.path)
            url = urlparse(self.path)
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            mood = bank.moods.pop(0) if bank.moods else bank.always
            series = url.path.rpartition("/")[2]
            body = bank.body(series, int(query["page"]), int(query["per_page"]))
            if mood == "429":
                self._answer(429, b"slow down", {"Retry-After": "0"})
            elif mood == "503":
                self._answer(503, b"maintenance")
            elif mood == "html":
                self._answer(200, b"<!DOCTYPE html><h1>Sign in</h1>", kind="text/html")
            elif mood == "cut":
                self._answer(200, body[: len(body) // 2], declared=len(body))
            elif mood == "half":
                self._answer(200, body[: len(body) // 2])
            elif mood == "lost":
                head, entries = json.loads(body)
                self._answer(200, json.dumps([head, entries[:-1]]).encode())
            else:
                self._answer(200, body)

        def _answer(
            self,
            status: int,
            body: bytes,
            headers: dict[str, str] | None = None,
            kind: str = "application/json",
            declared: int | None = None,
        ) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(declared or len(body)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = declared is not None

    return Handler


@pytest.fixture
def bank(monkeypatch: pytest.MonkeyPatch) -> Iterator[WorldBank]:
    bank = WorldBank()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(bank))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    bank.url = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("PAX_WGI_BASE_URL", bank.url)
    monkeypatch.setenv("PAX_WGI_PER_PAGE", "4")
    yield bank
    server.shutdown()
    thread.join()
    server.server_close()
