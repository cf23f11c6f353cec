"""A data directory of version 0.1.0 is migrated once, also after kills; a newer one is refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from orchestration.cli.app import app
from orchestration.defs.instance import prepare_instance
from sources.kit.catalog import find_source
from tests.warehouse.synthetic_data_dir import (
    CHECK_RESULTS,
    build_data_dir,
    locked_elsewhere,
    publish_marts,
)
from warehouse.paths import DataPaths
from warehouse.release import RunInfo, current_id, releases, rollback
from warehouse.release.manifest import read_manifest
from warehouse.report.build import main as render
from warehouse.storage.atomic_write import LandingError
from warehouse.storage.load_records import list_load_records
from warehouse.storage.migrate import LayoutError, layout_path, migrate_data_dir
from warehouse.storage.request_log import RequestLog

SOURCE = "un_comtrade"
#: Migrates each folder in a process that is killed at its first, second, third … rename.
KILLED = """
import itertools, os, signal, sys
from warehouse.paths import DataPaths
from warehouse.storage.migrate import migrate_data_dir

for n, folder in enumerate(sys.argv[1:], start=1):
    if not (child := os.fork()):
        renames = itertools.count(1)
        def hook(event, arguments):
            if event == "os.rename" and next(renames) == n:
                os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(hook)
        migrate_data_dir(DataPaths.at(folder))
        sys.exit(0)
    if os.waitpid(child, 0)[1] == 0:
        break
    print(folder)
"""


def record(partition: str, access_method: str) -> dict[str, object]:
    return {
        "source_id": SOURCE, "partition": partition, "edition": "2024", "way": access_method,
        "known_from_date": "2025-01-01", "known_from_basis": "published", "parser_version": "1",
        "files": [], "tables": {"flows": {"rows": 1, "sha256": "0", "rows_by_payload": {}}},
        "n_quarantined": 0, "selection": "",
    }  # fmt: skip


def write(path: Path, content: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content, indent=2))
    return path


def write_parquet(path: Path, **columns: list[str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path)
    return path


def old_data_dir(folder: Path) -> DataPaths:
    """Every folder and kind of file that version 0.1.0 wrote under a name of its own."""
    write(folder / "receipts" / SOURCE / "2023.json", record("2023", "bundled"))
    write(folder / "receipts" / SOURCE / "2024.json", record("2024", "dropped"))
    write(folder / "receipts" / SOURCE / "_stale.json", {"source_id": SOURCE})
    log = '{"cell":"k","state":"refused","why":"w"}\n{"cell":"torn'
    write(folder / "landing" / ".pulls" / f"{SOURCE}.jsonl", log)
    run = folder / "landing" / "run" / "receipts" / "receipts.parquet"
    write_parquet(run, partition=["2023", "2024"], way=["bundled", "dropped"])
    checkout = write_parquet(folder.parent / "checkout.parquet", name=["x"])
    landed = folder / "landing" / SOURCE / "flows" / "2023.parquet"
    landed.parent.mkdir(parents=True)
    os.link(checkout, landed)
    # a landing that a killed run had committed, but not moved in
    commit = folder / "landing" / ".incoming" / f"{SOURCE}__2025.commit"
    write(commit / "receipt.json", record("2025", "live"))
    moves = {"receipt.json": f"receipts/{SOURCE}/2025.json"}
    write(commit / "plan.json", {"moves": moves, "removals": []})
    write(folder / "drop" / SOURCE / "waiting.csv", "a")
    write(folder / "drop" / SOURCE / ".landed" / "done.csv", "b")
    for stage in ("arrivals", "departures"):
        write(folder / "working" / "verdicts" / stage / "s.json", [{"stage": stage}])
    write(folder / "working" / "last_run.json", {"summary": {}})
    return DataPaths.at(folder)


def tree(paths: DataPaths) -> dict[str, bytes]:
    """All files but the lock's, and hidden ones that a killed `write_atomic` left."""
    found = {str(p.relative_to(paths.data_dir)): p for p in paths.data_dir.rglob("*")}
    return {
        name: path.read_bytes()
        for name, path in found.items()
        if path.is_file() and "run.lock" not in name and not path.suffix[1:].isdigit()
    }


def test_everything_landed_is_found_under_the_new_names(tmp_path: Path) -> None:
    paths = old_data_dir(tmp_path / "data")
    done = migrate_data_dir(paths)
    assert [line for line in done if "->" not in line] == [
        "finished 1 landings of a killed run",
        "copied 1 landed files that were hard links into the checkout",
    ]
    assert "receipts/ -> load_records/" in done
    methods = {r.partition: r.access_method for r in list_load_records(paths)}
    assert methods == {"2023": "bundled", "2024": "manual", "2025": "live"}
    log = RequestLog(paths, find_source(SOURCE))
    assert (log.state("k"), log.refused()) == ("refused", ["w"])
    table = paths.landing / "run" / "load_records" / "load_records.parquet"
    assert pq.read_table(table)["access_method"].to_pylist() == ["bundled", "manual"]
    assert set(tree(paths)) == {
        "layout_version",
        *(f"load_records/{SOURCE}/{name}.json" for name in ("2023", "2024", "2025", "_stale")),
        f"landing/.request_log/{SOURCE}.jsonl",
        "landing/run/load_records/load_records.parquet",
        f"landing/{SOURCE}/flows/2023.parquet",
        f"inbox/{SOURCE}/waiting.csv",
        f"inbox/{SOURCE}/.processed/done.csv",
        "working/check_results/sources/s.json",
        "working/check_results/marts/s.json",
    }
    for stage in ("sources", "marts"):
        results = json.loads((paths.check_results / stage / "s.json").read_text())
        assert results == [{"stage": stage}]
    before = tree(paths)
    assert migrate_data_dir(paths) == []
    assert tree(paths) == before


