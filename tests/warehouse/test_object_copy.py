"""A copy of a release in object storage: whole, current last, and nothing else is ever read."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from orchestration.defs.automation.object_inbox import fetch_inbox
from tests.orchestration.test_cli import invoke
from tests.warehouse.object_server import SECRET, ObjectServer, run_object_server
from tests.warehouse.synthetic_data_dir import CHECK_RESULTS, build_data_dir, publish_marts
from warehouse.paths import PROJECT, DataPaths
from warehouse.release import Published, RunInfo
from warehouse.release.failpoint import OBJECT_STEPS
from warehouse.release.object_copy import CURRENT, copy_release, verify_copy
from warehouse.storage.object_store import ObjectStore, ObjectStoreError

pytestmark = pytest.mark.xdist_group("objects")

WRITTEN = "s3://bucket/pax"
PAGE = (PROJECT / "docs" / "connect" / "object_storage.md").read_text("utf-8")
RECIPES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
COPY = (
    "import sys; from pathlib import Path\n"
    "from warehouse.release.object_copy import copy_release\n"
    "print(copy_release(Path(sys.argv[1]), sys.argv[2]).summary)\n"
)


@pytest.fixture(scope="module")
def server() -> Iterator[ObjectServer]:
    with run_object_server() as running:
        yield running


@pytest.fixture
def prefix(
    server: ObjectServer, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> str:
    """A prefix of this test's own, and the variables of a person who uses the server."""
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    return "".join(c if c.isalnum() else "-" for c in request.node.name)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[DataPaths, Published, Published]:
    """A data directory with two releases of other shares; the second one is current."""
    data_dir = tmp_path_factory.mktemp("two_releases")
    paths, manifest = build_data_dir(data_dir)
    first = publish_marts(paths, manifest, CHECK_RESULTS, RunInfo("first"))
    build_data_dir(data_dir, nudge=0.05)
    return paths, first, publish_marts(paths, manifest, CHECK_RESULTS, RunInfo("next"))


@pytest.fixture(scope="module")
def release(two: tuple[DataPaths, Published, Published]) -> Path:
    return two[1].folder


def current(server: ObjectServer, prefix: str) -> dict[str, str]:
    content: dict[str, str] = json.loads(server.get(f"{prefix}/{CURRENT}"))
    return content


def test_copy_has_every_file_of_the_release(
    server: ObjectServer, prefix: str, release: Path
) -> None:
    done = copy_release(release, f"s3://bucket/{prefix}")
    files = {str(p.relative_to(release)) for p in release.rglob("*") if p.is_file()}
    assert server.keys(f"{prefix}/releases/{release.name}") == files
    for name in ("manifest.json", "pax_silica.duckdb"):
        there = server.get(f"{prefix}/releases/{release.name}/{name}")
        assert there == (release / name).read_bytes()
    # the manifest is not among the files that it lists
    assert (done.n_copied, done.n_present) == (len(files) - 1, 0)
    assert current(server, prefix)["release_id"] == release.name
    assert verify_copy(f"s3://bucket/{prefix}") == (release.name, [])


