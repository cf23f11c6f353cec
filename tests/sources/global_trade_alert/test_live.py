"""Live access to GTA against a fake API: POST requests, a key in a header, pages by offset."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from sources.global_trade_alert import fetch
from sources.kit.catalog import find_source
from sources.kit.contract import RawFile
from sources.kit.errors import SourceUnavailableError
from tests.sources.fake_publisher import FakePublisher, Request, Response
from tests.sources.global_trade_alert.test_parse import OBJECT

KEY = "a-key-of-the-user"


@dataclass
class Alert(FakePublisher):
    """`repeat` returns the first page always, `short` loses an intervention."""

    n_interventions: int = 5

    def respond(self, request: Request, fault: str) -> Response:
        if (header := request.headers["Authorization"]) != f"APIKey {KEY}":
            return Response(json.dumps({"detail": f"no such key {header}"}).encode(), 403)
        query = json.loads(request.body)
        stored = [{**OBJECT, "intervention_id": number} for number in range(self.n_interventions)]
        offset = 0 if fault == "repeat" else query["offset"]
        rows = stored[offset : offset + query["limit"]]
        if fault == "short" and offset:
            rows = rows[1:]
        return Response(json.dumps({"count": self.n_interventions, "results": [rows]}).encode())


@pytest.fixture
def alert(monkeypatch: pytest.MonkeyPatch) -> Iterator[Alert]:
    with Alert().serving() as alert:
        monkeypatch.setenv("PAX_GTA_BASE_URL", alert.url)
        monkeypatch.setenv("PAX_GTA_PER_PAGE", "2")
        monkeypatch.setenv("PAX_GTA_API_KEY", KEY)
        yield alert


def fetched() -> list[RawFile]:
    with fetch.client() as http:
        return list(fetch.fetch("latest", http))


def test_all_pages_come_once(alert: Alert) -> None:
    (partition,) = find_source("global_trade_alert").parse(fetched())
    found = partition.tables["interventions"]["intervention_id"].to_pylist()
    assert found == [0, 1, 2, 3, 4]
    assert [json.loads(request.body)["offset"] for request in alert.requests] == [0, 2, 4]


@pytest.mark.parametrize(
    ("fault", "message"),
    [("repeat", "repeats interventions"), ("short", "3 interventions received, 5")],
)
def test_inconsistent_pages_are_an_error(alert: Alert, fault: str, message: str) -> None:
    alert.always = fault
    with pytest.raises(SourceUnavailableError, match=message):
        fetched()


def test_the_error_for_a_wrong_key_does_not_contain_it(
    alert: Alert, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAX_GTA_API_KEY", "a-wrong-secret")
    with pytest.raises(SourceUnavailableError, match="answered 403") as error:
        fetched()
    assert "a-wrong-secret" not in str(error.value)


def test_a_missing_key_is_an_error_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PAX_GTA_API_KEY", raising=False)
    with pytest.raises(SourceUnavailableError, match="pax land global_trade_alert FILE"):
        fetch.client()
