"""The live way against a loopback ScienceBase: items, MD5, replaced files, refusals told apart."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest

from sources.kit.catalog import find_source
from sources.kit.contract import RawFile
from sources.kit.errors import SourceBlockedError, SourceNotFoundError, SourceUnavailableError
from sources.kit.http import HttpClient
from sources.usgs_mcs import fetch
from sources.usgs_mcs.parse import parse
from tests.sources.loopback import Answer, listening
from tests.sources.usgs_mcs.conftest import raw
from warehouse.paths import DataPaths
from warehouse.storage.landing import land_bundle, land_files
from warehouse.storage.load_records import list_load_records

WORLD, SALIENT = "mcs2024-galli_world.csv", "mcs2024-galli_salient.csv"
ITEM, CHILD = "65a6e45fd34e5af967a46749", "child-of-2024"


@dataclass
class ScienceBase:
    """`stored` are files by address; an item lists addresses, which change with the content."""

    url: str = ""
    listed: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {ITEM: [], CHILD: []})
    stored: dict[str, bytes] = field(default_factory=dict)
    children: list[str] = field(default_factory=lambda: [CHILD])
    mood: str = ""

    def put(self, item: str, name: str, content: bytes, md5: str = "") -> None:
        sha1 = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        address = f"/catalog/file/get/{item}?f=__disk__{sha1[:2]}%2F{sha1[2:4]}%2F{sha1}"
        self.stored[address] = content
        self.listed[item] = [file for file in self.listed[item] if file["name"] != name]
        true = hashlib.md5(content, usedforsecurity=False).hexdigest()
        checksum = {"type": "MD5", "value": md5 or true}
        self.listed[item].append(
            {"name": name, "size": len(content), "downloadUri": self.url + address,
             "checksum": checksum}
        )  # fmt: skip

    def answer(self, path: str) -> tuple[int, bytes]:
        url = urlparse(path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        page = b"<!DOCTYPE html><title>Just a moment...</title>"
        if self.mood in ("403", "html"):
            return (403 if self.mood == "403" else 200), page
        if path in self.stored:
            return 200, self.stored[path]
        if url.path == "/catalog/items":
            found = self.children if query["parentId"] == ITEM else []
            start, upto = int(query["offset"]), int(query["offset"]) + int(query["max"])
            items = [{"id": i, "title": i, "files": self.listed[i]} for i in found[start:upto]]
            return 200, json.dumps({"total": len(found), "items": items}).encode()
        item = url.path.rpartition("/")[2]
        if url.path.startswith("/catalog/item/") and item in self.listed:
            return 200, json.dumps({"id": item, "files": self.listed[item]}).encode()
        return 404, b"{}"


@pytest.fixture
def base(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScienceBase]:
    base = ScienceBase()

    def respond(path: str, _: Mapping[str, str]) -> Answer:
        status, body = base.answer(path)
        return Answer(body, status)

    with listening(respond) as base.url:
        base.put(ITEM, WORLD, raw(WORLD).content)
        base.put(ITEM, "MCS2024_metadata.xml", b"<metadata/>")
        base.put(CHILD, SALIENT, raw(SALIENT).content)
        monkeypatch.setenv("PAX_SCIENCEBASE_URL", base.url)
        monkeypatch.setattr(fetch, "PAGE", 1)
        yield base


def live(partition: str = "2024") -> list[RawFile]:
    with HttpClient("usgs_mcs", attempts=2, first_wait=0.0, longest_wait=0.01) as http:
        return list(fetch.fetch(partition, http))


def test_tables_of_the_item_and_its_companion_come_verified(
    base: ScienceBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(fetch.items(), "2024", (ITEM, CHILD))
    files = live()
    assert [file.name for file in files] == [WORLD, SALIENT]
    (one,) = parse(files)
    assert set(one.tables) == {"world", "salient"}
    assert all(file.url.startswith(f"{base.url}/catalog/file/get/") for file in files)


def test_an_item_without_tables_is_asked_for_the_items_below(base: ScienceBase) -> None:
    assert [file.name for file in live()] == [WORLD]  # the item has its own: nothing comes twice
    base.listed[ITEM] = [file for file in base.listed[ITEM] if file["name"] != WORLD]
    base.listed["another-child"] = []
    base.children.append("another-child")
    base.put("another-child", WORLD, raw(WORLD).content)
    assert [file.name for file in live()] == [SALIENT, WORLD]


def test_a_replaced_file_comes_from_its_new_address(base: ScienceBase) -> None:
    before = live()[0].url
    base.put(ITEM, WORLD, raw(WORLD).content.replace(b"610000", b"620000"))
    after = live()[0]
    assert after.url != before
    assert b"620000" in after.content


def test_a_wrong_md5_is_refused_and_what_landed_stays(
    base: ScienceBase, data_dir: DataPaths
) -> None:
    spec = find_source("usgs_mcs")
    land_bundle(spec, data_dir)
    before = list_load_records(data_dir)
    base.put(ITEM, WORLD, raw(WORLD).content, md5="0" * 32)
    with pytest.raises(SourceUnavailableError, match="its item says 000000") as caught:
        land_files(spec, live(), "live", data_dir)
    assert not isinstance(caught.value, SourceNotFoundError | SourceBlockedError)
    assert list_load_records(data_dir) == before


@pytest.mark.parametrize("mood", ["403", "html"])
def test_a_browser_check_is_blocked_not_absent(base: ScienceBase, mood: str) -> None:
    base.mood = mood
    with pytest.raises(SourceBlockedError, match="pax land usgs_mcs FILE"):
        live()


def test_a_missing_file_item_or_child_is_absent_not_blocked(
    base: ScienceBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SourceNotFoundError, match="404"):
        live("2022")
    monkeypatch.setitem(fetch.items(), "2024", (ITEM, "moved-away"))
    with pytest.raises(SourceNotFoundError, match="moved-away"):
        live()
    monkeypatch.setitem(fetch.items(), "2024", (ITEM,))
    base.stored.clear()
    with pytest.raises(SourceNotFoundError, match="file/get"):
        live()
    base.listed[ITEM], base.children = [], []
    with pytest.raises(SourceNotFoundError, match="lists no table"):
        live()
