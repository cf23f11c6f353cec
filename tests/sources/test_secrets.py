"""A key of the user is in no message, log, load record or mark, whatever a publisher answers."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Iterator

import pytest

from orchestration.defs.ingestion.ingest import land_live
from sources.kit.catalog import SourceSpec, catalog
from sources.kit.errors import SourceError
from sources.kit.http import HttpClient
from sources.kit.secrets import redact_secrets
from tests.sources.fake_publisher import Request, Response, serve
from warehouse.paths import DataPaths

CANARY = "c4n4ry+k3y/for=tests"
#: The variables of each source with a key: the key and the address.
KEYED = {
    "un_comtrade": ("PAX_COMTRADE_KEY", "PAX_COMTRADE_BASE_URL"),
    "global_trade_alert": ("PAX_GTA_API_KEY", "PAX_GTA_BASE_URL"),
    "us_census": ("CENSUS_API_KEY", "PAX_CENSUS_BASE_URL"),
}
ANSWERS = {
    "400": (400, "text/plain"), "403": (403, "text/plain"), "429": (429, "text/plain"),
    "500": (500, "application/json"), "a web page": (200, "text/html"),
    "another shape": (200, "application/json"),
}  # fmt: skip


@pytest.fixture(params=ANSWERS)
def echo(request: pytest.FixtureRequest) -> Iterator[str]:
    """A publisher that repeats all that it was sent."""
    status, kind = ANSWERS[request.param]

    def answer(asked: Request) -> Response:
        sent = {"error": f"not valid: {asked.target} {dict(asked.headers)} {CANARY}"}
        return Response(json.dumps(sent).encode(), status, kind)

    with serve(answer) as url:
        yield url


@pytest.mark.parametrize("source_id", KEYED)
def test_key_appears_nowhere(
    source_id: str,
    echo: str,
    data_dir: DataPaths,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    key, address = KEYED[source_id]
    monkeypatch.setenv(key, CANARY)
    monkeypatch.setenv(address, echo)
    monkeypatch.setenv("PAX_COMTRADE_PACE", "0")
    caplog.set_level(logging.DEBUG)
    spec = catalog()[source_id]
    done = land_live(spec, data_dir, [], impatient)
    assert done.failures
    for error in done.failures:
        assert CANARY not in "".join(traceback.format_exception(error))
    assert CANARY not in caplog.text
    files = [p for p in data_dir.data_dir.rglob("*") if p.is_file()]
    assert files, "the source is marked stale"
    own = [p for p in files if not p.is_relative_to(data_dir.raw)]  # raw bytes are the publisher's
    assert not [p for p in own if CANARY.encode() in p.read_bytes()]


def impatient(spec: SourceSpec) -> HttpClient:
    """The source's own client, which does not wait between its attempts."""
    make = getattr(spec.fetch, "client", None)
    http: HttpClient = make() if make else HttpClient(spec.source_id)
    http.attempts, http.first_wait, http.longest_wait = 2, 0.01, 0.01
    return http


def test_every_source_with_a_key_is_tested() -> None:
    able = {name: spec for name, spec in catalog().items() if "live" in spec.access_methods}
    assert {name for name, spec in able.items() if hasattr(spec.fetch, "access")} <= set(KEYED)


def test_encoded_keys_are_removed_and_short_values_are_not() -> None:
    environ = {"X_API_KEY": CANARY, "SORT_KEY": "id", "HOME": "/somewhere"}
    text = "?k=c4n4ry%2Bk3y%2Ffor%3Dtests or c4n4ry%2Bk3y/for%3Dtests: an identity"
    assert redact_secrets(text, environ) == "?k=*** or ***: an identity"


def test_errors_of_sources_are_redacted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CENSUS_API_KEY", CANARY)
    error = SourceError("us_census", f"key {CANARY}", place=f"x?key={CANARY}", remedy=CANARY)
    assert CANARY not in f"{error} {error.what} {error.place} {error.remedy}"
