"""Input that makes no release, damaged releases, and what a reader is refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.warehouse.synthetic_data_dir import (
    CHECK_RESULTS,
    alter,
    build_data_dir,
    locked_elsewhere,
    publish_marts,
)
from warehouse.paths import DataPaths
from warehouse.release import (
    ChecksFailedError,
    Published,
    PublishError,
    ReleaseNotFoundError,
    RunInfo,
    VerificationError,
    current_id,
    releases,
    rollback,
)
from warehouse.release.registry import (
    current_damage,
    integrity_errors,
    release_before,
)
from warehouse.release.verify import verify_release
from warehouse.storage.read_only import open_reading


def refused(
    paths: DataPaths, manifest: Path, error: type[PublishError], words: str, **changed: Any
) -> None:
    """Publishing fails with these words and changes no release."""
    before = current_id(paths), [r.release_id for r in releases(paths)]
    with pytest.raises(error, match=words):
        publish_marts(paths, manifest, changed.get("check_results", CHECK_RESULTS), RunInfo("bad"))
    assert (current_id(paths), [r.release_id for r in releases(paths)]) == before
    assert not list(paths.releases.glob(".*.tmp"))


def test_rejected_input_keeps_current(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths, manifest = build_data_dir(tmp_path)
    publish_marts(paths, manifest, CHECK_RESULTS, RunInfo("good"))
    failed = [{**CHECK_RESULTS[0], "passed": False}]
    refused(paths, manifest, ChecksFailedError, "years 2017-2024", check_results=failed)

    alter(paths, "insert into marts.dim_stage select * from marts.dim_stage limit 1")
    refused(paths, manifest, PublishError, r"dim_stage: its key \(stage_id\) is not unique")

    paths, manifest = build_data_dir(tmp_path, nudge=0.1)
    alter(paths, "alter table marts.dim_stage add column extra integer")
    refused(paths, manifest, PublishError, r"without description: dim_stage\.extra")

    alter(paths, "drop table marts.dim_stage")
    refused(paths, manifest, PublishError, "dim_stage is not in the working database")

    paths.database.write_bytes(b"not a database at all" * 1000)
    refused(paths, manifest, PublishError, "could not read")

    paths.database.unlink()
    refused(paths, manifest, PublishError, "no working database")

    paths, manifest = build_data_dir(tmp_path, nudge=0.1)
    with locked_elsewhere(paths.releases / ".publish.lock", "a test") as owner:
        refused(paths, manifest, PublishError, f"a test, process {owner}")

    monkeypatch.setattr(
        "warehouse.release.build.verify_in_subprocess", lambda _: ["dim_stage has 5 rows"]
    )
    refused(paths, manifest, VerificationError, "dim_stage has 5 rows")

    manifest.write_text("{")
    refused(paths, manifest, PublishError, "manifest cannot be read")


def test_a_writer_holding_the_working_database_is_named(tmp_path: Path) -> None:
    paths, manifest = build_data_dir(tmp_path)
    with duckdb.connect(str(paths.database)):
        refused(paths, manifest, PublishError, "close other programs")


def test_full_disk_and_read_only_disk_are_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths, manifest = build_data_dir(tmp_path)
    for number, words in ((28, "disk is full"), (30, "file system is read-only")):

        def fail(*_: object, number: int = number, **__: object) -> None:
            raise OSError(number, os.strerror(number), "somewhere")

        monkeypatch.setattr("warehouse.release.build.write_contents", fail)
        refused(paths, manifest, PublishError, words)


def test_write_error_leaves_no_files(tmp_path: Path) -> None:
    """A process that may write no file above 40 kB: the same as a disk that fills up."""
    paths, manifest = build_data_dir(tmp_path)
    code = (
        "import resource, sys; from pathlib import Path\n"
        "from warehouse.release import *; from warehouse.paths import DataPaths\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))\n"
        "paths, manifest = DataPaths.at(sys.argv[1]), Path(sys.argv[2])\n"
        "try: export_marts(paths, manifest); publish(paths, manifest, [], RunInfo('full'))\n"
        "except PublishError as error: print(error); sys.exit(7)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), str(manifest)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 7, done.stderr
    assert "What to do" in done.stdout
    assert not paths.current.exists()
    assert not list(paths.releases.glob(".*.tmp"))


def test_damaged_release_is_not_activated_again(tmp_path: Path) -> None:
    paths, manifest = build_data_dir(tmp_path)
    first = publish_marts(paths, manifest, CHECK_RESULTS, RunInfo("a"))
    (first.folder / "parquet" / "dim_stage.parquet").unlink()
    refused(paths, manifest, PublishError, "damaged: parquet/dim_stage.parquet is missing")


def test_a_manifest_changed_by_hand_is_noticed(tmp_path: Path) -> None:
    paths, manifest = build_data_dir(tmp_path)
    folder = publish_marts(paths, manifest, CHECK_RESULTS, RunInfo("a")).folder
    assert not current_damage(paths)
    path = folder / "manifest.json"
    text = path.read_text(encoding="utf-8")
    path.chmod(0o644)
    path.write_text(text.replace('"run_id": "a"', '"run_id": "b"'), encoding="utf-8")
    assert current_damage(paths) == ["manifest.json differs from its own hash"]
    body = json.loads(text)
    del body["manifest_sha256"]  # a release of an earlier version
    path.write_text(json.dumps(body), encoding="utf-8")
    assert not current_damage(paths)


class TestDamagedRelease:
    """Two releases, and one byte of the current one changed."""

    @pytest.fixture
    def damaged(self, tmp_path: Path) -> tuple[DataPaths, str, str]:
        paths, manifest = build_data_dir(tmp_path)
        first = publish_marts(paths, manifest, CHECK_RESULTS, RunInfo("a"))
        paths, manifest = build_data_dir(tmp_path, nudge=0.05)
        second = publish_marts(paths, manifest, CHECK_RESULTS, RunInfo("b"))
        flip_byte(second.folder / "parquet" / "dim_stage.parquet")
        return paths, first.release_id, second.release_id

    def test_is_noticed_and_the_one_before_is_offered(
        self, damaged: tuple[DataPaths, str, str]
    ) -> None:
        paths, first, _ = damaged
        assert current_damage(paths) == ["parquet/dim_stage.parquet differs from its hash in the "
                                         "manifest"]  # fmt: skip
        before = release_before(paths)
        assert before is not None
        assert before.release_id == first

    def test_rollback_takes_whole_ones_only(self, damaged: tuple[DataPaths, str, str]) -> None:
        paths, first, second = damaged
        assert rollback(paths).release_id == first
        with pytest.raises(PublishError, match="damaged: parquet/dim_stage"):
            rollback(paths, second)
        flip_byte(paths.releases / first / "pax_silica.duckdb")
        with pytest.raises(ReleaseNotFoundError, match="no release before"):
            rollback(paths)

    def test_holds_no_new_release_back(self, damaged: tuple[DataPaths, str, str]) -> None:
        paths, _, _ = damaged
        _, manifest = build_data_dir(paths.data_dir, nudge=0.07)
        third = publish_marts(paths, manifest, CHECK_RESULTS, RunInfo("c"))
        assert third.is_current
        assert current_damage(paths) == []

    def test_added_file_is_noticed(self, damaged: tuple[DataPaths, str, str]) -> None:
        paths, first, _ = damaged
        (paths.releases / first / "parquet" / "more.parquet").write_bytes(b"x")
        assert integrity_errors(paths.releases / first) == [
            "parquet/more.parquet is not in the manifest"
        ]


def flip_byte(path: Path) -> None:
    """Damage that no size shows."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(content)


