"""UK trade, live: the OData service of api.uktradeinfo.com, a month at a time, without a key."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

import stamina

from sources.kit.contract import RawFile
from sources.kit.errors import SourceUnavailableError
from sources.kit.hs6_scope import batches, hs6_scope
from sources.kit.http import HttpClient
from sources.kit.periods import (
    USUAL_MONTHS,
    base_url,
    published_months,
    refuse_period,
    requested_on,
)
from sources.uk_hmrc.parse import MONTHLY_LAG
from sources.uk_hmrc.response import NEXT, SOURCE

BASE_URL = "https://api.uktradeinfo.com"
FIRST_MONTH = "201601"
#: HS6 codes in one question: a longer address is refused.
CODES_PER_CALL = 15


class RateLimitedError(Exception):
    """The service answers in plain text, with 200, when it is asked too often."""


def list_partitions(today: date | None = None) -> list[str]:
    """Every month that is out."""
    return published_months(FIRST_MONTH, MONTHLY_LAG, today or datetime.now(UTC).date())


def default_partitions(today: date | None = None) -> list[str]:
    """The newest months, when a run names none."""
    return list_partitions(today)[-USUAL_MONTHS:]


def fetch(partition: str, http: HttpClient) -> Iterator[RawFile]:
    """All pages of the month, in questions of some HS6 codes each."""
    refuse_period(SOURCE, partition)
    n_rows = 0
    for number, codes in enumerate(batches(hs6_scope(), CODES_PER_CALL), 1):
        for file, rows in _pages(http, partition, number, codes):
            n_rows += len(rows)
            yield file
    if not n_rows:
        raise unexpected_response_error(
            f"has no row at all of {partition}: the month is not out yet"
        )


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
        file, answer = _patiently(http, url, query, f"ots.{month}.{number:02}.{page}.json")
        rows = answer.get("value") if isinstance(answer, dict) else None
        if not isinstance(rows, list):
            raise unexpected_response_error(f"answered {month} without a list of rows")
        if strays := {row.get("MonthId") for row in rows} - {int(month)}:
            raise unexpected_response_error(
                f"{month} was asked, rows of {sorted(map(str, strays))[0]} came"
            )
        yield file, rows
        url, query = _same_host(answer.get(NEXT, ""), url), None


def _patiently(
    http: HttpClient, url: str, query: dict[str, str | int] | None, name: str
) -> tuple[RawFile, Any]:
    try:
        for attempt in stamina.retry_context(
            on=RateLimitedError, attempts=http.attempts, timeout=None, wait_initial=http.first_wait * 4,
            wait_max=http.longest_wait, wait_jitter=http.first_wait,
        ):  # fmt: skip
            with attempt:
                file = http.get(url, query, name=name, edition=requested_on(http.clock().date()))
                if file.content.lstrip()[:1] != b"{":
                    raise RateLimitedError(repr(file.content[:120].decode("utf-8", "replace")))
    except RateLimitedError as error:
        raise unexpected_response_error(
            f"answers in plain text, after {http.attempts} attempts: {error}"
        ) from error
    try:
        return file, json.loads(file.content)
    except ValueError as error:
        raise unexpected_response_error(f"{name}: the answer is not whole JSON: {error}") from error


def _same_host(link: str, asked: str) -> str:
    """The next page, which may lie nowhere else."""
    if link and urlsplit(link)[:2] != urlsplit(asked)[:2]:
        raise unexpected_response_error(
            f"the next page lies at another host: {urlsplit(link).netloc}"
        )
    return link


def unexpected_response_error(what: str) -> SourceUnavailableError:
    return SourceUnavailableError(
        SOURCE, what, place=_base(), remedy="what landed before stays in use; try again later"
    )


def _base() -> str:
    return base_url("PAX_HMRC_BASE_URL", BASE_URL)
