"""A build is of what has changed, or of everything where it is not known what the last one left."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import orjson
import pytest

from orchestration.defs.automation.chain import changed_assets
from orchestration.defs.automation.chain_request import ChainRequest
from orchestration.defs.ingestion.assets import RUN_KEYS
from orchestration.defs.instance import open_instance
from orchestration.defs.release.assets import CURRENT, PARQUET
from orchestration.defs.transformation.build_state import (
    BuildPlan,
    begin_build,
    finish_build,
    keep_results,
    plan_build,
)
from orchestration.defs.transformation.dbt_command import manifest_path, run_results_path
from sources.kit.catalog import catalog
from sources.kit.contract import RawFile
from tests.orchestration.conftest import call, use_parsed
from tests.orchestration.test_acceptance import DAY, WGI, comtrade_file, wgi_file
from warehouse.paths import DataPaths
from warehouse.storage.landing import declare_tables, land_files
from warehouse.storage.load_records import (
    list_load_records,
    write_load_records_table,
    write_parameters,
)

pytestmark = [pytest.mark.xdist_group("definitions"), pytest.mark.timeout(1800)]

Manifest = dict[str, Any]


@pytest.fixture(scope="session")
def manifest(parsed_project: Path) -> Manifest:
    found: Manifest = orjson.loads((parsed_project / "manifest.json").read_bytes())
    return found


@pytest.fixture
def built(data_dir: DataPaths, manifest: Manifest, parsed_project: Path) -> DataPaths:
    """A data directory with what a build of every source leaves; its database is only a file."""
    declare_tables(data_dir, catalog().values())
    land_files(WGI, [wgi_file()], "manual", data_dir)
    write_load_records_table(data_dir, catalog())
    write_parameters(data_dir)
    data_dir.dbt_target.mkdir(parents=True)
    data_dir.database.write_bytes(b"tables")
    shutil.copy(parsed_project / "manifest.json", manifest_path(data_dir))
    write_results(data_dir, "model.pax_silica.a", "model.pax_silica.b")
    finish_build(data_dir, plan_build(data_dir, manifest, is_full=True).sources)
    return data_dir


def write_results(paths: DataPaths, *unique_ids: str, status: str = "success") -> None:
    results = [{"unique_id": unique_id, "status": status} for unique_id in unique_ids]
    run_results_path(paths).write_bytes(orjson.dumps({"results": results}))


def test_without_a_build_everything_is_built(data_dir: DataPaths, manifest: Manifest) -> None:
    plan = plan_build(data_dir, manifest, is_full=False)
    assert plan.is_full
    assert plan.selection == []


def test_nothing_changed_builds_nothing(built: DataPaths, manifest: Manifest) -> None:
    plan = plan_build(built, manifest, is_full=False)
    assert (plan.is_full, plan.changed) == (False, ())
    models = {k for k, n in manifest["nodes"].items() if n["resource_type"] in ("model", "seed")}
    assert set(plan.kept) == models
    assert plan.kept.index("model.pax_silica.int_trade__reported") < plan.kept.index(
        "model.pax_silica.fct_trade_reported"
    )


def test_changed_source_builds_its_descendants(built: DataPaths, manifest: Manifest) -> None:
    path = built.landing / "worldbank_wgi" / "indicators" / "2024.parquet"
    shutil.copy(path, path.with_name("2025.parquet"))
    plan = plan_build(built, manifest, is_full=False)
    assert plan.selection == ["--select", "source:worldbank_wgi.indicators+"]
    names = {unique_id.split(".")[2] for unique_id in plan.kept}
    assert {"stg_un_comtrade__trade", "fct_trade_reported", "countries"} <= names
    assert not {"stg_worldbank_wgi__indicators", "int_governance__instability"} & names
    path.with_name("2025.parquet").unlink()
    assert plan_build(built, manifest, is_full=False).changed == ()


def test_run_is_of_what_descends_from_a_changed_source(
    built: DataPaths, parsed_project: Path
) -> None:
    """Dagster plans what is built, the run's own tables and the release: no other mart is reported
    as made. Where everything is built, nothing is selected."""
    use_parsed(built, parsed_project)
    always = {*RUN_KEYS, CURRENT, PARQUET}
    assert set(changed_assets(built, ChainRequest()) or ()) == always
    path = built.landing / "worldbank_wgi" / "indicators" / "2024.parquet"
    shutil.copy(path, path.with_name("2025.parquet"))
    found = set(changed_assets(built, ChainRequest()) or ())
    assert found > always
    assert dg.AssetKey(["marts", "fct_governance"]) in found
    assert dg.AssetKey(["marts", "fct_trade_reported"]) not in found
    assert changed_assets(built, ChainRequest(as_of="2026-01-01")) is None, "another day"


def kept_models(plan: BuildPlan) -> set[str]:
    return {unique_id.split(".")[2] for unique_id in plan.kept}


def test_landing_of_an_earlier_day_rebuilds_its_source_and_what_shows_load_records(
    built: DataPaths, manifest: Manifest
) -> None:
    """Not what depends on the day of the run, nor on who has filed with Comtrade."""
    (record,) = list_load_records(built)
    day = datetime.combine(date.fromisoformat(record.known_from_date), time(), UTC)
    declared = replace(comtrade_file(2022), retrieved_at=day)
    land_files(catalog()["un_comtrade"], [declared], "manual", built)
    write_load_records_table(built, catalog())
    first = plan_build(built, manifest, is_full=False)
    assert set(first.changed) == {
        "run.load_records", "run.un_comtrade_partitions", "un_comtrade.trade",
    }  # fmt: skip
    assert {"int_run__parameters", "int_country__members", "policy_timeline"} <= kept_models(first)
    assert not {"provenance", "dim_source_edition", "fct_trade_reported"} & kept_models(first)

    finish_build(built, first.sources)
    land_files(WGI, [corrected(wgi_file())], "manual", built)
    write_load_records_table(built, catalog())
    second = plan_build(built, manifest, is_full=False)
    assert set(second.changed) == {"run.load_records", "worldbank_wgi.indicators"}
    assert list_load_records(built, WGI.source_id)[0].known_from_date == record.known_from_date
    assert {"fct_trade_reported", "int_trade__filings", "int_country__members"} <= kept_models(
        second
    )


def test_landing_of_a_later_day_rebuilds_what_depends_on_the_day_of_the_run(
    built: DataPaths, manifest: Manifest
) -> None:
    later = replace(comtrade_file(2024), retrieved_at=DAY + timedelta(days=1))
    land_files(catalog()["un_comtrade"], [later], "manual", built)
    write_load_records_table(built, catalog())
    plan = plan_build(built, manifest, is_full=False)
    assert "run.newest_evidence" in plan.changed
    assert not {"int_run__parameters", "int_country__members"} & kept_models(plan)


def corrected(file: RawFile) -> RawFile:
    return replace(file, content=file.content.replace(b"-2.0,", b"-1.9,"))


def test_moved_data_directory_builds_everything(
    built: DataPaths, manifest: Manifest, tmp_path: Path
) -> None:
    """Views name the files that they read."""
    moved = DataPaths.at(built.data_dir.rename(tmp_path / "moved"))
    assert plan_build(moved, manifest, is_full=False).is_full


def test_another_day_builds_everything(built: DataPaths, manifest: Manifest) -> None:
    write_parameters(built, as_of_date=wgi_file().retrieved_at.date())
    assert plan_build(built, manifest, is_full=False).is_full


@pytest.mark.parametrize("suffix", ["duckdb", "run_results", "manifest", "state"])
def test_what_the_last_build_left_must_be_there(
    built: DataPaths, manifest: Manifest, suffix: str
) -> None:
    """A part that was built by hand, a build that was killed, files of another build."""
    if suffix == "duckdb":
        built.database.write_bytes(b"other tables")
    elif suffix == "run_results":
        write_results(built, "model.pax_silica.a")
    elif suffix == "manifest":
        manifest_path(built).unlink()
    else:
        begin_build(built)
    assert plan_build(built, manifest, is_full=False).is_full


def test_results_of_what_is_kept_are_taken_over(built: DataPaths, manifest: Manifest) -> None:
    plan, earlier = plan_build(built, manifest, is_full=False), keep_results(built)
    begin_build(built)
    write_results(built, "model.pax_silica.b", status="built again")
    finish_build(built, plan.sources, earlier)
    results = {r["unique_id"]: r["status"] for r in keep_results(built)}
    assert results == {"model.pax_silica.a": "success", "model.pax_silica.b": "built again"}
    assert not plan_build(built, manifest, is_full=False).is_full


@pytest.mark.long
def test_release_is_that_of_a_full_run(data_dir: DataPaths) -> None:
    """A corrected file and a new year of declarations: the release equals, to the byte, the one
    that is made of them with every table built anew, and has the results of all checks."""
    run(data_dir)
    first = data_dir.current.resolve()
    land_files(WGI, [wgi_file()], "manual", data_dir)
    land_files(catalog()["un_comtrade"], [comtrade_file(2024)], "manual", data_dir)
    run(data_dir)
    release, results = data_dir.current.resolve(), keep_results(data_dir)
    assert release != first
    planned, made, checked = of_last_run(data_dir)
    assert planned == made
    assert dg.AssetKey(["marts", "fct_governance"]) in made
    assert dg.AssetKey(["marts", "fct_price"]) not in made
    assert checked > 100
    run(data_dir, "--full")
    assert data_dir.current.resolve() == release, "nothing new"
    assert {r["unique_id"] for r in keep_results(data_dir)} == {r["unique_id"] for r in results}


def run(paths: DataPaths, *words: str) -> None:
    done = call(paths.data_dir, "run", *words, wait=900)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]


def of_last_run(paths: DataPaths) -> tuple[set[dg.AssetKey], set[dg.AssetKey], int]:
    """Assets that Dagster planned and that were made, and the number of checks that passed."""
    with open_instance(paths) as instance:
        run = instance.get_runs(limit=1)[0]
        events = [e.dagster_event for e in instance.all_logs(run.run_id) if e.dagster_event]

    def keys(kind: dg.DagsterEventType) -> set[dg.AssetKey]:
        return {e.asset_key for e in events if e.event_type == kind and e.asset_key}

    checks = [
        e.asset_check_evaluation_data.passed for e in events
        if e.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION
    ]  # fmt: skip
    planned = keys(dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED)
    return planned, keys(dg.DagsterEventType.ASSET_MATERIALIZATION), sum(checks)
