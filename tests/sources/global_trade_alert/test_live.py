"""GTA's API the whole live way: posted questions, a key in a header, pages by offset."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from sources.global_trade_alert import fetch
from sources.kit.catalog import find_source
from sources.kit.contract import RawFile
from sources.kit.errors import SourceUnavailableError
from tests.sources.global_trade_alert.test_parse import OBJECT

KEY = "a-key-of-the-user"


@dataclass
class Alert:
    """`fault` is `stuck` (every page is the first) or `short` (one intervention gets lost)."""

    n_held: int = 5
    fault: str = ""
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def answer(self, header: str, question: dict[str, Any]) -> tuple[int, Any]:
        self.asked.append((header, question))
        if header != f"APIKey {KEY}":
            return 403, {"detail": f"no such key {header}"}
        held = [{**OBJECT, "intervention_id": number} for number in range(self.n_held)]
        offset = 0 if self.fault == "stuck" else question["offset"]
        rows = held[offset : offset + question["limit"]]
        if self.fault == "short" and offset:
            rows = rows[1:]
        return 200, {"count": self.n_held, "results": [rows]}


@pytest.fixture
def alert(monkeypatch: pytest.MonkeyPatch) -> Iterator[Alert]:
    alert = Alert()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, body = alert.answer(self.headers["Authorization"], question)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("PAX_GTA_BASE_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("PAX_GTA_PER_PAGE", "2")
    monkeypatch.setenv("PAX_GTA_API_KEY", KEY)
    yield alert
    server.shutdown()
    thread.join()
    server.server_close()


def fetched() -> list[RawFile]:
    with fetch.client() as http:
        return list(fetch.fetch("latest", http))


def test_all_pages_come_once(alert: Alert) -> None:
    (partition,) = find_source("global_trade_alert").parse(fetched())
    found = partition.tables["interventions"]["intervention_id"].to_pylist()
    assert found == [0, 1, 2, 3, 4]
    assert [question["offset"] for _, question in alert.asked] == [0, 2, 4]


@pytest.mark.parametrize(
    ("fault", "said"), [("stuck", "an earlier one brought"), ("short", "3 interventions came, 5")]
)
def test_a_page_that_lies_leaves_no_gap(alert: Alert, fault: str, said: str) -> None:
    alert.fault = fault
    with pytest.raises(SourceUnavailableError, match=said):
        fetched()


def test_a_wrong_key_is_told_without_the_key(alert: Alert, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAX_GTA_API_KEY", "a-wrong-secret")
    with pytest.raises(SourceUnavailableError, match="answered 403") as error:
        fetched()
    assert "a-wrong-secret" not in str(error.value)


def test_without_a_key_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PAX_GTA_API_KEY", raising=False)
    with pytest.raises(SourceUnavailableError, match="pax land global_trade_alert FILE"):
        fetch.client()
