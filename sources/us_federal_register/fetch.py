"""The Federal Register, live: API v1, no key, a year at a time, in windows small enough to page.

A query pages about 2,000 documents and counts at most 10,000, so a window that holds more is
halved until it fits. The address of the next page is followed on the same scheme and host only,
each once, and a window counts only when it brought every document it had announced.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import urlsplit

from sources.kit.contract import RawFile
from sources.kit.errors import SourceUnavailableError
from sources.kit.http import HttpClient, now_utc
from sources.us_federal_register.queries import SOURCE, Answer, Search, read_answer, settings

BASE_URL = "https://www.federalregister.gov"
#: Documents that one query lets us page through.
PAGED_AT_MOST = 2000
TRIES = 2


class IncompleteResponseError(Exception):
    """A window that did not bring what it announced: documents may move while we page."""


def client() -> HttpClient:
    """Without redirects: the register's answers do not lead elsewhere."""
    return HttpClient(SOURCE, redirects=False)


def list_partitions() -> list[str]:
    """Years of publication, this one last."""
    since, _ = settings()
    return [str(year) for year in range(since, now_utc().year + 1)]


def fetch(partition: str, http: HttpClient) -> Iterator[RawFile]:
    """All pages of all searches for one year of publication."""
    year = int(partition)
    for search in settings()[1]:
        yield from _window(search, date(year, 1, 1), date(year, 12, 31), http)


def _window(search: Search, first: date, last: date, http: HttpClient) -> Iterator[RawFile]:
    file, answer = _page(search, first, last, 1, _address(search, first, last), http)
    if answer.count <= PAGED_AT_MOST:
        yield from _whole(search, first, last, file, answer, http)
    elif first == last:
        raise unexpected_response_error(
            file.url, f"{answer.count} documents on one day, {PAGED_AT_MOST} can be paged"
        )
    else:
        middle = first + timedelta(days=(last - first).days // 2)
        yield from _window(search, first, middle, http)
        yield from _window(search, middle + timedelta(days=1), last, http)


def _whole(
    search: Search, first: date, last: date, file: RawFile, answer: Answer, http: HttpClient
) -> list[RawFile]:
    """The window's pages, once more from the beginning when something was missing."""
    for attempt in range(TRIES):
        try:
            return _pages(search, first, last, file, answer, http)
        except IncompleteResponseError as error:
            if attempt == TRIES - 1:
                raise unexpected_response_error(file.url, str(error)) from error
            file, answer = _page(search, first, last, 1, _address(search, first, last), http)
    raise AssertionError("unreachable: the loop returns or raises")


def _pages(
    search: Search, first: date, last: date, file: RawFile, answer: Answer, http: HttpClient
) -> list[RawFile]:
    files, announced, followed = [file], answer.count, {_address(search, first, last)}
    keys = _keys(answer)
    while answer.next_page_url:
        url = _same_host(answer.next_page_url)
        if url in followed:
            raise IncompleteResponseError(
                f"page {len(files)} names as the next one a page that came before"
            )
        followed.add(url)
        file, answer = _page(search, first, last, len(files) + 1, url, http)
        files.append(file)
        keys |= _keys(answer)
    if len(keys) < announced:
        raise IncompleteResponseError(
            f"{len(keys)} different documents came, {announced} were announced"
        )
    return files


def _page(
    search: Search, first: date, last: date, number: int, url: str, http: HttpClient
) -> tuple[RawFile, Answer]:
    name = f"{first.year}.{search.id}.{first}_{last}.page{number}.json"
    file, body = http.get_json(url, name=name)
    try:
        return file, read_answer(body)
    except ValueError as error:
        raise unexpected_response_error(file.url, str(error)) from error


def _keys(answer: Answer) -> set[tuple[str, str]]:
    return {(one["document_number"], one.get("publication_date") or "") for one in answer.results}


def _address(search: Search, first: date, last: date) -> str:
    query = search.query(first.isoformat(), last.isoformat())
    return f"{_base()}/api/v1/documents.json?{query}"


def _same_host(url: str) -> str:
    there, here = urlsplit(url), urlsplit(_base())
    if (there.scheme, there.netloc) != (here.scheme, here.netloc):
        raise unexpected_response_error(
            _base(), f"the next page would be at {there.scheme}://{there.netloc}: not asked"
        )
    return url


def _base() -> str:
    return os.environ.get("PAX_FEDERAL_REGISTER_BASE_URL", BASE_URL).rstrip("/")


def unexpected_response_error(url: str, what: str) -> SourceUnavailableError:
    remedy = "what landed before stays in use; try again later"
    return SourceUnavailableError(SOURCE, what, place=url.partition("?")[0], remedy=remedy)
