"""Live access to World Mineral Statistics: OGC API Features, paged, without a key."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator

from sources.bgs_wms.feature_response import SOURCE, read_page
from sources.kit.contract import RawFile
from sources.kit.errors import SourceUnavailableError
from sources.kit.http import HttpClient

BASE_URL = "https://ogcapi.bgs.ac.uk"
ITEMS = "collections/world-mineral-statistics/items"
PER_PAGE = 20_000  # the largest page that the API is known to serve
#: paging needs a stable order
SORTED_BY = "year,bgs_commodity_code,country_trans"


def client() -> HttpClient:
    """An HTTP client with a long timeout: a page of 20,000 features is slow."""
    return HttpClient(SOURCE, timeout=300.0)


def list_partitions() -> list[str]:
    """The API publishes only its newest state."""
    return ["latest"]


def fetch(partition: str, http: HttpClient) -> Iterator[RawFile]:
    """Yield all pages of the production of all commodities (trade is not requested).

    A page may be shorter than requested; the last page is known from the total or is empty.

    Raises:
        SourceUnavailableError: the pages do not add up to the announced total.
    """
    offset, seen, matched = 0, 0, None
    while matched is None or offset < matched:
        file = http.get(_url(), _query(offset), name=f"production.offset{offset:07}.{_format()}")
        returned, total = _counts(file)
        if matched is not None and total is not None and total != matched:
            raise unexpected_response_error(
                f"{matched} records were announced, now {total}: the data changed between pages"
            )
        matched = total if total is not None else matched
        seen += returned
        if returned == 0:
            break
        yield file
        offset += returned
    if matched is not None and seen != matched:
        raise unexpected_response_error(f"{seen} records received, {matched} were announced")


def _query(offset: int) -> dict[str, str | int]:
    return {
        "f": _format(),
        "bgs_statistic_type_trans": "Production",
        "sortby": SORTED_BY,
        "limit": _per_page(),
        "offset": offset,
    }


def _counts(file: RawFile) -> tuple[int, int | None]:
    """The number of records of the page and of the whole result; a CSV has only the first."""
    if _format() == "csv":
        text = file.content.decode("utf-8-sig", errors="replace")
        return max(sum(1 for _ in csv.reader(io.StringIO(text, newline=""))) - 1, 0), None
    try:
        page = read_page(json.loads(file.content))
    except ValueError as error:
        raise unexpected_response_error(f"offset of {file.name}: {error}") from error
    if page.returned != len(page.features):
        raise unexpected_response_error(
            f"{file.name} announces {page.returned} and has {len(page.features)} records"
        )
    return page.returned, page.matched


def _url() -> str:
    return f"{os.environ.get('PAX_BGS_BASE_URL', BASE_URL).rstrip('/')}/{ITEMS}"


def _format() -> str:
    """`json`, or `csv` for servers that do not return JSON."""
    return os.environ.get("PAX_BGS_FORMAT", "json")


def _per_page() -> int:
    return int(os.environ.get("PAX_BGS_PER_PAGE", PER_PAGE))


def unexpected_response_error(what: str) -> SourceUnavailableError:
    """The error for a response that is not as documented; `what` describes it."""
    return SourceUnavailableError(
        SOURCE,
        what,
        place=_url(),
        remedy=f"{SourceUnavailableError.default_remedy}, or download the CSV (f=csv) and run "
        f"`pax land {SOURCE} FILE`",
    )
