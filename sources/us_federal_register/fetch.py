"""Live access to the Federal Register: API v1, no key, by year, in windows of publication dates.

A query pages about 2,000 documents and counts at most 10,000, so a larger window is halved until
it fits. Links to the next page are followed once each and on the same host only; a window counts
only if it has every document that was announced.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sources.kit.contract import RawFile
from sources.kit.errors import SourceUnavailableError
from sources.kit.http import HttpClient, now_utc, require_same_host
from sources.kit.periods import base_url
from sources.us_federal_register.queries import SOURCE, ResultPage, Search, load_queries, read_page

BASE_URL = "https://www.federalregister.gov"
#: The most documents that one query can page through.
MAX_PAGED = 2000
MAX_ATTEMPTS = 2


class IncompleteResponseError(Exception):
    """A window has fewer documents than announced: documents may move between pages."""


def client() -> HttpClient:
    """An HTTP client without redirects: the API does not use them."""
    return HttpClient(SOURCE, redirects=False)


def list_partitions() -> list[str]:
    """Years of publication, the present one last."""
    since, _ = load_queries()
    return [str(year) for year in range(since, now_utc().year + 1)]


def fetch(partition: str, http: HttpClient) -> Iterator[RawFile]:
    """Yield all pages of all searches for one year of publication.

    Raises:
        SourceUnavailableError: the API does not respond, or a window stays incomplete.
    """
    year = int(partition)
    for search in load_queries()[1]:
        yield from _window(search, date(year, 1, 1), date(year, 12, 31), http)


def _window(search: Search, first: date, last: date, http: HttpClient) -> Iterator[RawFile]:
    file, page = _page(search, first, last, 1, _url(search, first, last), http)
    if page.count <= MAX_PAGED:
        yield from _complete_pages(search, first, last, file, page, http)
    elif first == last:
        raise unexpected_response_error(
            file.url, f"{page.count} documents on one day, {MAX_PAGED} can be paged"
        )
    else:
        middle = first + timedelta(days=(last - first).days // 2)
        yield from _window(search, first, middle, http)
        yield from _window(search, middle + timedelta(days=1), last, http)


def _complete_pages(
    search: Search, first: date, last: date, file: RawFile, page: ResultPage, http: HttpClient
) -> list[RawFile]:
    """The window's pages, fetched again once if documents are missing."""
    for attempt in range(MAX_ATTEMPTS):
        try:
            return _pages(search, first, last, file, page, http)
        except IncompleteResponseError as error:
            if attempt == MAX_ATTEMPTS - 1:
                raise unexpected_response_error(file.url, str(error)) from error
            file, page = _page(search, first, last, 1, _url(search, first, last), http)
    raise AssertionError("unreachable: the loop returns or raises")


def _pages(
    search: Search, first: date, last: date, file: RawFile, page: ResultPage, http: HttpClient
) -> list[RawFile]:
    files, announced, followed = [file], page.count, {_url(search, first, last)}
    keys = _keys(page)
    while page.next_page_url:
        url = page.next_page_url
        require_same_host(url, _base(), SOURCE)
        if url in followed:
            raise IncompleteResponseError(f"page {len(files)} links to an earlier page as next")
        followed.add(url)
        file, page = _page(search, first, last, len(files) + 1, url, http)
        files.append(file)
        keys |= _keys(page)
    if len(keys) < announced:
        raise IncompleteResponseError(
            f"{len(keys)} different documents received, {announced} were announced"
        )
    return files


def _page(
    search: Search, first: date, last: date, number: int, url: str, http: HttpClient
) -> tuple[RawFile, ResultPage]:
    name = f"{first.year}.{search.id}.{first}_{last}.page{number}.json"
    file, body = http.get_json(url, name=name)
    try:
        return file, read_page(body)
    except ValueError as error:
        raise unexpected_response_error(file.url, str(error)) from error


def _keys(page: ResultPage) -> set[tuple[str, str]]:
    return {(one["document_number"], one.get("publication_date") or "") for one in page.results}


def _url(search: Search, first: date, last: date) -> str:
    query = search.query(first.isoformat(), last.isoformat())
    return f"{_base()}/api/v1/documents.json?{query}"


def _base() -> str:
    return base_url("PAX_FEDERAL_REGISTER_BASE_URL", BASE_URL)


def unexpected_response_error(url: str, what: str) -> SourceUnavailableError:
    """The error for a response that is not as documented; `what` describes it."""
    return SourceUnavailableError(SOURCE, what, place=url.partition("?")[0])
