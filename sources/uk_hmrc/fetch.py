"""Live access to UK trade: the OData service of api.uktradeinfo.com, by month, without a key."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import httpx

from sources.kit.contract import RawFile
from sources.kit.errors import SourceUnavailableError
from sources.kit.hs6_scope import hs6_scope, split_into_batches
from sources.kit.http import HttpClient, RetryableResponseError, require_same_host
from sources.kit.periods import PublishedMonths, base_url, requested_on, validate_month
from sources.uk_hmrc.parse import MONTHLY_LAG
from sources.uk_hmrc.response import NEXT, SOURCE

BASE_URL = "https://api.uktradeinfo.com"
MONTHS = PublishedMonths("201601", MONTHLY_LAG)
list_partitions, default_partitions = MONTHS.list_partitions, MONTHS.default_partitions
#: HS6 codes in one request: the server rejects longer URLs.
CODES_PER_CALL = 15


def client() -> HttpClient:
    """An HTTP client with longer waits, since the service limits the rate of requests."""
    return HttpClient(SOURCE, first_wait=2.0)


def fetch(partition: str, http: HttpClient) -> Iterator[RawFile]:
    """Yield all pages of the month, in requests of some HS6 codes each.

    Raises:
        SourceError: `partition` is not a month.
        SourceUnavailableError: HMRC does not respond with complete pages of that month.
    """
    validate_month(SOURCE, partition)
    n_rows = 0
    for number, codes in enumerate(split_into_batches(hs6_scope(), CODES_PER_CALL), 1):
        for file, rows in _pages(http, partition, number, codes):
            n_rows += len(rows)
            yield file
    if not n_rows:
        raise unexpected_response_error(f"no row of {partition}: the month is not published yet")


def _pages(
    http: HttpClient, month: str, number: int, codes: Sequence[str]
) -> Iterator[tuple[RawFile, list[Any]]]:
    wanted = " or ".join(f"(CommodityId ge {c}00 and CommodityId le {c}99)" for c in codes)
    query: dict[str, str | int] | None = {
        "$filter": f"MonthId eq {month} and ({wanted})",
        "$expand": "Country",
    }
    url, page = f"{_base()}/OTS", 0
    while url:
        page += 1
        name = f"ots.{month}.{number:02}.{page}.json"
        edition = requested_on(http.clock().date())
        file = http.get(url, query, name=name, edition=edition, validate=_retry_plain_text)
        try:
            body = json.loads(file.content)
        except ValueError as error:
            raise unexpected_response_error(
                f"{name}: the response is not whole JSON: {error}"
            ) from error
        rows = body.get("value") if isinstance(body, dict) else None
        if not isinstance(rows, list):
            raise unexpected_response_error(f"the response for {month} has no list of rows")
        if others := {row.get("MonthId") for row in rows} - {int(month)}:
            raise unexpected_response_error(
                f"{month} was requested, rows of {sorted(map(str, others))[0]} received"
            )
        yield file, rows
        if following := body.get(NEXT, ""):
            require_same_host(following, url, SOURCE)
        url, query = following, None


def _retry_plain_text(response: httpx.Response) -> None:
    """Retry after the plain text that the service returns, with 200, to too many requests."""
    if response.status_code == 200 and response.content.lstrip()[:1] not in (b"{", b"<"):
        raise RetryableResponseError(f"answered 200 in plain text: {response.text[:120]!r}")


def unexpected_response_error(what: str) -> SourceUnavailableError:
    """The error for a response that is not as documented; `what` describes it."""
    return SourceUnavailableError(SOURCE, what, place=_base())


def _base() -> str:
    return base_url("PAX_HMRC_BASE_URL", BASE_URL)
