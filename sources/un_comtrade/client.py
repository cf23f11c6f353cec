"""Client of the publisher's API: validates pages and classifies errors.

The key is sent in a header only; it is not in URLs, load records, messages or kept responses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import httpx
import pyarrow as pa

from sources.kit.contract import RawFile
from sources.kit.errors import SourceUnavailableError
from sources.kit.http import (
    RETRIED,
    HttpClient,
    RetryableResponseError,
    looks_like_html,
    retry_after_seconds,
)
from sources.un_comtrade.availability import read_datasets
from sources.un_comtrade.layouts import SOURCE
from sources.un_comtrade.request import ApiRequest
from sources.un_comtrade.response import (
    ApiError,
    ApiResponse,
    IncompleteResponseError,
    read_response,
)
from sources.un_comtrade.settings import Settings

KEY_HEADER = "Ocp-Apim-Subscription-Key"
_SECONDS = re.compile(r"(?:again|replenished) in (\d+) second", re.IGNORECASE)


class RequestRejectedError(Exception):
    """This request fails permanently; others may succeed."""


class UrlTooLongError(RequestRejectedError):
    """The URL is longer than the publisher's web server accepts."""


class CredentialsError(SourceUnavailableError):
    """No further requests are accepted: the quota is used up, or the key is not valid."""


@dataclass(frozen=True)
class Page:
    """A complete response: its bytes and its rows."""

    file: RawFile
    rows: pa.Table


def build_http_client(settings: Settings, **options: object) -> HttpClient:
    """The HTTP client of a fetch, with the key, pace and request budget of `settings`."""
    given: dict[str, object] = {
        "headers": {KEY_HEADER: settings.key} if settings.key else {},
        "attempts": 5, "first_wait": 5.0, "longest_wait": 120.0, "timeout": 150.0,
        "pace": settings.pace, "budget": settings.calls,
    }  # fmt: skip
    return HttpClient(SOURCE, **(given | options))  # type: ignore[arg-type]


@dataclass
class ComtradeClient:
    """The three requests of the API: the list of datasets, rows, and the number of rows."""

    http: HttpClient
    settings: Settings

    def list_datasets(self, freq: str, reporters: Sequence[str], periods: Sequence[str]) -> RawFile:
        """`getDa`: which reporters have filed which of the periods, in any revision.

        Raises:
            CredentialsError: the request is rejected.
            SourceUnavailableError: the API does not respond.
        """
        query = {"reporterCode": ",".join(reporters), "period": ",".join(periods)}
        url = f"{self._root}/getDa/C/{freq}/HS"
        try:
            validator = ResponseValidator(self, reporters=set(reporters))
            return self.http.get(url, query, name=f"getDa_{freq}.json", validate=validator)
        except RequestRejectedError as error:
            what = self.http.redact(f"rejected: {error}")
            raise CredentialsError(
                SOURCE, what, place=url, remedy="request fewer reporters or periods"
            ) from error

    def fetch_rows(self, request: ApiRequest, name: str) -> Page:
        """The rows of a request, at most as many as the publisher returns per page.

        Raises:
            RequestRejectedError: the API rejects the request.
            SourceUnavailableError: the API does not respond, or accepts no further requests.
        """
        validator = ResponseValidator(self, request)
        query = {**request.query, "maxRecords": self.settings.rows, "includeDesc": "false"}
        file = self.http.get(self._data_url(request.freq), query, name=name, validate=validator)
        return Page(file, validator.rows)

    def count(self, request: ApiRequest, name: str) -> tuple[RawFile, int]:
        """The number of rows of a request; raises as `fetch_rows`."""
        validator = ResponseValidator(self)
        query = {**request.query, "countOnly": "true"}
        file = self.http.get(self._data_url(request.freq), query, name=name, validate=validator)
        return file, validator.count

    @property
    def _root(self) -> str:
        return f"{self.settings.base_url}/{'public' if self.settings.is_preview else 'data'}/v1"

    def _data_url(self, freq: str) -> str:
        return f"{self._root}/{'preview' if self.settings.is_preview else 'get'}/C/{freq}/HS"


