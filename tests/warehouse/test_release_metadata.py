"""`datapackage.json` of a release, and the feed of the releases of a data directory."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from xml.etree import ElementTree

import pyarrow.parquet as pq
import pytest

from tests.warehouse.synthetic_data_dir import CHECK_RESULTS, build_data_dir, publish_marts
from warehouse.paths import DataPaths
from warehouse.release import Published, RunInfo, rollback
from warehouse.release.feed import NAMESPACE, renew_feed, write_feed

ATOM = {"atom": NAMESPACE}
TYPES = {"string", "boolean", "date", "datetime", "integer", "number", "array"}


def entries(paths: DataPaths) -> list[tuple[str, str]]:
    """Title and the text about the changes of each entry."""
    feed = ElementTree.parse(paths.feed).getroot()
    assert feed.findtext("atom:updated", namespaces=ATOM)
    return [
        (
            entry.findtext("atom:title", "", ATOM),
            entry.findtext("atom:content", "", ATOM),
        )
        for entry in feed.findall("atom:entry", ATOM)
    ]


def test_data_package_describes_the_files_of_the_release(
    published: tuple[DataPaths, Published],
) -> None:
    _, release = published
    package = json.loads((release.folder / "datapackage.json").read_text(encoding="utf-8"))
    assert package["version"] == release.release_id
    assert package["licenses"]
    assert all(source["attribution"] for source in package["sources"])
    files = {f"parquet/{path.name}" for path in (release.folder / "parquet").iterdir()}
    assert {resource["path"] for resource in package["resources"]} == files
    names = {resource["name"] for resource in package["resources"]}
    for resource in package["resources"]:
        path, schema = release.folder / resource["path"], resource["schema"]
        columns = pq.read_schema(path).names
        assert [field["name"] for field in schema["fields"]] == columns
        assert {field["type"] for field in schema["fields"]} <= TYPES, resource["name"]
        assert set(schema["primaryKey"]) <= set(columns)
        for key in schema.get("foreignKeys", []):
            assert key["reference"]["resource"] in names
        assert resource["hash"] == f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
        assert resource["bytes"] == path.stat().st_size
    described = [
        f for r in package["resources"] for f in r["schema"]["fields"] if "description" in f
    ]
    assert described, "the comments of the database are the descriptions"


def test_feed_lists_releases_with_what_changed(tmp_path: Path) -> None:
    made = []
    for number in range(2):
        paths, manifest = build_data_dir(tmp_path, nudge=number / 100)
        made.append(publish_marts(paths, manifest, CHECK_RESULTS, RunInfo(f"run{number}")))
    newest, first = entries(paths)
    assert "(current)" in newest[0]
    assert "(current)" not in first[0]
    assert f"Against {made[0].release_id}." in newest[1]
    assert "changed" in newest[1]
    rollback(paths)
    newest, first = entries(paths)
    assert "(current)" not in newest[0]
    assert "(current)" in first[0]


def test_feed_that_cannot_be_written_undoes_nothing(tmp_path: Path) -> None:
    paths, manifest = build_data_dir(tmp_path)
    paths.feed.mkdir()  # no file can take its place
    done = publish_marts(paths, manifest, CHECK_RESULTS, RunInfo("run"))
    assert done.is_current
    renew_feed(paths)
    with pytest.raises(IsADirectoryError):
        write_feed(paths)
