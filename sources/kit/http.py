"""The one polite HTTP client of all live sources: bounded waits, honest errors, no secrets told.

It retries what may pass (429, 5xx, a broken connection), honours `Retry-After` up to a bound, and
takes no error page for data: HTML that comes with 200 is a refusal.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any

import httpx
import stamina

from sources.kit.contract import RawFile
from sources.kit.errors import SourceBlockedError, SourceNotFoundError, SourceUnavailableError

AGENT = "pax-silica-warehouse/0.1 (research; one request at a time)"
RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
#: A refused client and a missing thing ask for different remedies.
_KINDS = {
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
    """This answer may pass: ask again, after `wait` seconds where the publisher names them."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        self.why, self.wait = why, wait
        super().__init__(why)


def now_utc() -> datetime:
    return datetime.now(UTC)


@dataclass
class HttpClient:
    """A client for one source. `headers` may hold secrets; they never reach a message.

    `attempts` and `longest_wait` (seconds, also the bound on `Retry-After`) limit the patience.
    Without `redirects` an answer that leads elsewhere is an error. `pace` is the least time between
    two requests, `budget` how many requests this client may make.
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
    n_asked: int = field(default=0, init=False)
    _last: float = field(default=float("-inf"), init=False)

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
        judge: Callable[[httpx.Response], None] | None = None,
    ) -> RawFile:
        """The body at `url` as a raw file called `name`; `html` says that a page is welcome.

        With a `body` the question is posted, as JSON. `judge` sees every answer first: it may raise
        `Again`, or an error that ends the matter.
        """
        try:
            response = self._patiently(url, params, body, judge)
        except RetryableResponseError as error:
            raise self.unavailable(url, f"{error.why}, after {self.attempts} attempts") from error
        if response.status_code >= 300:
            raise self.unavailable(
                str(response.url),
                f"answered {response.status_code}: {_said(response)}",
                _KINDS.get(response.status_code, SourceUnavailableError),
            )
        if not html and looks_like_html(response):
            raise self.unavailable(
                str(response.url),
                f"answered 200 with a web page, not data: {_said(response)}",
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
        """The raw file and its JSON; a body that is cut short is an error, not a short table."""
        file = self.get(url, params, name=name, body=body)
        try:
            return file, json.loads(file.content)
        except ValueError as error:
            raise self.unavailable(file.url, f"the answer is not whole JSON: {error}") from error

    def _patiently(
        self,
        url: str,
        params: Mapping[str, str | int] | None,
        body: Any,
        judge: Callable[[httpx.Response], None] | None,
    ) -> httpx.Response:
        for attempt in stamina.retry_context(
            on=self.backoff,
            attempts=self.attempts,
            timeout=None,
            wait_initial=self.first_wait,
            wait_max=self.longest_wait,
            wait_jitter=self.first_wait,
        ):
            with attempt:
                return self._once(url, params, body, judge)
        raise AssertionError("unreachable: the retry loop returns or raises")

    def _once(
        self,
        url: str,
        params: Mapping[str, str | int] | None,
        body: Any,
        judge: Callable[[httpx.Response], None] | None,
    ) -> httpx.Response:
        method = "GET" if body is None else "POST"
        self._take_turn(url)
        try:
            response = self.client.request(method, url, params=params, json=body)
        except httpx.TransportError as error:  # also a body cut short
            raise RetryableResponseError(f"no answer ({type(error).__name__}: {error})") from error
        if judge:
            judge(response)
        if response.status_code in RETRIED:
            raise RetryableResponseError(
                f"answered {response.status_code}", retry_after_seconds(response, self.clock)
            )
        return response

    def _take_turn(self, url: str) -> None:
        """Keep the pace and the budget; a request that is tried again counts again."""
        if self.budget is not None and self.n_asked >= self.budget:
            raise SourceUnavailableError(
                self.source_id,
                f"the budget of {self.budget} requests for one run is spent",
                place=self.redact(url),
                remedy="what was answered is kept; run again to go on, or raise the budget",
            )
        if (early := self._last + self.pace - time.monotonic()) > 0:
            self.wait(early)
        self._last = time.monotonic()
        self.n_asked += 1

    def backoff(self, error: Exception) -> bool | float:
        """Whether to ask again, and after how long where the publisher says it."""
        if not isinstance(error, RetryableResponseError):
            return False
        return True if error.wait is None else min(error.wait, self.longest_wait)

    def redact(self, text: str) -> str:
        """`text` without the client's secrets and without keys in addresses."""
        for name, value in self.headers.items():
            if name.lower() not in ("user-agent", "accept") and value:
                text = text.replace(value, "***")
        return _SECRET_PARAMETER.sub(r"\1***", text)

    def unavailable(
        self, url: str, what: str, kind: type[SourceUnavailableError] = SourceUnavailableError
    ) -> SourceUnavailableError:
        return kind(
            self.source_id,
            self.redact(what),
            place=self.redact(url),
            remedy="what landed before stays in use; try again later, or download the file in a "
            f"browser and use `pax land {self.source_id} FILE`",
        )


def retry_after_seconds(response: httpx.Response, clock: Callable[[], datetime]) -> float | None:
    """Seconds of `Retry-After`, which is a number or a date."""
    asked = response.headers.get("Retry-After", "").strip()
    if not asked:
        return None
    try:
        return max(float(asked), 0.0)
    except ValueError:
        try:
            return max((parsedate_to_datetime(asked) - clock()).total_seconds(), 0.0)
        except (TypeError, ValueError):
            return None


def looks_like_html(response: httpx.Response) -> bool:
    declared = response.headers.get("Content-Type", "").lower()
    return "text/html" in declared or _HTML.match(response.content[:200]) is not None


def _said(response: httpx.Response) -> str:
    return repr(" ".join(response.text.split())[:160])