def test_verification_finds_changed_files(tmp_path: Path) -> None:
    paths, manifest = build_data_dir(tmp_path)
    folder = publish_marts(paths, manifest, CHECK_RESULTS, RunInfo("a")).folder
    assert verify_release(folder) == []
    changes = folder / "CHANGES.md"
    changes.chmod(0o644)
    changes.write_text("nothing to see")
    database = folder / "pax_silica.duckdb"
    database.chmod(0o644)
    with duckdb.connect(str(database)) as connection:
        connection.execute("drop view marts_deprecated.publish_info")
        connection.execute("create table marts_deprecated.notes as select 1 as n")
        connection.execute("delete from marts.dim_stage where stage_order = 0")
        connection.execute("comment on column marts.dim_good.good_id is null")
    problems = "\n".join(verify_release(folder))
    for words in (
        "marts_deprecated.notes is not a mart",
        "publish_info.kept_at_home is missing",
        "CHANGES.md differs",
        "dim_stage has (5,)",
        "dim_good.good_id has no comment",
    ):
        assert words in problems


# ---- hardened reading ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('/etc/hostname')",
        "select * from read_text('/etc/hostname')",
        "select * from glob('/etc/*')",
        "copy marts.dim_stage to '{folder}/leak.csv'",
        "export database '{folder}/leak'",
        "delete from marts.dim_stage",
        "set enable_external_access = true",
        "set threads = 64",
        "install httpfs",
        "attach '{folder}/other.duckdb' as other",
    ],
)
def test_hardened_reading_refuses(
    published: tuple[DataPaths, Published], sql: str, tmp_path: Path
) -> None:
    connection = open_reading(published[1].folder / "pax_silica.duckdb")
    with pytest.raises(duckdb.Error):
        connection.execute(sql.format(folder=tmp_path))
    connection.close()
    assert not list(tmp_path.iterdir())
