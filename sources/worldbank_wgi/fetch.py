"""Live access to Worldwide Governance Indicators: api.worldbank.org v2, paged, without a key."""

from __future__ import annotations

import os
from collections.abc import Iterator

from sources.kit.contract import RawFile
from sources.kit.errors import SourceUnavailableError
from sources.kit.http import HttpClient
from sources.kit.periods import base_url
from sources.worldbank_wgi.api import SERIES, SOURCE, ApiError, Page, read_page

BASE_URL = "https://api.worldbank.org"
PREFIXES = ("GOV_WGI_", "")  # the newest name of the series first
DIMENSIONS = ("CC", "GE", "PV", "RL", "RQ", "VA")
PER_PAGE = 10_000
DATABASE = 3  # the World Bank's number of the WGI database


def list_partitions() -> list[str]:
    """The API publishes only the newest edition; its pages state which one."""
    return ["latest"]


def fetch(partition: str, http: HttpClient) -> Iterator[RawFile]:
    """Yield all pages of the eighteen series: estimate, error, number of sources of six dimensions.

    Raises:
        SourceUnavailableError: the API does not respond, does not know the series, or pages are
            missing.
    """
    prefix = _prefix(http)
    for dimension in DIMENSIONS:
        for kind in SERIES:
            yield from _pages(f"{prefix}{dimension}.{kind}", http)


def _prefix(http: HttpClient) -> str:
    """The prefix of the series names; unknown names return a message."""
    message = ""
    for prefix in PREFIXES:
        try:
            _page(f"{prefix}{DIMENSIONS[0]}.EST", 1, http, per_page=1)
        except ApiError as error:
            message = str(error)
        else:
            return prefix
    raise SourceUnavailableError(
        SOURCE,
        f"the API has none of the known series names: {message}",
        place=_base(),
        remedy="check whether the World Bank renamed them, then extend PREFIXES in fetch.py",
    )


def _pages(series: str, http: HttpClient) -> Iterator[RawFile]:
    number, pages, seen = 1, 1, 0
    while number <= pages:
        file, page = _page(series, number, http)
        if page.page != number:
            raise unexpected_response_error(
                series, f"page {number} was requested, page {page.page} received"
            )
        seen += len(page.entries)
        number, pages = number + 1, page.pages
        yield file
    if seen != page.total:
        raise unexpected_response_error(
            series, f"{seen} entries received, {page.total} were announced"
        )


def _page(
    series: str, number: int, http: HttpClient, per_page: int | None = None
) -> tuple[RawFile, Page]:
    url = f"{_base()}/v2/country/all/indicator/{series}"
    per_page = per_page or int(os.environ.get("PAX_WGI_PER_PAGE", PER_PAGE))
    query: dict[str, str | int] = {"format": "json", "source": DATABASE, "per_page": per_page}
    query["page"] = number
    file, body = http.get_json(url, query, name=f"{series}.page{number}.json")
    try:
        return file, read_page(body)
    except ApiError:
        raise
    except ValueError as error:
        raise unexpected_response_error(series, str(error)) from error


def _base() -> str:
    return base_url("PAX_WGI_BASE_URL", BASE_URL)


def unexpected_response_error(series: str, what: str) -> SourceUnavailableError:
    """The error for a response that is not as documented; `what` describes it."""
    return SourceUnavailableError(SOURCE, f"{series}: {what}", place=_base())
