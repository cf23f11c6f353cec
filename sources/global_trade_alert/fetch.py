"""Global Trade Alert, live: API v2, posted questions, `limit` and `offset`, the user's own key.

The key comes from `PAX_GTA_API_KEY` and goes into a header only. Which interventions are asked for
stands in `request.yml`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from sources.global_trade_alert.response import SOURCE, read_answer
from sources.kit.contract import RawFile
from sources.kit.errors import SourceUnavailableError
from sources.kit.http import HttpClient

BASE_URL = "https://api.globaltradealert.org"
KEY = "PAX_GTA_API_KEY"
PER_PAGE = 1000  # the publisher's most


def client() -> HttpClient:
    """With the key in the header; without a key there is nothing to ask."""
    key = os.environ.get(KEY, "").strip()
    if not key:
        raise SourceUnavailableError(
            SOURCE,
            f"the API needs a key, and {KEY} is empty",
            place=_base(),
            remedy=f"set {KEY}, or export a CSV on globaltradealert.org and use "
            f"`pax land {SOURCE} FILE`",
        )
    return HttpClient(SOURCE, headers={"Authorization": f"APIKey {key}"}, redirects=False)


def list_partitions() -> list[str]:
    """The API serves the present state of what is asked for."""
    return ["latest"]


def fetch(partition: str, http: HttpClient) -> Iterator[RawFile]:
    """Pages in the order of interventions, until one is not full; none may come twice."""
    per_page = int(os.environ.get("PAX_GTA_PER_PAGE", PER_PAGE))
    question = yaml.safe_load((Path(__file__).parent / "request.yml").read_text(encoding="utf-8"))
    seen: set[int] = set()
    announced, number, n_rows = 0, 1, per_page
    while n_rows == per_page:
        offset = (number - 1) * per_page
        file, count, ids = _page({**question, "limit": per_page, "offset": offset}, number, http)
        if not set(ids).isdisjoint(seen):
            raise unexpected_response_error(
                f"page {number} brings interventions that an earlier one brought"
            )
        seen |= set(ids)
        announced, number, n_rows = max(announced, count or 0), number + 1, len(ids)
        yield file
    if len(seen) < announced:
        raise unexpected_response_error(
            f"{len(seen)} interventions came, {announced} were announced"
        )


def _page(
    question: dict[str, Any], number: int, http: HttpClient
) -> tuple[RawFile, int | None, list[int]]:
    url = f"{_base()}/api/v2/gta/data/"
    file, body = http.get_json(url, name=f"interventions.page{number}.json", body=question)
    try:
        count, rows = read_answer(body)
        return file, count, [int(row["intervention_id"]) for row in rows]
    except (ValueError, KeyError, TypeError) as error:
        raise unexpected_response_error(f"page {number}: {error}") from error


def _base() -> str:
    return os.environ.get("PAX_GTA_BASE_URL", BASE_URL).rstrip("/")


def unexpected_response_error(what: str) -> SourceUnavailableError:
    remedy = "what landed before stays in use; try again later"
    return SourceUnavailableError(SOURCE, what, place=_base(), remedy=remedy)
