"""The publisher's API: one polite client that knows its refusals, and whole pages out of it.

The key travels in a header and nowhere else: addresses, receipts, messages and the kept answers do
not have it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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
from sources.un_comtrade.availability import all_datasets
from sources.un_comtrade.layouts import SOURCE
from sources.un_comtrade.request import ApiRequest
from sources.un_comtrade.response import (
    ApiError,
    ApiResponse,
    IncompleteResponseError,
    open_envelope,
)
from sources.un_comtrade.settings import Settings

KEY_HEADER = "Ocp-Apim-Subscription-Key"
_SECONDS = re.compile(r"(?:again|replenished) in (\d+) second", re.IGNORECASE)


class RequestRejectedError(Exception):
    """This question will not be answered, however often it is asked; others may be."""


class UrlTooLongError(RequestRejectedError):
    """The address of the question is longer than the publisher's web server takes."""


class CredentialsError(SourceUnavailableError):
    """The publisher wants no more questions for now: quota spent, or the key is not good."""


@dataclass(frozen=True)
class Page:
    """A whole answer: its bytes and its rows."""

    file: RawFile
    rows: pa.Table


def http_for(frame: Settings, **options: object) -> HttpClient:
    """The client of a pull: patient with the publisher, counted and paced."""
    given: dict[str, object] = {
        "headers": {KEY_HEADER: frame.key} if frame.key else {},
        "attempts": 5, "first_wait": 5.0, "longest_wait": 120.0, "timeout": 150.0,
        "pace": frame.pace, "budget": frame.calls,
    }  # fmt: skip
    return HttpClient(SOURCE, **(given | options))  # type: ignore[arg-type]


@dataclass
class ComtradeClient:
    """Three questions: what has been filed, the rows of a cell, and how many rows there are."""

    http: HttpClient
    frame: Settings

    def filed(self, freq: str, reporters: Sequence[str], periods: Sequence[str]) -> RawFile:
        """`getDa`: which reporters have filed which of the periods, in whatever revision."""
        query = {"reporterCode": ",".join(reporters), "period": ",".join(periods)}
        url = f"{self._root}/getDa/C/{freq}/HS"
        try:
            return self._ask(
                url, query, f"getDa_{freq}.json", ResponseValidator(self, listed=set(reporters))
            )
        except RequestRejectedError as error:
            said = self.http.redact(f"refused: {error}")
            raise CredentialsError(
                SOURCE, said, place=url, remedy="ask for fewer reporters or periods"
            ) from error

    def page(self, cell: ApiRequest, name: str) -> Page:
        """The rows of a cell, as many as the publisher gives."""
        judge = ResponseValidator(self, cell)
        query = {**cell.query, "maxRecords": self.frame.rows, "includeDesc": "false"}
        file = self._ask(self._data(cell.freq), query, name, judge)
        return Page(file, judge.rows)

    def count(self, cell: ApiRequest, name: str) -> tuple[RawFile, int]:
        """How many rows there are, without them."""
        judge = ResponseValidator(self)
        query = {**cell.query, "countOnly": "true"}
        file = self._ask(self._data(cell.freq), query, name, judge)
        return file, judge.count

    @property
    def _root(self) -> str:
        return f"{self.frame.base_url}/{'public' if self.frame.is_preview else 'data'}/v1"

    def _data(self, freq: str) -> str:
        return f"{self._root}/{'preview' if self.frame.is_preview else 'get'}/C/{freq}/HS"

    def _ask(
        self, url: str, query: Mapping[str, str | int], name: str, judge: ResponseValidator
    ) -> RawFile:
        return self.http.get(url, query, name=name, judge=judge)


