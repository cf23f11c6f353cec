"""A release: its contents, its identity and what changed since the one before."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from tests.warehouse.synthetic_data_dir import (
    CHECK_RESULTS,
    alter,
    build_data_dir,
    publish_marts,
    three_releases,
)
from warehouse.paths import PROJECT, DataPaths
from warehouse.release import (
    Published,
    RunInfo,
    export_marts,
    releases,
)
from warehouse.release.manifest import read_manifest
from warehouse.storage.read_only import reading, to_arrow

Release = tuple[DataPaths, Published]


def parquet_bytes(release: Published) -> dict[str, bytes]:
    own = {"check_result", "publish_info"}
    folder = release.folder / "parquet"
    return {p.name: p.read_bytes() for p in sorted(folder.glob("*")) if p.stem not in own}


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


def test_mart_with_the_rows_of_the_last_export_keeps_its_file(tmp_path: Path) -> None:
    paths, manifest = build_data_dir(tmp_path)
    written = {file.name: file.path.stat().st_mtime_ns for file in export_marts(paths, manifest)}
    names = sorted(written)
    cut, gone, altered = names[0], names[1], "partner_dependency"
    assert altered not in (cut, gone)
    with (paths.release_parquet / f"{cut}.parquet").open("ab") as file:
        file.write(b"0")
    (paths.release_parquet / f"{gone}.parquet").unlink()
    (paths.release_parquet / "of_before.parquet").touch()
    alter(paths, f"update marts.{altered} set imports_usd = imports_usd + 1")

    again = {file.name: file for file in export_marts(paths, manifest)}

    kept = {n for n, file in again.items() if file.path.stat().st_mtime_ns == written[n]}
    assert kept == set(names) - {cut, gone, altered}
    assert not (paths.release_parquet / "of_before.parquet").exists()
    fresh = paths.release_parquet.with_name("fresh")
    paths.release_parquet.rename(fresh)
    for file in export_marts(paths, manifest):
        assert file.path.read_bytes() == (fresh / file.path.name).read_bytes()


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
    # a share that another source measures is no dependency that rose
    start = next(n for n, line in enumerate(lines) if "movements of `concern_share`" in line)
    assert lines[start + 2].endswith("| coverage or source |")
    moved = read_manifest(folder)["moved"]
    assert {row["cause"] for row in moved} == {"coverage or source"}
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


def test_to_arrow_keeps_dates(published: Release) -> None:
    with reading(published[1].folder / "pax_silica.duckdb") as connection:
        table = to_arrow(connection, "select as_of_date from marts.publish_info")
    assert str(table.schema.field("as_of_date").type) == "date32[day]"


def test_parquet_is_zstd_and_ordered_by_key(published: Release) -> None:
    path = published[1].folder / "parquet" / "partner_dependency.parquet"
    assert pq.read_metadata(path).row_group(0).column(0).compression == "ZSTD"
    keys = pq.read_table(path, columns=["entity_id", "item_kind", "item_id"]).to_pylist()
    assert [row["entity_id"] for row in keys] == sorted(row["entity_id"] for row in keys)
