"""Live access to Global Trade Alert: API v2, POST requests paged by `limit` and `offset`.

The user's key comes from `PAX_GTA_API_KEY` and is sent in a header only. `request.yml` selects the
interventions.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from sources.global_trade_alert.response import SOURCE, read_response
from sources.kit.contract import RawFile
from sources.kit.errors import SourceUnavailableError
from sources.kit.http import HttpClient

BASE_URL = "https://api.globaltradealert.org"
KEY = "PAX_GTA_API_KEY"
PER_PAGE = 1000  # the publisher's maximum


def client() -> HttpClient:
    """An HTTP client with the key in a header.

    Raises:
        SourceUnavailableError: the key is not set.
    """
    key = os.environ.get(KEY, "").strip()
    if not key:
        raise SourceUnavailableError(
            SOURCE,
            f"the API needs a key, and {KEY} is empty",
            place=_base(),
            remedy=f"set {KEY}, or export a CSV on globaltradealert.org and "
            f"run `pax land {SOURCE} FILE`",
        )
    return HttpClient(SOURCE, headers={"Authorization": f"APIKey {key}"}, redirects=False)


def list_partitions() -> list[str]:
    """The API publishes only its present state."""
    return ["latest"]


def fetch(partition: str, http: HttpClient) -> Iterator[RawFile]:
    """Yield pages in the order of interventions, until a page is not full.

    Raises:
        SourceUnavailableError: the pages repeat interventions or have fewer than announced.
    """
    per_page = int(os.environ.get("PAX_GTA_PER_PAGE", PER_PAGE))
    selection = yaml.safe_load((Path(__file__).parent / "request.yml").read_text(encoding="utf-8"))
    seen: set[int] = set()
    announced, number, n_rows = 0, 1, per_page
    while n_rows == per_page:
        offset = (number - 1) * per_page
        file, count, ids = _page({**selection, "limit": per_page, "offset": offset}, number, http)
        if not set(ids).isdisjoint(seen):
            raise unexpected_response_error(
                f"page {number} repeats interventions of an earlier page"
            )
        seen |= set(ids)
        announced, number, n_rows = max(announced, count or 0), number + 1, len(ids)
        yield file
    if len(seen) < announced:
        raise unexpected_response_error(
            f"{len(seen)} interventions received, {announced} were announced"
        )


def _page(
    body: dict[str, Any], number: int, http: HttpClient
) -> tuple[RawFile, int | None, list[int]]:
    url = f"{_base()}/api/v2/gta/data/"
    file, body = http.get_json(url, name=f"interventions.page{number}.json", body=body)
    try:
        count, rows = read_response(body)
        return file, count, [int(row["intervention_id"]) for row in rows]
    except (ValueError, KeyError, TypeError) as error:
        raise unexpected_response_error(f"page {number}: {error}") from error


def _base() -> str:
    return os.environ.get("PAX_GTA_BASE_URL", BASE_URL).rstrip("/")


def unexpected_response_error(what: str) -> SourceUnavailableError:
    """The error for a response that is not as documented; `what` describes it."""
    return SourceUnavailableError(SOURCE, what, place=_base())