@dataclass
class ResponseValidator:
    """What an answer is worth: rows, a reason to ask again, a refused cell, or the end."""

    api: ComtradeClient
    cell: ApiRequest | None = None
    listed: set[str] | None = None  # the reporters of a list of what was filed
    rows: pa.Table | None = None
    count: int = 0

    def __call__(self, response: httpx.Response) -> None:
        status = response.status_code
        if status == 200 and looks_like_html(response):
            raise RetryableResponseError("answered 200 with a web page, not data")
        if status != 200:
            self._refused(
                status, _words(response), retry_after_seconds(response, self.api.http.clock)
            )
            return
        try:
            envelope = open_envelope(response.content)
            self.count = envelope.count
            if self.cell:
                self.rows = self._whole(envelope, self.cell)
            if self.listed is not None:
                self._whole_list(envelope, self.listed)
        except ApiError as refusal:
            # the status inside of a 200 counts like the one outside
            self._refused(refusal.status, refusal.said, None)
        except IncompleteResponseError as error:
            raise RetryableResponseError(f"answered 200, but {error}") from error

    def _whole(self, envelope: ApiResponse, cell: ApiRequest) -> pa.Table:
        rows = envelope.table()
        if rows.num_rows != envelope.count:
            raise IncompleteResponseError(
                f"it counts {envelope.count} rows and holds {rows.num_rows}"
            )
        asked: dict[str, set[object]] = {
            "reporterCode": set(map(int, cell.reporters)), "period": set(cell.periods),
            "flowCode": set(cell.flows), "cmdCode": set(cell.codes),
        }  # fmt: skip
        for name, members in asked.items():
            strange = set(rows[name].unique().to_pylist()) - members
            if strange:
                raise RequestRejectedError(f"the answer has {name} {sorted(map(str, strange))[:3]}, "
                                  "which was not asked for")  # fmt: skip
        return rows

    def _whole_list(self, envelope: ApiResponse, listed: set[str]) -> None:
        named = [filed.reporter for filed in all_datasets(envelope.objects())]
        if len(named) != envelope.count:
            raise IncompleteResponseError(
                f"it counts {envelope.count} datasets and holds {len(named)}"
            )
        if strange := set(named) - listed:
            raise RequestRejectedError(f"it names {sorted(strange)[:3]}, who were not asked for")

    def _refused(self, status: int, said: str, wait: float | None) -> None:
        if status == 401 or (status == 403 and "quota" not in said.lower()):
            remedy = "set PAX_COMTRADE_KEY to a valid key, or unset it for previews"
            raise self._stop(f"the key is not accepted ({status}: {said})", remedy)
        if found := _SECONDS.search(said):
            wait = max(wait or 0.0, float(found[1]))
        if status == 403 or (status == 429 and (wait or 0) > self.api.http.longest_wait):
            opens = f"; it opens again in {wait:,.0f} seconds" if wait else ""
            remedy = "what was answered is kept; `pax run --live` goes on from there"
            raise self._stop(f"the quota is spent ({status}: {said}{opens})", remedy)
        if status in (404, 414):
            if said.startswith("Resource not found"):
                raise self._stop(f"there is no such path ({said})", "see PAX_COMTRADE_BASE_URL")
            raise UrlTooLongError(f"{status}: {said}")
        if status in RETRIED or status >= 500:
            # a rate limit that names no time, or none at all, is given a second
            raise RetryableResponseError(
                f"answered {status}: {said}", None if wait is None else max(wait, 1.0)
            )
        raise RequestRejectedError(f"{status}: {said}")

    def _stop(self, what: str, remedy: str) -> CredentialsError:
        redact = self.api.http.redact
        return CredentialsError(SOURCE, redact(what), place=self.api.frame.base_url, remedy=remedy)


def _words(response: httpx.Response) -> str:
    """What a refusal says, in one short line."""
    try:
        body = response.json()
        said = body.get("message") or body.get("error") or str(body)
        if body.get("errorObject"):
            said = f"{said}: {body['errorObject']}"
    except (ValueError, AttributeError):
        said = response.text
    return " ".join(str(said).split())[:200]
