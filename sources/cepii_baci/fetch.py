"""Live access to BACI: CEPII's zip of one nomenclature, of the newest or a chosen edition."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from sources.cepii_baci.layouts import NOMENCLATURES, SOURCE
from sources.kit.contract import RawFile
from sources.kit.download import download
from sources.kit.errors import SourceUnavailableError
from sources.kit.http import HttpClient
from sources.kit.periods import base_url

BASE_URL = "https://www.cepii.fr"
PAGE = "/CEPII/en/bdd_modele/bdd_modele_item.asp"
FOLDER = "/DATA_DOWNLOAD/baci/data"
EDITION = "PAX_BACI_EDITION"
_LINK = re.compile(r"BACI_(HS\d\d)_V(\d{6}[a-z]?)\.zip")


def list_partitions() -> list[str]:
    """The nomenclatures; each zip has all its years."""
    return list(NOMENCLATURES)


def default_partitions() -> list[str]:
    """The nomenclature of the bundle and the newest one: HS92 alone is 2.4 GB."""
    return ["HS17", "HS22"]


def client() -> HttpClient:
    """An HTTP client with a long timeout, for zips of several hundred MB."""
    return HttpClient(SOURCE, timeout=300.0)


def fetch(partition: str, http: HttpClient) -> Iterator[RawFile]:
    """Download the zip of a nomenclature, streamed to disk and resumed if interrupted.

    Raises:
        SourceUnavailableError: CEPII's page has no link to the zip, or the download fails.
    """
    edition = os.environ.get(EDITION) or newest_edition(partition, http)
    name = f"BACI_{partition}_{edition}.zip"
    yield download(http, f"{_base()}{FOLDER}/{name}", name=name)


def newest_edition(nomenclature: str, http: HttpClient) -> str:
    """The newest edition to which CEPII's page links, such as `V202601`.

    Raises:
        SourceUnavailableError: the page has no link to a zip of the nomenclature.
    """
    page = http.get(f"{_base()}{PAGE}", {"id": 37}, name="baci.html", html=True)
    links = _LINK.findall(page.content.decode("utf-8", errors="replace"))
    editions = sorted(edition for hs, edition in links if hs == nomenclature)
    if not editions:
        raise SourceUnavailableError(
            SOURCE,
            f"CEPII's page has no link to a zip of {nomenclature}",
            place=page.url,
            remedy=f"look up the edition on the page and set {EDITION}, such as V202601",
        )
    return f"V{editions[-1]}"


def _base() -> str:
    return base_url("PAX_BACI_BASE_URL", BASE_URL)
