"""Which release is current: retention, rollback, and releases of earlier knowledge days."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.warehouse.synthetic_data_dir import (
    CHECK_RESULTS,
    alter,
    build_data_dir,
    publish_marts,
    three_releases,
)
from warehouse.paths import DataPaths
from warehouse.release import (
    Published,
    ReleaseNotFoundError,
    RunInfo,
    current_id,
    pinned_id,
    releases,
    rollback,
    unpin,
)
from warehouse.release.licences import landed_editions
from warehouse.release.registry import (
    find_release,
)
from warehouse.storage.load_records import LATEST
from warehouse.storage.read_only import reading


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
