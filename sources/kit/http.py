"""The HTTP client of all live sources: bounded retries and waits, no secrets in messages.

It retries temporary failures (429, 5xx, a broken connection), follows `Retry-After` up to a
bound, and does not accept an error page as data: HTML with status 200 is an error.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import httpx
import stamina

from sources.kit.contract import RawFile
from sources.kit.errors import SourceBlockedError, SourceNotFoundError, SourceUnavailableError
from sources.kit.secrets import redact_secrets

# at INFO it logs every URL, with the key that may be in it
logging.getLogger("httpx").setLevel(logging.WARNING)

AGENT = "pax-silica-warehouse/0.1 (research; one request at a time)"
RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
_ERROR_BY_STATUS = {
    401: SourceBlockedError,
    403: SourceBlockedError,
    404: SourceNotFoundError,
    410: SourceNotFoundError,
}
_SECRET_PARAMETER = re.compile(
    r"(?i)([?&](?:key|api_?key|token|access_token|subscription-key)=)[^&\s'\"]+"
)
_HTML = re.compile(rb"\s*(?:<!doctype html|<html|<head|<body)", re.IGNORECASE)


class RetryableResponseError(Exception):
    """A temporary failure; `wait` is the number of seconds that the publisher names."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        self.why, self.wait = redact_secrets(why), wait
        super().__init__(self.why)


def now_utc() -> datetime:
    """The present time in UTC."""
    return datetime.now(UTC)


