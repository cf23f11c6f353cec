"""The HTTP client: retries, limits, and errors without secrets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest

from sources.kit.errors import SourceUnavailableError
from sources.kit.http import HttpClient, RetryableResponseError

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def client(
    *responses: httpx.Response | Exception, **options: object
) -> tuple[HttpClient, list[str]]:
    requested: list[str] = []
    left = list(responses)

    def respond(request: httpx.Request) -> httpx.Response:
        requested.append(str(request.url))
        one = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(one, Exception):
            raise one
        return one

    given: dict[str, object] = {
        "attempts": 3, "first_wait": 0.0, "longest_wait": 0.01, "clock": lambda: NOON, **options,
    }  # fmt: skip
    return HttpClient("toy", transport=httpx.MockTransport(respond), **given), requested  # type: ignore[arg-type]


def ok(content: bytes = b"a,b\n1,2\n") -> httpx.Response:
    return httpx.Response(200, content=content, headers={"Content-Type": "text/csv"})


def test_a_raw_file_has_its_url_and_time() -> None:
    http, _ = client(ok())
    file = http.get("https://example.org/x", {"page": 2}, name="x.csv")
    assert (file.name, file.url, file.retrieved_at) == (
        "x.csv", "https://example.org/x?page=2", NOON,
    )  # fmt: skip


@pytest.mark.parametrize(
    "first",
    [
        lambda: httpx.Response(429, headers={"Retry-After": "0"}),
        lambda: httpx.Response(429, headers={"Retry-After": "Thu, 01 Jan 2026 12:00:00 GMT"}),
        lambda: httpx.Response(503),
        lambda: httpx.ReadError("cut"),
        lambda: httpx.ConnectTimeout("slow"),
    ],
)
def test_a_temporary_failure_is_retried(first: Callable[[], httpx.Response | Exception]) -> None:
    http, requested = client(first(), ok())
    assert http.get("https://example.org", name="x").content.startswith(b"a,b")
    assert len(requested) == 2


def test_retry_after_is_bounded() -> None:
    http, requested = client(httpx.Response(429, headers={"Retry-After": "86400"}), ok())
    http.get("https://example.org", name="x")  # returns at once: waits 0.01 s, not a day
    assert len(requested) == 2


def test_the_last_failure_is_an_error_with_a_remedy() -> None:
    http, requested = client(httpx.Response(503))
    with pytest.raises(SourceUnavailableError, match="503, after 3 attempts") as caught:
        http.get("https://example.org", name="x")
    assert len(requested) == 3
    assert "pax land toy FILE" in str(caught.value)


def test_a_permanent_failure_is_not_retried() -> None:
    http, requested = client(httpx.Response(404, text="no such table"))
    with pytest.raises(SourceUnavailableError, match="404: 'no such table'"):
        http.get("https://example.org", name="x")
    assert len(requested) == 1


@pytest.mark.parametrize("headers", [{"Content-Type": "text/html"}, {}])
def test_a_web_page_with_200_is_not_data(headers: dict[str, str]) -> None:
    page = httpx.Response(200, content=b"<!DOCTYPE html><p>Please log in", headers=headers)
    http, _ = client(page)
    with pytest.raises(SourceUnavailableError, match="a web page, not data"):
        http.get("https://example.org", name="x")


def test_truncated_json_is_an_error() -> None:
    http, _ = client(httpx.Response(200, content=b'[{"page": 1'))
    with pytest.raises(SourceUnavailableError, match="not whole JSON"):
        http.get_json("https://example.org", name="x")


def test_errors_contain_no_secrets() -> None:
    rejection = httpx.Response(403, text="key s3cret is not valid")
    http, _ = client(rejection, headers={"X-Api-Key": "s3cret"})
    with pytest.raises(SourceUnavailableError) as caught:
        http.get("https://example.org/x?key=alsosecret&year=2024", name="x")
    assert "s3cret" not in str(caught.value)
    assert "alsosecret" not in str(caught.value)
    assert "year=2024" in str(caught.value)


def test_a_validator_may_retry_or_raise() -> None:
    def validate(response: httpx.Response) -> None:
        if response.content == b"later":
            raise RetryableResponseError("later", 0.0)
        if response.content == b"never":
            raise SourceUnavailableError("toy", "never")

    http, requested = client(ok(b"later"), ok())
    assert http.get("https://example.org", name="x", validate=validate).content.startswith(b"a,b")
    assert len(requested) == 2
    http, requested = client(ok(b"never"))
    with pytest.raises(SourceUnavailableError, match="never"):
        http.get("https://example.org", name="x", validate=validate)
    assert len(requested) == 1


def test_requests_keep_the_pace() -> None:
    waited: list[float] = []
    http, requested = client(ok(), pace=30.0, wait=waited.append)
    for _ in range(3):
        http.get("https://example.org", name="x")
    assert len(requested) == 3
    assert len(waited) == 2
    assert all(29 < seconds <= 30 for seconds in waited)


def test_retries_count_towards_the_budget() -> None:
    http, requested = client(httpx.Response(503), ok(), budget=3)
    http.get("https://example.org", name="x")
    http.get("https://example.org", name="x")
    with pytest.raises(SourceUnavailableError, match="budget of 3 requests"):
        http.get("https://example.org", name="x")
    assert len(requested) == 3
