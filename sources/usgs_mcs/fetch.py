"""Live access to Mineral Commodity Summaries: the files of an edition's ScienceBase item.

The item lists its files with their MD5; URLs change when a file is replaced, so the item is
requested each time. A browser check that rejects scripts is not a missing edition:
`SourceBlockedError` and `SourceNotFoundError` distinguish the two.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from sources.kit.contract import RawFile
from sources.kit.errors import SourceNotFoundError, SourceUnavailableError
from sources.kit.http import HttpClient
from sources.kit.periods import base_url
from sources.usgs_mcs.layouts import SOURCE_ID

BASE_URL = "https://www.sciencebase.gov"
ITEMS = Path(__file__).with_name("items.csv")
TABLES = (".csv", ".zip")
PAGE = 100


@dataclass(frozen=True)
class ListedFile:
    """One file as listed by an item."""

    name: str
    url: str
    size: int | None
    md5: str | None

    @property
    def is_table(self) -> bool:
        return self.name.lower().endswith(TABLES)


@lru_cache(maxsize=1)
def read_items() -> dict[str, tuple[str, ...]]:
    """ScienceBase items by edition, the edition's own first; a new one is a row of `items.csv`."""
    with ITEMS.open(encoding="utf-8", newline="") as rows:
        return {
            row["edition"]: (row["item_id"], *row["child_item_ids"].split())
            for row in csv.DictReader(rows)
        }


def list_partitions() -> list[str]:
    """The editions whose items are known."""
    return sorted(read_items())


def fetch(partition: str, http: HttpClient) -> Iterator[RawFile]:
    """Yield the tables of one edition, each verified by the MD5 of its item.

    Raises:
        SourceBlockedError: ScienceBase rejects the client.
        SourceNotFoundError: an item or file does not exist, or the item has no table.
        SourceUnavailableError: no response, or a file does not match its MD5 or size.
    """
    own, *known_children = read_items()[partition]
    listed = [*_files(_item(own, http))]
    for child in known_children:
        listed += _files(_item(child, http))
    # child items repeat the zips of the item per commodity: needed only without the zips
    if not any(file.is_table for file in listed):
        listed += _children(own, http)
    tables = list({file.url: file for file in listed if file.is_table}.values())
    if not tables:
        raise SourceNotFoundError(
            SOURCE_ID,
            f"item {own} of edition {partition} lists no table: {[f.name for f in listed]}",
            place=f"{_base()}/catalog/item/{own}",
            remedy=_manual("check on the item's page whether the files have moved"),
        )
    for file in tables:
        yield _download(file, http)


def _item(item_id: str, http: HttpClient) -> dict[str, Any]:
    _, body = http.get_json(
        f"{_base()}/catalog/item/{item_id}", {"format": "json"}, name=f"{item_id}.json"
    )
    if not isinstance(body, dict) or body.get("id") != item_id:
        raise unexpected_response_error(
            f"item {item_id} was requested, {str(body)[:80]!r} received", item_id
        )
    return body


def _children(item_id: str, http: HttpClient) -> Iterator[ListedFile]:
    """Yield the files of the child items; older editions have one item per commodity."""
    offset, total = 0, 1
    while offset < total:
        query: dict[str, str | int] = {
            "parentId": item_id, "format": "json", "max": PAGE, "offset": offset,
            "fields": "title,id,files",
        }  # fmt: skip
        _, body = http.get_json(f"{_base()}/catalog/items", query, name=f"{item_id}.children.json")
        found = body.get("items") if isinstance(body, dict) else None
        if not isinstance(found, list):
            raise unexpected_response_error(f"no list of items below {item_id}", item_id)
        total = int(body.get("total", len(found)))
        for child in found:
            yield from _files(child)
        if not found and offset < total:
            raise unexpected_response_error(
                f"{offset} of {total} items below {item_id} received", item_id
            )
        offset += len(found)


def _files(item: dict[str, Any]) -> Iterator[ListedFile]:
    for file in item.get("files") or ():
        checksum = file.get("checksum") or {}
        is_md5 = str(checksum.get("type", "")).upper() == "MD5"
        yield ListedFile(
            name=str(file.get("name", "")),
            url=str(file.get("downloadUri") or file.get("url") or ""),
            size=file.get("size"),
            md5=str(checksum["value"]).lower() if is_md5 else None,
        )


def _download(file: ListedFile, http: HttpClient) -> RawFile:
    raw = http.get(file.url, name=file.name)
    found = hashlib.md5(raw.content, usedforsecurity=False).hexdigest()
    if file.md5 and found != file.md5:
        raise unexpected_response_error(
            f"{file.name} has the MD5 {found}, its item states {file.md5}", raw.url
        )
    if not file.md5 and file.size is not None and len(raw.content) != file.size:
        raise unexpected_response_error(
            f"{file.name} has {len(raw.content)} bytes, its item states {file.size}", raw.url
        )
    return raw


def _base() -> str:
    return base_url("PAX_SCIENCEBASE_URL", BASE_URL)


def _manual(first: str) -> str:
    return (
        f"{first}, or download the edition's files in a browser and run "
        f"`pax land {SOURCE_ID} FILES…`"
    )


def unexpected_response_error(what: str, place: str) -> SourceUnavailableError:
    """The error for a response that is not as documented; `what` describes it."""
    remedy = _manual(SourceUnavailableError.default_remedy)
    return SourceUnavailableError(SOURCE_ID, what, place=place, remedy=remedy)