@pytest.mark.parametrize("number", range(len(RECIPES)))
def test_a_recipe_reads_the_current_release(
    server: ObjectServer, prefix: str, release: Path, number: int
) -> None:
    copy_release(release, f"s3://bucket/{prefix}")
    assert WRITTEN in RECIPES[number]
    done = subprocess.run(
        [sys.executable, "-c", RECIPES[number].replace(WRITTEN, f"s3://bucket/{prefix}")],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = pq.read_metadata(release / "parquet" / "partner_dependency.parquet").num_rows
    assert str(rows) in done.stdout


def test_second_copy_copies_nothing_and_the_next_release_becomes_current(
    server: ObjectServer, prefix: str, two: tuple[DataPaths, Published, Published]
) -> None:
    _, first, second = two
    uri = f"s3://bucket/{prefix}"
    n_files = copy_release(first.folder, uri).n_copied
    again = copy_release(first.folder, uri)
    assert (again.n_copied, again.n_present) == (0, n_files)
    copy_release(second.folder, uri)
    assert verify_copy(uri) == (second.folder.name, [])
    # a rollback of this machine is one of the copy
    assert copy_release(first.folder, uri).n_copied == 0
    assert verify_copy(uri) == (first.folder.name, [])


@pytest.mark.parametrize("step", OBJECT_STEPS)
def test_kill_amid_the_copy_leaves_current_and_the_next_one_completes(
    server: ObjectServer, prefix: str, two: tuple[DataPaths, Published, Published], step: str
) -> None:
    _, first, second = two
    uri = f"s3://bucket/{prefix}"
    copy_release(first.folder, uri)
    before = server.get(f"{prefix}/{CURRENT}")
    killed = subprocess.run(
        [sys.executable, "-c", COPY, str(second.folder), uri],
        cwd=PROJECT, env={**os.environ, "PAX_FAILPOINT": step}, capture_output=True, check=False,
    )  # fmt: skip
    assert killed.returncode == -9
    assert server.get(f"{prefix}/{CURRENT}") == before
    assert verify_copy(uri) == (first.folder.name, [])
    done = copy_release(second.folder, uri)
    assert done.n_present > 0
    assert verify_copy(uri) == (second.folder.name, [])


def test_wrong_bytes_of_an_interrupted_copy_are_replaced(
    server: ObjectServer, prefix: str, release: Path
) -> None:
    """Of the same size, as no interrupted upload leaves them: only their hash shows it."""
    size = (release / "CHANGES.md").stat().st_size
    server.put(f"{prefix}/releases/{release.name}/CHANGES.md", b"x" * size)
    copy_release(release, f"s3://bucket/{prefix}")
    assert verify_copy(f"s3://bucket/{prefix}") == (release.name, [])


def test_verification_names_what_is_damaged(
    server: ObjectServer, prefix: str, release: Path
) -> None:
    uri, base = f"s3://bucket/{prefix}", f"{prefix}/releases/{release.name}"
    copy_release(release, uri)
    size = (release / "CHANGES.md").stat().st_size
    n_bytes = (release / "pax_silica.duckdb").stat().st_size
    server.put(f"{base}/CHANGES.md", b"x" * size)
    server.put(f"{base}/pax_silica.duckdb", b"")
    server.filesystem.delete_file(f"bucket/{base}/report/index.html")
    assert verify_copy(uri)[1] == [
        "CHANGES.md differs from its hash in the manifest",
        f"pax_silica.duckdb has 0 bytes instead of {n_bytes}",
        "report/index.html is missing",
    ]
    code, text = invoke("verify", uri)
    assert code == 1
    assert "CHANGES.md differs" in text
    server.put(f"{base}/manifest.json", b"{}")
    assert verify_copy(uri)[1] == [
        "manifest.json is missing or not the one that current.json names"
    ]


def test_another_build_of_the_same_marts_is_not_overwritten(
    server: ObjectServer, prefix: str, tmp_path: Path
) -> None:
    """Times of a run are outside the identity: a second machine has the id with other files."""
    uri, folders = f"s3://bucket/{prefix}", []
    for name in ("one", "other"):
        paths, manifest = build_data_dir(tmp_path / name)
        folders.append(publish_marts(paths, manifest, CHECK_RESULTS, RunInfo(name)).folder)
    one, other = folders
    assert one.name == other.name
    assert (one / "manifest.json").read_bytes() != (other / "manifest.json").read_bytes()
    copy_release(one, uri)
    done = copy_release(other, uri)
    assert (done.n_copied, "stays" in done.summary) == (0, True)
    assert verify_copy(uri) == (one.name, [])
    server.filesystem.delete_file(f"bucket/{prefix}/releases/{one.name}/CHANGES.md")
    with pytest.raises(ObjectStoreError, match=r"without CHANGES\.md"):
        copy_release(other, uri)


def test_a_damaged_release_is_not_copied(
    server: ObjectServer, prefix: str, release: Path, tmp_path: Path
) -> None:
    damaged = tmp_path / release.name
    shutil.copytree(release, damaged)
    (damaged / "CHANGES.md").chmod(0o644)
    (damaged / "CHANGES.md").write_text("another text")
    with pytest.raises(ObjectStoreError, match="damaged"):
        copy_release(damaged, f"s3://bucket/{prefix}")
    assert not server.keys(prefix)


def test_commands_copy_and_verify(
    server: ObjectServer,
    prefix: str,
    two: tuple[DataPaths, Published, Published],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    paths, _, second = two
    monkeypatch.setenv("PAX_HOME", str(paths.data_dir))
    uri = f"s3://bucket/{prefix}"
    code, text = invoke("publish", "--to", uri)
    assert (code, second.folder.name in text) == (0, True), text
    code, text = invoke("verify", uri)
    assert (code, "every object has its hash" in text) == (0, True), text
    code, text = invoke("verify", f"s3://bucket/{prefix}/elsewhere")
    assert (code, "there is no current.json" in text) == (1, True), text


@pytest.mark.parametrize(
    ("uri", "sentence", "remedy"),
    [
        ("s3://not-there/pax", "there is no such bucket", "create it"),
        ("ftp://bucket/pax", "cannot be read", "write s3://bucket/prefix"),
        (f"s3://tests:{SECRET.replace('/', '')}@bucket/pax", "holds credentials", "leave them out"),
        ("s3://bucket/pax?secret_key=abcdef", "holds credentials", "leave them out"),
    ],
)
def test_a_place_that_cannot_be_written_is_named(
    server: ObjectServer, prefix: str, release: Path, uri: str, sentence: str, remedy: str
) -> None:
    with pytest.raises(ObjectStoreError, match=sentence) as raised:
        copy_release(release, uri)
    assert remedy in raised.value.remedy
    assert SECRET.replace("/", "") not in str(raised.value)
    assert "abcdef" not in str(raised.value)


def test_a_server_that_is_away_is_named(
    prefix: str, release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(ObjectStoreError, match="cannot be reached") as raised:
        copy_release(release, f"s3://bucket/{prefix}")
    assert "AWS_ENDPOINT_URL" in raised.value.remedy
    assert SECRET not in "".join(traceback.format_exception(raised.value))


@pytest.mark.parametrize("key", ["a b.csv", "ü/x?y=1.txt"])
def test_a_key_is_plain_text(server: ObjectServer, prefix: str, tmp_path: Path, key: str) -> None:
    name = key.partition("?")[0]
    server.put(f"{prefix}/{name}", b"content")
    (found,) = ObjectStore.at(f"s3://bucket/{prefix}/{name}").download(tmp_path)
    assert found.read_bytes() == b"content"


def test_files_land_from_object_storage(
    server: ObjectServer, prefix: str, data_dir: DataPaths
) -> None:
    row = "reporter,partner,cmd,flow,value\n842,156,811292,M,{}\n"
    for month in (1, 2):
        server.put(f"{prefix}/comtrade/2021-{month}.csv", row.format(month).encode())
    code, text = invoke(
        "land", "un_comtrade", f"s3://bucket/{prefix}/comtrade/2021-1.csv", "--year", "2021"
    )
    assert code == 0, text
    code, text = invoke("land", "un_comtrade", f"s3://bucket/{prefix}/comtrade", "--year", "2021")
    assert (code, "unchanged" in text) == (0, True), text
    files = list((data_dir.landing / "un_comtrade" / "trade").glob("file__*.parquet"))
    assert len(files) == 2
    assert not list(data_dir.working.glob("objects.*"))
    records = "".join(p.read_text() for p in data_dir.load_records.rglob("*.json"))
    assert "2021-1.csv" in records
    # load records are published: they name the publisher, not whose bucket it was
    assert "bucket" not in records


def test_an_object_that_is_not_there_is_named(
    server: ObjectServer, prefix: str, data_dir: DataPaths
) -> None:
    code, text = invoke("land", "un_comtrade", f"s3://bucket/{prefix}/nothing")
    assert (code, "there is no such object" in text) == (1, True), text


def test_objects_of_an_inbox_are_copied_once(
    server: ObjectServer, prefix: str, data_dir: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAX_INBOX_URI", f"s3://bucket/{prefix}")
    own = data_dir.inbox / "un_comtrade" / "a.csv"
    for key in ("un_comtrade/a.csv", "un_comtrade/b.csv.part", "un_comtrade/.c", "nobody/d.csv"):
        server.put(f"{prefix}/{key}", b"first")
    assert fetch_inbox(data_dir) == ""
    assert [p for p in data_dir.inbox.rglob("*") if p.is_file() and p.name != ".objects.json"] == [
        own
    ]
    own.unlink()  # it has landed
    assert fetch_inbox(data_dir) == ""
    assert not own.exists()
    server.put(f"{prefix}/un_comtrade/a.csv", b"the second edition")
    own.write_bytes(b"waits")
    fetch_inbox(data_dir)
    assert own.read_bytes() == b"waits"
    own.unlink()
    fetch_inbox(data_dir)
    assert own.read_bytes() == b"the second edition"


def test_an_object_that_cannot_be_copied_stops_no_other(
    server: ObjectServer, prefix: str, data_dir: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAX_INBOX_URI", f"s3://bucket/{prefix}")
    # object storage may have a file below a file, a folder may not
    for key in ("a", "a/b.csv", "c.csv"):
        server.put(f"{prefix}/un_comtrade/{key}", key.encode())
    assert "un_comtrade/a/b.csv" in fetch_inbox(data_dir)
    assert (data_dir.inbox / "un_comtrade" / "c.csv").read_bytes() == b"c.csv"


def test_an_inbox_that_cannot_be_reached_is_named(
    prefix: str, data_dir: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAX_INBOX_URI", "s3://not-there/inbox")
    assert "no such bucket" in fetch_inbox(data_dir)
    monkeypatch.delenv("PAX_INBOX_URI")
    assert fetch_inbox(data_dir) == ""
