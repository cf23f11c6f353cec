"""A release: contents, identity, rejected input, rollback and retention."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from tests.warehouse.synthetic_data_dir import (
    CHECK_RESULTS,
    build_data_dir,
    locked_elsewhere,
    publish_marts,
)
from warehouse.paths import PROJECT, DataPaths
from warehouse.release import (
    ChecksFailedError,
    Published,
    PublishError,
    ReleaseNotFoundError,
    RunInfo,
    VerificationError,
    current_id,
    pinned_id,
    releases,
    rollback,
    unpin,
)
from warehouse.release.licences import landed_editions
from warehouse.release.registry import (
    current_damage,
    find_release,
    integrity_errors,
    release_before,
)
from warehouse.release.verify import verify_release
from warehouse.storage.load_records import LATEST
from warehouse.storage.read_only import open_reading, reading, to_arrow

Release = tuple[DataPaths, Published]


def parquet_bytes(release: Published) -> dict[str, bytes]:
    own = {"check_result", "publish_info"}
    folder = release.folder / "parquet"
    return {p.name: p.read_bytes() for p in sorted(folder.glob("*")) if p.stem not in own}


def three_releases(data_dir: Path, keep: int = 5) -> tuple[DataPaths, list[Published]]:
    made = []
    for number in range(3):
        paths, manifest = build_data_dir(data_dir, nudge=number / 100)
        made.append(
            publish_marts(paths, manifest, CHECK_RESULTS, RunInfo(f"run{number}", keep=keep))
        )
    return paths, made


# ---- contents --------------------------------------------------------------------------------


def test_release_folder_has_the_documented_files(published: Release) -> None:
    paths, release = published
    names = {path.name for path in release.folder.iterdir()}
    assert names == {
        "pax_silica.duckdb", "parquet", "report", "docs", "manifest.json", "datapackage.json",
        "CHANGES.md",
    }  # fmt: skip
    contract = (PROJECT / "docs" / "contract.md").read_text(encoding="utf-8")
    assert [name for name in names if f"`{name}" not in contract] == []
    assert release.report.is_file()
    assert (release.folder / "docs" / "data_dictionary.html").is_file()
    assert paths.current.is_symlink()
    assert str(paths.current.readlink()) == f"releases/{release.release_id}"
    assert release.release_id == f"2026-11-23-{release.data_version[:12]}"
    assert not list(paths.releases.glob(".*.tmp"))


def test_every_file_is_read_only(published: Release) -> None:
    files = [path for path in published[1].folder.rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o444}


def test_every_table_and_column_has_a_comment(published: Release) -> None:
    with reading(published[1].folder / "pax_silica.duckdb") as connection:
        tables = dict(
            connection.execute("select table_name, comment from duckdb_tables()").fetchall()
        )
        columns = connection.execute(
            "select column_name, comment from duckdb_columns() where schema_name = 'marts'"
        ).fetchall()
    assert set(tables) >= {"partner_dependency", "check_result", "publish_info"}
    assert all(tables.values())
    assert all(comment for _, comment in columns)
    assert tables["partner_dependency"].endswith("It's the desk's headline table.")


def test_default_client_reads_three_part_names(published: Release) -> None:
    paths, release = published
    with duckdb.connect(str(paths.current / "pax_silica.duckdb"), read_only=True) as connection:
        assert connection.execute("select current_database()").fetchone() == ("pax_silica",)
        counted = connection.execute("select count(*) from pax_silica.marts.dim_stage").fetchone()
        known = connection.execute("select release_id, n_marts from marts.publish_info").fetchone()
    assert counted == (6,)
    assert known == (release.release_id, 11)


def test_mart_with_rows_of_a_closed_source_is_withheld(published: Release) -> None:
    _, release = published
    manifest = json.loads((release.folder / "manifest.json").read_text())
    assert release.withheld_marts == {"fct_closed": ("closed_source",)}
    (withheld,) = manifest["withheld_marts"]
    assert (withheld["mart"], withheld["because_of"]) == ("fct_closed", ["closed_source"])
    assert "forbid redistribution" in withheld["why"]
    assert "fct_closed" not in manifest["marts"]
    assert not (release.folder / "parquet" / "fct_closed.parquet").exists()


def test_mart_derived_from_a_closed_source_is_published(published: Release) -> None:
    paths, release = published
    manifest = json.loads((release.folder / "manifest.json").read_text())
    share = manifest["marts"]["secret_share"]
    assert (share["carried"], share["sources"]) == ([], ["closed_source"])
    closed = next(s for s in manifest["sources"] if s["source_id"] == "closed_source")
    assert closed["marts"] == ["secret_share"]
    with reading(paths.database) as connection:  # the working database has every mart
        assert connection.execute("select count(*) from marts.fct_closed").fetchone() == (1,)


def test_manifest_lists_rows_columns_editions_and_licences(published: Release) -> None:
    manifest = json.loads((published[1].folder / "manifest.json").read_text())
    mart = manifest["marts"]["fct_trade_reconciled"]
    assert (mart["rows"], mart["sources"]) == (4, ["cepii_baci"])
    assert {"name": "value_usd", "type": "DOUBLE"} in mart["columns"]
    baci = next(s for s in manifest["sources"] if s["source_id"] == "cepii_baci")
    assert (baci["redistribution"], baci["licence_id"]) == ("derived", "CC-BY-4.0")
    assert (
        baci["editions"][0] | {"edition": "V202601", "n_rows": 4, "n_quarantined": 1}
        == (baci["editions"][0])
    )
    assert baci["marts"] == ["fct_trade_reconciled", "partner_dependency"]
    assert manifest["tools"]["duckdb"] == duckdb.__version__
    assert not manifest["marts"]["check_result"]["in_identity"]


def test_check_results_become_a_table(published: Release) -> None:
    with reading(published[1].folder / "pax_silica.duckdb") as connection:
        rows = to_arrow(connection, "select * from marts.check_result where not passed").to_pylist()
    assert [(row["stage"], row["n_rows"], row["observed"]) for row in rows] == [
        ("marts", 3, '{"max": 0.12}')
    ]


# ---- deprecated names ------------------------------------------------------------------------


def test_renamed_columns_can_be_read_under_their_old_names(published: Release) -> None:
    with reading(published[1].folder / "pax_silica.duckdb") as connection:
        methods = connection.execute("select edition, way from marts_deprecated.dim_source_edition")
        assert methods.fetchall() == [("V202601", "dropped")]
        stages = connection.execute("select stage from marts_deprecated.check_result order by 1")
        assert stages.fetchall() == [("arrivals",), ("dbt",), ("departures",)]
        (note,) = connection.execute(
            "select comment from duckdb_views() where view_name = 'dim_source_edition'"
        ).fetchall()
        views = connection.execute("select view_name from duckdb_views() where not internal")
        names = {name for (name,) in views.fetchall()}
    assert note[0].startswith("Deprecated since 0.2.0, removed in 0.3.0: read marts.dim_source")
    assert names == {"check_result", "dim_source_edition", "publish_info"}
    assert not names - set(json.loads((published[1].folder / "manifest.json").read_text())["marts"])
    changes = (published[1].folder / "CHANGES.md").read_text()
    line = (
        "| `dim_source_edition` | `way` (`dropped`) | `access_method` (`manual`) | 0.2.0 | 0.3.0 |"
    )
    assert line in changes.splitlines()


def test_changes_show_a_rename_and_not_changed_rows(tmp_path: Path) -> None:
    paths, manifest = build_data_dir(tmp_path, has_old_names=True)
    publish_marts(paths, manifest, CHECK_RESULTS, RunInfo("old"))
    paths, manifest = build_data_dir(tmp_path)
    text = (
        publish_marts(paths, manifest, CHECK_RESULTS, RunInfo("new")).folder / "CHANGES.md"
    ).read_text()
    assert (
        "### dim_source_edition\n\n- column `way` renamed to `access_method`\n"
        "- rows: 0 added, 0 removed, 0 changed"
    ) in text


# ---- identity --------------------------------------------------------------------------------


def test_equal_rows_give_equal_bytes_and_id(tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):  # the rows are in another random order each time
        paths, manifest = build_data_dir(tmp_path / name)
        made.append(publish_marts(paths, manifest, CHECK_RESULTS, RunInfo(name)))
    assert parquet_bytes(made[0]) == parquet_bytes(made[1])
    assert made[0].release_id == made[1].release_id


def test_publishing_equal_rows_again_makes_no_new_release(tmp_path: Path) -> None:
    paths, manifest = build_data_dir(tmp_path)
    first = publish_marts(paths, manifest, CHECK_RESULTS, RunInfo("a"))
    inode = (first.folder / "pax_silica.duckdb").stat().st_ino
    second = publish_marts(paths, manifest, [], RunInfo("b"))
    assert (first.is_new, second.is_new) == (True, False)
    assert "nothing new" in second.summary
    assert second.release_id == first.release_id
    assert (first.folder / "pax_silica.duckdb").stat().st_ino == inode
    assert len(releases(paths)) == 1


def test_changes_list_rows_movements_and_inputs(tmp_path: Path) -> None:
    _, made = three_releases(tmp_path)
    text = (made[1].folder / "CHANGES.md").read_text()
    assert "The first release" in (made[0].folder / "CHANGES.md").read_text()
    assert f"Against {made[0].release_id}." in text
    assert "the same editions" in text
    assert "0 added, 0 removed" in text
    assert "largest movements of `concern_share`" in text
    assert "unchanged to the byte: `bridge_bloc_membership`" in text


def test_changes_list_the_cells_whose_source_changed(tmp_path: Path) -> None:
    paths, manifest = build_data_dir(tmp_path)
    publish_marts(paths, manifest, CHECK_RESULTS, RunInfo("a"))
    paths, manifest = build_data_dir(tmp_path, nudge=0.2, source_ids="cepii_baci|us_census")
    folder = publish_marts(paths, manifest, CHECK_RESULTS, RunInfo("b")).folder
    lines = (folder / "CHANGES.md").read_text().splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("- preferred source changed"))
    cells = [line.strip(" |").split(" | ") for line in lines[start + 4 : start + 12]]
    assert {(cell[1], cell[2]) for cell in cells} == {("cepii_baci", "cepii_baci|us_census")}
    moved = [abs(float(cell[4]) - float(cell[3])) for cell in cells]
    assert moved == sorted(moved, reverse=True), "the largest movement first"
    assert moved[0] == pytest.approx(0.2)


def test_renamed_country_is_one_changed_row(tmp_path: Path) -> None:
    paths, manifest = build_data_dir(tmp_path)
    publish_marts(paths, manifest, CHECK_RESULTS, RunInfo("a"))
    paths, manifest = build_data_dir(tmp_path, name="Commonwealth of Australia")
    text = (
        publish_marts(paths, manifest, CHECK_RESULTS, RunInfo("b")).folder / "CHANGES.md"
    ).read_text()
    assert "### dim_country\n\n- rows: 0 added, 0 removed, 1 changed" in text


# ---- retention and rollback ------------------------------------------------------------------


def test_retention_keeps_n_and_never_the_target_of_current(tmp_path: Path) -> None:
    paths, made = three_releases(tmp_path, keep=2)
    assert [r.release_id for r in releases(paths)] == [made[2].release_id, made[1].release_id]
    assert made[2].removed == (made[0].release_id,)
    rollback(paths)
    from warehouse.release.registry import apply_retention

    apply_retention(paths, 1)
    assert [r.release_id for r in releases(paths)] == [made[1].release_id]
    assert current_id(paths) == made[1].release_id


def test_rollback_activates_the_previous_or_a_named_release(tmp_path: Path) -> None:
    paths, made = three_releases(tmp_path)
    assert rollback(paths).release_id == made[1].release_id
    assert rollback(paths).release_id == made[0].release_id
    with pytest.raises(ReleaseNotFoundError, match="no release before"):
        rollback(paths)
    assert rollback(paths, made[2].release_id[:14]).is_current
    with pytest.raises(ReleaseNotFoundError, match=made[0].release_id):
        rollback(paths, "1999")
    assert current_id(paths) == made[2].release_id


def test_equal_rows_after_a_rollback_activate_the_release_again(tmp_path: Path) -> None:
    paths, made = three_releases(tmp_path)
    rollback(paths)
    again = publish_marts(
        paths, paths.dbt_target / "manifest.json", CHECK_RESULTS, RunInfo("again")
    )
    assert (again.is_new, again.is_current, again.pinned_id) == (False, False, made[1].release_id)
    assert "`pax publish --unpin`" in again.summary
    assert unpin(paths).release_id == made[2].release_id == current_id(paths)
    assert pinned_id(paths) is None


def test_a_rollback_holds_until_it_is_lifted(tmp_path: Path) -> None:
    paths, made = three_releases(tmp_path)
    rollback(paths)
    assert pinned_id(paths) == made[1].release_id
    paths, manifest = build_data_dir(tmp_path, nudge=0.07)
    new = publish_marts(paths, manifest, CHECK_RESULTS, RunInfo("new"))
    assert (new.is_new, new.is_current) == (True, False)
    assert made[1].release_id in new.summary
    assert current_id(paths) == made[1].release_id
    assert unpin(paths).release_id == new.release_id
    again = publish_marts(paths, manifest, CHECK_RESULTS, RunInfo("again"))
    assert again.is_current
    # a rollback to the newest one holds nothing
    rollback(paths)
    rollback(paths, new.release_id)
    assert pinned_id(paths) is None


def test_an_explicit_activation_lifts_a_rollback(tmp_path: Path) -> None:
    paths, made = three_releases(tmp_path)
    rollback(paths)
    manifest = paths.dbt_target / "manifest.json"
    again = publish_marts(paths, manifest, CHECK_RESULTS, RunInfo("again", activate=True))
    assert again.release_id == made[2].release_id == current_id(paths)
    assert pinned_id(paths) is None


# ---- earlier knowledge days ------------------------------------------------------------------

DAY = date(2025, 6, 30)


def release_of_a_day(paths: DataPaths, day: date = DAY, **fields: Any) -> Published:
    run = RunInfo(f"day{day}", as_known_on=day, **fields)
    return publish_marts(paths, paths.dbt_target / "manifest.json", CHECK_RESULTS, run)


def test_a_release_of_an_earlier_day_is_published_beside(tmp_path: Path) -> None:
    paths, made = three_releases(tmp_path)
    beside = release_of_a_day(paths)
    assert (beside.is_new, beside.is_current) == (True, False)
    assert "the current release has not changed" in beside.summary
    assert current_id(paths) == made[2].release_id
    assert [r.release_id for r in releases(paths) if not r.has_all_known] == [beside.release_id]
    assert not release_of_a_day(paths).is_new
    assert current_id(paths) == made[2].release_id
    # it was never today's: a rollback does not pass through it
    assert rollback(paths).release_id == made[1].release_id
    assert rollback(paths, beside.release_id).is_current


def test_a_release_of_an_earlier_day_is_activated_on_request(tmp_path: Path) -> None:
    paths, made = three_releases(tmp_path)
    activated = release_of_a_day(paths, activate=True)
    assert activated.is_current
    assert current_id(paths) == activated.release_id
    assert rollback(paths).release_id == made[2].release_id
    again = release_of_a_day(paths, activate=True)
    assert (again.is_new, again.is_current) == (False, True)
    assert "is current again" in again.summary


def test_the_first_release_of_a_data_directory_may_be_of_an_earlier_day(tmp_path: Path) -> None:
    paths, _ = build_data_dir(tmp_path)
    release = release_of_a_day(paths)
    assert current_id(paths) is None
    assert not paths.current.exists()
    assert find_release(paths, release.release_id[:12]).folder == release.folder
    with pytest.raises(ReleaseNotFoundError, match=release.release_id):
        find_release(paths, "1999")


def test_retention_counts_releases_of_earlier_days_apart(tmp_path: Path) -> None:
    paths, made = three_releases(tmp_path, keep=3)
    days = [DAY, date(2025, 7, 31), date(2025, 8, 31), date(2025, 9, 30)]
    beside = [release_of_a_day(paths, day, keep=3) for day in days]
    assert beside[3].removed == (beside[0].release_id,)
    retained = {release.release_id for release in releases(paths)}
    assert retained == {r.release_id for r in [*made, *beside[1:]]}


def test_a_mart_without_rows_states_why(tmp_path: Path) -> None:
    paths, _ = build_data_dir(tmp_path)
    for mart in ("fct_trade_reconciled", "dim_stage"):
        alter(paths, f"delete from marts.{mart}")
    day = date(2020, 1, 1)
    release = release_of_a_day(paths, day)
    marts = json.loads((release.folder / "manifest.json").read_text())["marts"]
    assert {name for name, mart in marts.items() if mart["why_empty"]} == {
        "fct_trade_reconciled", "dim_stage"
    }  # fmt: skip
    (known,) = [e["known_from_date"] for e in landed(paths) if e["source_id"] == "cepii_baci"]
    why = f"on {day} nothing was known of cepii_baci (known from {known})"
    assert marts["fct_trade_reconciled"]["why_empty"] == f"Empty in this release: {why}."
    assert marts["dim_stage"]["why_empty"] == "Empty in this release: its inputs give no row."
    with reading(release.folder / "pax_silica.duckdb") as connection:
        (comment,) = connection.execute(
            "select comment from duckdb_tables() where table_name = 'fct_trade_reconciled'"
        ).fetchone() or ("",)
    assert comment.startswith(f"Empty in this release: {why}. ")


def landed(paths: DataPaths) -> list[dict[str, Any]]:
    return landed_editions(paths.landing / "run/load_records/load_records.parquet", LATEST)


# ---- rejected input --------------------------------------------------------------------------


def refused(
    paths: DataPaths, manifest: Path, error: type[PublishError], words: str, **changed: Any
) -> None:
    """Publishing fails with these words and changes no release."""
    before = current_id(paths), [r.release_id for r in releases(paths)]
    with pytest.raises(error, match=words):
        publish_marts(paths, manifest, changed.get("check_results", CHECK_RESULTS), RunInfo("bad"))
    assert (current_id(paths), [r.release_id for r in releases(paths)]) == before
    assert not list(paths.releases.glob(".*.tmp"))


def alter(paths: DataPaths, sql: str) -> None:
    with duckdb.connect(str(paths.database)) as connection:
        connection.execute(sql)


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
def test_hardened_reading_refuses(published: Release, sql: str, tmp_path: Path) -> None:
    connection = open_reading(published[1].folder / "pax_silica.duckdb")
    with pytest.raises(duckdb.Error):
        connection.execute(sql.format(folder=tmp_path))
    connection.close()
    assert not list(tmp_path.iterdir())


def test_to_arrow_keeps_dates(published: Release) -> None:
    with reading(published[1].folder / "pax_silica.duckdb") as connection:
        table = to_arrow(connection, "select as_of_date from marts.publish_info")
    assert str(table.schema.field("as_of_date").type) == "date32[day]"


def test_parquet_is_zstd_and_ordered_by_key(published: Release) -> None:
    path = published[1].folder / "parquet" / "partner_dependency.parquet"
    assert pq.read_metadata(path).row_group(0).column(0).compression == "ZSTD"
    keys = pq.read_table(path, columns=["entity_id", "item_kind", "item_id"]).to_pylist()
    assert [row["entity_id"] for row in keys] == sorted(row["entity_id"] for row in keys)