def test_kill_at_any_rename_is_completed_by_the_next_start(tmp_path: Path) -> None:
    expected = old_data_dir(tmp_path / "expected" / "data")
    migrate_data_dir(expected)
    made = [old_data_dir(tmp_path / str(n) / "data") for n in range(40)]
    done = subprocess.run(
        [sys.executable, "-c", KILLED, *(str(paths.data_dir) for paths in made)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    killed = [DataPaths.at(line) for line in done.stdout.split()]
    assert 15 < len(killed) < len(made)
    for paths in killed:
        migrate_data_dir(paths)
        assert tree(paths) == tree(expected), paths


def test_folders_of_both_layouts_are_merged_without_loss(tmp_path: Path) -> None:
    paths = old_data_dir(tmp_path / "data")
    write(paths.inbox / SOURCE / "waiting.csv", "newer")
    write(paths.inbox / SOURCE / "other.csv", "c")
    migrate_data_dir(paths)
    found = {p.name: p.read_text() for p in (paths.inbox / SOURCE).iterdir() if p.is_file()}
    assert found == {"waiting.csv": "newer", "waiting.csv.layout_1": "a", "other.csv": "c"}


def test_running_writer_stops_the_migration(tmp_path: Path) -> None:
    paths = old_data_dir(tmp_path / "data")
    before = tree(paths)
    with (
        locked_elsewhere(paths.lock, "a run"),
        pytest.raises(LandingError, match="a run"),
    ):
        migrate_data_dir(paths, timeout=0)
    assert tree(paths) == before


@pytest.mark.parametrize(("version", "step"), [("3", "git pull && make setup"), ("?", "rm ")])
def test_unknown_layout_is_refused_with_the_command(
    tmp_path: Path, version: str, step: str
) -> None:
    paths = old_data_dir(tmp_path / "data")
    layout_path(paths).write_text(version)
    before = tree(paths)
    with pytest.raises(LayoutError, match=f"What to do: {step}"):
        migrate_data_dir(paths)
    assert tree(paths) == before


def test_every_command_migrates_first_or_names_the_next_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = old_data_dir(tmp_path / "data")
    monkeypatch.setenv("PAX_HOME", str(paths.data_dir))
    first, second = (CliRunner().invoke(app, ["land", "--list"]) for _ in range(2))
    assert (first.exit_code, second.exit_code) == (0, 0), first.output
    assert "receipts/ -> load_records/" in first.stderr
    assert second.stderr == ""
    assert "2025" in first.stdout
    assert first.stdout == second.stdout
    layout_path(paths).write_text("3")
    newer = CliRunner().invoke(app, ["land", "--list"])
    assert (newer.exit_code, "git pull && make setup" in newer.stderr) == (1, True)
    with pytest.raises(LayoutError, match="git pull && make setup"):
        prepare_instance(paths)


def test_new_and_missing_directories_need_no_step(tmp_path: Path) -> None:
    paths = DataPaths.at(tmp_path / "data")
    assert migrate_data_dir(paths) == []
    assert not paths.data_dir.exists()
    paths.data_dir.mkdir()
    assert migrate_data_dir(paths) == []
    assert layout_path(paths).read_text() == "2\n"


def test_releases_of_version_0_1_0_stay_usable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths, manifest = build_data_dir(tmp_path, closed_landed=True)
    old = publish_marts(paths, manifest, CHECK_RESULTS, RunInfo("old"))
    path = old.folder / "manifest.json"
    content = json.loads(path.read_text())
    del content["manifest_sha256"]
    content |= {"format": 1, "kept_at_home": content.pop("withheld_marts")}
    for source in content["sources"]:
        for edition in source["editions"]:
            edition["way"] = edition.pop("access_method")
    path.chmod(0o644)
    path.write_text(json.dumps(content))

    paths, manifest = build_data_dir(tmp_path, nudge=0.1, closed_landed=True)
    new = publish_marts(paths, manifest, CHECK_RESULTS, RunInfo("new"))
    assert f"Against {old.release_id}." in (new.folder / "CHANGES.md").read_text()
    assert {r.release_id for r in releases(paths)} == {old.release_id, new.release_id}
    assert rollback(paths).release_id == old.release_id == current_id(paths)
    card = read_manifest(old.folder)
    assert card is not None
    assert [withheld["mart"] for withheld in card["withheld_marts"]] == ["fct_closed"]
    monkeypatch.setattr(sys, "argv", ["build", str(old.folder), str(tmp_path / "old.html")])
    assert render() == 0
    assert "bundled" in (tmp_path / "old.html").read_text()
