"""Live access against a fake ScienceBase: items, MD5, replaced files, kinds of errors."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from sources.kit.catalog import find_source
from sources.kit.contract import RawFile
from sources.kit.errors import SourceBlockedError, SourceNotFoundError, SourceUnavailableError
from sources.usgs_mcs import fetch
from sources.usgs_mcs.parse import parse
from tests.sources.fake_publisher import FakePublisher, Request, Response
from tests.sources.files import fetch_live
from tests.sources.usgs_mcs.conftest import raw
from warehouse.paths import DataPaths
from warehouse.storage.landing import land_bundle, land_files
from warehouse.storage.load_records import list_load_records

WORLD, SALIENT = "mcs2024-galli_world.csv", "mcs2024-galli_salient.csv"
ITEM, CHILD = "65a6e45fd34e5af967a46749", "child-of-2024"


@dataclass
class ScienceBase(FakePublisher):
    """`stored` are files by URL; an item lists URLs, which change with the content."""

    listed: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {ITEM: [], CHILD: []})
    stored: dict[str, bytes] = field(default_factory=dict)
    children: list[str] = field(default_factory=lambda: [CHILD])

    def put(self, item: str, name: str, content: bytes, md5: str = "") -> None:
        sha1 = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        url = f"/catalog/file/get/{item}?f=__disk__{sha1[:2]}%2F{sha1[2:4]}%2F{sha1}"
        self.stored[url] = content
        self.listed[item] = [file for file in self.listed[item] if file["name"] != name]
        true = hashlib.md5(content, usedforsecurity=False).hexdigest()
        checksum = {"type": "MD5", "value": md5 or true}
        self.listed[item].append(
            {"name": name, "size": len(content), "downloadUri": self.url + url,
             "checksum": checksum}
        )  # fmt: skip

    def respond(self, request: Request, fault: str) -> Response:
        if request.target in self.stored:
            return Response(self.stored[request.target])
        if request.path == "/catalog/items":
            found = self.children if request.query["parentId"] == ITEM else []
            start = int(request.query["offset"])
            page = found[start : start + int(request.query["max"])]
            items = [{"id": i, "title": i, "files": self.listed[i]} for i in page]
            return Response(json.dumps({"total": len(found), "items": items}).encode())
        item = request.path.rpartition("/")[2]
        if request.path.startswith("/catalog/item/") and item in self.listed:
            return Response(json.dumps({"id": item, "files": self.listed[item]}).encode())
        return Response(b"{}", 404)


@pytest.fixture
def base(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScienceBase]:
    with ScienceBase().serving() as base:
        base.put(ITEM, WORLD, raw(WORLD).content)
        base.put(ITEM, "MCS2024_metadata.xml", b"<metadata/>")
        base.put(CHILD, SALIENT, raw(SALIENT).content)
        monkeypatch.setenv("PAX_SCIENCEBASE_URL", base.url)
        monkeypatch.setattr(fetch, "PAGE", 1)
        yield base


def live(partition: str = "2024") -> list[RawFile]:
    return fetch_live("usgs_mcs", partition)


def test_tables_of_the_item_and_its_children_are_verified(
    base: ScienceBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(fetch.read_items(), "2024", (ITEM, CHILD))
    files = live()
    assert [file.name for file in files] == [WORLD, SALIENT]
    (one,) = parse(files)
    assert set(one.tables) == {"world", "salient"}
    assert all(file.url.startswith(f"{base.url}/catalog/file/get/") for file in files)


def test_children_are_listed_for_an_item_without_tables(base: ScienceBase) -> None:
    assert [file.name for file in live()] == [
        WORLD
    ]  # the item has its own tables: nothing is repeated
    base.listed[ITEM] = [file for file in base.listed[ITEM] if file["name"] != WORLD]
    base.listed["another-child"] = []
    base.children.append("another-child")
    base.put("another-child", WORLD, raw(WORLD).content)
    assert [file.name for file in live()] == [SALIENT, WORLD]


def test_a_replaced_file_has_a_new_url(base: ScienceBase) -> None:
    before = live()[0].url
    base.put(ITEM, WORLD, raw(WORLD).content.replace(b"610000", b"620000"))
    after = live()[0]
    assert after.url != before
    assert b"620000" in after.content


def test_a_wrong_md5_is_an_error_and_the_last_landing_is_kept(
    base: ScienceBase, data_dir: DataPaths
) -> None:
    spec = find_source("usgs_mcs")
    land_bundle(spec, data_dir)
    before = list_load_records(data_dir)
    base.put(ITEM, WORLD, raw(WORLD).content, md5="0" * 32)
    with pytest.raises(SourceUnavailableError, match="its item states 000000") as caught:
        land_files(spec, live(), "live", data_dir)
    assert not isinstance(caught.value, SourceNotFoundError | SourceBlockedError)
    assert list_load_records(data_dir) == before


@pytest.mark.parametrize("fault", ["403", "html"])
def test_a_browser_check_is_a_blocked_error(base: ScienceBase, fault: str) -> None:
    base.always = fault
    with pytest.raises(SourceBlockedError, match="pax land usgs_mcs FILE"):
        live()


def test_a_missing_file_item_or_child_is_a_not_found_error(
    base: ScienceBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SourceNotFoundError, match="404"):
        live("2022")
    monkeypatch.setitem(fetch.read_items(), "2024", (ITEM, "moved-away"))
    with pytest.raises(SourceNotFoundError, match="moved-away"):
        live()
    monkeypatch.setitem(fetch.read_items(), "2024", (ITEM,))
    base.stored.clear()
    with pytest.raises(SourceNotFoundError, match="file/get"):
        live()
    base.listed[ITEM], base.children = [], []
    with pytest.raises(SourceNotFoundError, match="lists no table"):
        live()
