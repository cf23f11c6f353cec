"""Live access to the Pink Sheet: the page that links the workbook, then the workbook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from sources.kit.contract import RawFile
from sources.kit.download import download
from sources.kit.errors import SourceUnavailableError
from sources.kit.http import HttpClient
from sources.kit.periods import base_url
from sources.worldbank_pink_sheet.parse import SOURCE

BASE_URL = "https://www.worldbank.org"
PAGE = "/en/research/commodity-markets"
WORKBOOK = "CMO-Historical-Data-Monthly.xlsx"
#: The address of the workbook has a number that changes with the edition.
_LINK = re.compile(rf"""["']([^"'\s]+/{re.escape(WORKBOOK)})["']""")


def list_partitions() -> list[str]:
    """The page links the newest edition only; the workbook states which one it is."""
    return ["latest"]


def fetch(partition: str, http: HttpClient) -> Iterator[RawFile]:
    """Yield the workbook that the publisher's page links.

    Raises:
        SourceUnavailableError: the page or the workbook is not served, or the page has no link.
    """
    page = http.get(base_url("PAX_PINK_SHEET_BASE_URL", BASE_URL) + PAGE, name="page", html=True)
    found = _LINK.search(page.content.decode("utf-8", "replace"))
    if not found:
        raise SourceUnavailableError(
            SOURCE,
            f"the page links no {WORKBOOK}",
            place=page.url,
            remedy=f"download it in a browser and run: pax land {SOURCE} {WORKBOOK}",
        )
    yield download(http, urljoin(page.url, found[1]), name=WORKBOOK)