@dataclass
class ResponseValidator:
    """Classifies a response: complete, to be retried, rejected, or fatal."""

    api: ComtradeClient
    request: ApiRequest | None = None
    reporters: set[str] | None = None  # the requested reporters of a list of datasets
    rows: pa.Table | None = None
    count: int = 0

    def __call__(self, response: httpx.Response) -> None:
        status = response.status_code
        if status == 200 and looks_like_html(response):
            raise RetryableResponseError("answered 200 with a web page, not data")
        if status != 200:
            wait = retry_after_seconds(response, self.api.http.clock)
            self._raise_error(status, _error_message(response), wait)
            return
        try:
            body = read_response(response.content)
            self.count = body.count
            if self.request:
                self.rows = self._complete_rows(body, self.request)
            if self.reporters is not None:
                self._check_datasets(body, self.reporters)
        except ApiError as error:
            # a status in the body of a 200 counts like an HTTP status
            self._raise_error(error.status, error.message, None)
        except IncompleteResponseError as error:
            raise RetryableResponseError(f"answered 200, but {error}") from error

    def _complete_rows(self, body: ApiResponse, request: ApiRequest) -> pa.Table:
        rows = body.table()
        if rows.num_rows != body.count:
            raise IncompleteResponseError(f"it counts {body.count} rows and has {rows.num_rows}")
        requested: dict[str, set[object]] = {
            "reporterCode": set(map(int, request.reporters)), "period": set(request.periods),
            "flowCode": set(request.flows), "cmdCode": set(request.codes),
        }  # fmt: skip
        for name, members in requested.items():
            if others := set(rows[name].unique().to_pylist()) - members:
                raise RequestRejectedError(
                    f"the response has {name} {sorted(map(str, others))[:3]}, "
                    "which was not requested"
                )
        return rows

    def _check_datasets(self, body: ApiResponse, reporters: set[str]) -> None:
        listed = [dataset.reporter for dataset in read_datasets(body.objects())]
        if len(listed) != body.count:
            raise IncompleteResponseError(f"it counts {body.count} datasets and has {len(listed)}")
        if others := set(listed) - reporters:
            raise RequestRejectedError(f"it lists {sorted(others)[:3]}, who were not requested")

    def _raise_error(self, status: int, message: str, wait: float | None) -> None:
        if status == 401 or (status == 403 and "quota" not in message.lower()):
            remedy = "set PAX_COMTRADE_KEY to a valid key, or unset it for previews"
            raise self._fatal_error(f"the key is not accepted ({status}: {message})", remedy)
        if found := _SECONDS.search(message):
            wait = max(wait or 0.0, float(found[1]))
        if status == 403 or (status == 429 and (wait or 0) > self.api.http.longest_wait):
            reset = f"; it is reset in {wait:,.0f} seconds" if wait else ""
            remedy = "the responses are kept; `pax run --live` continues later"
            raise self._fatal_error(f"the quota is used up ({status}: {message}{reset})", remedy)
        if status in (404, 414):
            if message.startswith("Resource not found"):
                raise self._fatal_error(
                    f"there is no such path ({message})", "check PAX_COMTRADE_BASE_URL"
                )
            raise UrlTooLongError(f"{status}: {message}")
        if status in RETRIED or status >= 500:
            # at least a second, also for a rate limit that names no time
            raise RetryableResponseError(
                f"answered {status}: {message}", None if wait is None else max(wait, 1.0)
            )
        raise RequestRejectedError(f"{status}: {message}")

    def _fatal_error(self, what: str, remedy: str) -> CredentialsError:
        redact, url = self.api.http.redact, self.api.settings.base_url
        return CredentialsError(SOURCE, redact(what), place=url, remedy=remedy)


def _error_message(response: httpx.Response) -> str:
    """The message of an error response, on one short line."""
    try:
        body = response.json()
        message = body.get("message") or body.get("error") or str(body)
        if body.get("errorObject"):
            message = f"{message}: {body['errorObject']}"
    except (ValueError, AttributeError):
        message = response.text
    return " ".join(str(message).split())[:200]