@dataclass
class HttpClient:
    """A client for one source. Values of `headers` may be secrets; they never appear in a message.

    Args:
        attempts: requests per call, retries included.
        longest_wait: bound in seconds on each wait, also on `Retry-After`.
        redirects: follow redirects; otherwise a redirect is an error.
        pace: least number of seconds between two requests.
        budget: number of requests that this client may make, retries included.
    """

    source_id: str
    headers: Mapping[str, str] = field(default_factory=dict)
    attempts: int = 4
    longest_wait: float = 60.0
    first_wait: float = 0.5
    timeout: float = 60.0
    redirects: bool = True
    transport: httpx.BaseTransport | None = None
    clock: Callable[[], datetime] = now_utc
    pace: float = 0.0
    budget: int | None = None
    wait: Callable[[float], None] = time.sleep
    n_requests: int = field(default=0, init=False)
    _last_request: float = field(default=float("-inf"), init=False)

    def __post_init__(self) -> None:
        self.client = httpx.Client(
            headers={"User-Agent": AGENT, **self.headers},
            timeout=httpx.Timeout(self.timeout, connect=min(15.0, self.timeout)),
            follow_redirects=self.redirects,
            transport=self.transport,
            limits=httpx.Limits(max_connections=1),
        )

    def __enter__(self) -> HttpClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.client.close()

    def get(
        self,
        url: str,
        params: Mapping[str, str | int] | None = None,
        *,
        name: str,
        edition: str | None = None,
        html: bool = False,
        body: Any = None,
        validate: Callable[[httpx.Response], None] | None = None,
    ) -> RawFile:
        """Request `url` and return the body as a raw file called `name`.

        Args:
            html: accept a web page.
            body: posted as JSON if given.
            validate: called with every response first; it may raise `RetryableResponseError`, or an
                error that ends the call.
        Raises:
            SourceBlockedError: status 401 or 403, or a web page instead of data.
            SourceNotFoundError: status 404 or 410.
            SourceUnavailableError: another status, no response, or the budget is used up.
        """
        try:
            response = self._request(url, params, body, validate)
        except RetryableResponseError as error:
            raise self.unavailable(url, f"{error.why}, after {self.attempts} attempts") from error
        if response.status_code >= 300:
            raise self.unavailable(
                str(response.url),
                f"answered {response.status_code}: {_excerpt(response)}",
                _ERROR_BY_STATUS.get(response.status_code, SourceUnavailableError),
            )
        if not html and looks_like_html(response):
            raise self.unavailable(
                str(response.url),
                f"answered 200 with a web page, not data: {_excerpt(response)}",
                SourceBlockedError,
            )
        url = self.redact(str(response.url))
        return RawFile(name, response.content, url, self.clock(), edition)

    def get_json(
        self,
        url: str,
        params: Mapping[str, str | int] | None = None,
        *,
        name: str,
        body: Any = None,
    ) -> tuple[RawFile, Any]:
        """Request `url` and return the raw file and its decoded JSON.

        Raises:
            SourceUnavailableError: as `get`, or the body is not complete JSON.
        """
        file = self.get(url, params, name=name, body=body)
        try:
            return file, json.loads(file.content)
        except ValueError as error:
            raise self.unavailable(file.url, f"the response is not whole JSON: {error}") from error

    def _request(
        self,
        url: str,
        params: Mapping[str, str | int] | None,
        body: Any,
        validate: Callable[[httpx.Response], None] | None,
    ) -> httpx.Response:
        method = "GET" if body is None else "POST"
        for attempt in stamina.retry_context(
            on=self.backoff,
            attempts=self.attempts,
            timeout=None,
            wait_initial=self.first_wait,
            wait_max=self.longest_wait,
            wait_jitter=self.first_wait,
        ):
            with attempt:
                self._wait_for_turn(url)
                try:
                    response = self.client.request(method, url, params=params, json=body)
                except httpx.TransportError as error:  # includes a truncated body
                    raise RetryableResponseError(
                        self.redact(f"no response ({type(error).__name__}: {error})")
                    ) from None  # the original may name the URL with its key
                if validate:
                    validate(response)
                if response.status_code in RETRIED:
                    raise RetryableResponseError(
                        f"answered {response.status_code}",
                        retry_after_seconds(response, self.clock),
                    )
                return response
        raise AssertionError("unreachable: the retry loop returns or raises")

    def _wait_for_turn(self, url: str) -> None:
        """Apply `pace` and `budget`; retries count as requests."""
        if self.budget is not None and self.n_requests >= self.budget:
            raise SourceUnavailableError(
                self.source_id,
                f"the budget of {self.budget} requests for one run is used up",
                place=self.redact(url),
                remedy="the responses are kept; run again to continue, or raise the budget",
            )
        if (early := self._last_request + self.pace - time.monotonic()) > 0:
            self.wait(early)
        self._last_request = time.monotonic()
        self.n_requests += 1

    def backoff(self, error: Exception) -> bool | float:
        """Whether to retry; a number is the wait in seconds that the publisher names."""
        if not isinstance(error, RetryableResponseError):
            return False
        return True if error.wait is None else min(error.wait, self.longest_wait)

    def redact(self, text: str) -> str:
        """`text` without header values, without keys in URLs and without the user's keys."""
        for name, value in self.headers.items():
            if name.lower() not in ("user-agent", "accept") and value:
                # a scheme may stand before the key: `APIKey …`
                text = text.replace(value, "***").replace(value.split()[-1], "***")
        return redact_secrets(_SECRET_PARAMETER.sub(r"\1***", text))

    def unavailable(
        self, url: str, what: str, kind: type[SourceUnavailableError] = SourceUnavailableError
    ) -> SourceUnavailableError:
        """An error of class `kind` for `url`; secrets are removed from its text."""
        return kind(
            self.source_id,
            self.redact(what),
            place=self.redact(url),
            remedy=f"{kind.default_remedy}, or download the file in a browser and run "
            f"`pax land {self.source_id} FILE`",
        )


def retry_after_seconds(response: httpx.Response, clock: Callable[[], datetime]) -> float | None:
    """The seconds of `Retry-After`, which is a number or a date; None if absent or invalid."""
    text = response.headers.get("Retry-After", "").strip()
    if not text:
        return None
    try:
        return max(float(text), 0.0)
    except ValueError:
        try:
            return max((parsedate_to_datetime(text) - clock()).total_seconds(), 0.0)
        except (TypeError, ValueError):
            return None


def looks_like_html(response: httpx.Response) -> bool:
    """Whether the response is a web page, by its content type or its first bytes."""
    declared = response.headers.get("Content-Type", "").lower()
    return "text/html" in declared or _HTML.match(response.content[:200]) is not None


def require_same_host(link: str, url: str, source_id: str) -> None:
    """Check that `link`, the next page named by a response, is on the host of `url`.

    Raises:
        SourceUnavailableError: scheme or host differ; the page is not requested.
    """
    there, here = urlsplit(link), urlsplit(url)
    if there[:2] != here[:2]:
        what = f"the next page is on another host: {there.scheme}://{there.netloc}"
        raise SourceUnavailableError(source_id, what, place=f"{here.scheme}://{here.netloc}")


def _excerpt(response: httpx.Response) -> str:
    return repr(" ".join(response.text.split())[:160])
