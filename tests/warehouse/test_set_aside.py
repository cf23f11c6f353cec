"""Setting partitions aside: the last accepted version comes back, nothing is lost or published."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sources.kit.catalog import find_source
from sources.kit.errors import QuarantineLimitError
from tests.sources.files import raw_file
from tests.warehouse.test_landing import TWO, Toy, bundle, raw, rows
from tests.warehouse.test_landing import toy as toy  # a fixture
from warehouse.paths import PROJECT, DataPaths
from warehouse.storage import atomic_write
from warehouse.storage.atomic_write import finish_commits
from warehouse.storage.landing import (
    LandingError,
    land_bundle,
    land_files,
    parquet_path,
    raw_path,
    undo_landing,
)
from warehouse.storage.load_records import list_load_records, read_load_record
from warehouse.storage.set_aside import (
    accept_partitions,
    list_set_aside,
    raw_files_of,
    set_aside,
    set_aside_damaged,
)

GOOD = [("x", 1.0), ("y", 2.0)]
OTHER = "partition,name,size\n2024,z,3\n"
PRICES = "series,unit,month,price\nTin,$/mt,2025-12,30000\n"
#: Undoes a landing in each folder, in a process that is killed at its first, second, third … move
#: or removal of a file or folder.
KILLED = """
import itertools, os, signal, sys
from sources.kit.catalog import find_source
from warehouse.paths import DataPaths
from warehouse.storage.landing import undo_landing

spec = find_source("worldbank_pink_sheet")
for n, folder in enumerate(sys.argv[1:], start=1):
    if not (child := os.fork()):
        steps = itertools.count(1)
        def hook(event, arguments):
            if event in ("os.rename", "os.remove", "os.rmdir") and next(steps) == n:
                os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(hook)
        undo_landing(spec, "202512", DataPaths.at(folder))
        sys.exit(0)
    if os.waitpid(child, 0)[1] == 0:
        break
    print(folder)
"""


@pytest.fixture
def accepted(toy: Toy, data_dir: DataPaths) -> DataPaths:
    """A partition that has passed its checks."""
    land_files(toy, [raw(TWO)], "manual", data_dir)
    accept_partitions(data_dir, "toy")
    return data_dir


def test_last_accepted_version_comes_back(toy: Toy, accepted: DataPaths) -> None:
    """Also where an unchecked version was landed in between."""
    first = read_load_record(accepted, "toy", "2024")
    land_files(toy, [raw("partition,name,size\n2024,w,9\n", "between.csv")], "manual", accepted)
    bad = raw(OTHER, "bad.csv")
    land_files(toy, [bad], "manual", accepted)
    assert rows(accepted) == [("z", 3.0)]
    entry = set_aside(accepted, toy, "2024", "a check failed", [{"subject": "toy.things"}])
    assert rows(accepted) == GOOD
    assert read_load_record(accepted, "toy", "2024") == first
    assert (entry.has_other, list(entry.files)) == (True, ["bad.csv"])
    assert list_set_aside(accepted) == [entry]
    assert raw_path(accepted, bad.sha256).is_file()
    kept = accepted.set_aside / "toy" / "2024" / "things.parquet"
    assert pq.read_table(kept)["name"].to_pylist() == ["z"]
    assert not list((accepted.landing / ".accepted").glob("*/*"))


def test_new_partition_is_absent_afterwards(toy: Toy, accepted: DataPaths) -> None:
    land_files(toy, [raw("partition,name,size\n2025,z,3\n")], "manual", accepted)
    entry = set_aside(accepted, toy, "2025", "a check failed")
    assert not entry.has_other
    assert "nothing is in its place" in entry.sentence
    assert rows(accepted) == GOOD
    assert [r.partition for r in list_load_records(accepted, "toy")] == ["2024"]


@pytest.mark.parametrize("text", [OTHER, TWO], ids=["a new version", "the version in use"])
def test_good_landing_ends_it(toy: Toy, accepted: DataPaths, text: str) -> None:
    land_files(toy, [raw("partition,name,size\n2024,b,7\n", "bad.csv")], "manual", accepted)
    set_aside(accepted, toy, "2024", "a check failed")
    accept_partitions(accepted, "toy", {"2024"})
    accept_partitions(accepted, "toy")  # the next run
    assert list_set_aside(accepted), "it is still missing"
    land_files(toy, [raw(text)], "manual", accepted)
    accept_partitions(accepted, "toy")
    assert list_set_aside(accepted) == []


def test_raw_bytes_are_read_again(toy: Toy, accepted: DataPaths) -> None:
    bad = raw(OTHER, "bad.csv")
    land_files(toy, [bad], "manual", accepted)
    set_aside(accepted, toy, "2024", "a check failed")
    method, files = raw_files_of(accepted, toy, "2024")
    assert (method, [f.content for f in files]) == ("manual", [bad.content])
    land_files(toy, files, method, accepted)
    assert rows(accepted) == [("z", 3.0)]
    place = raw_path(accepted, bad.sha256)
    place.chmod(0o644)
    place.write_bytes(b"x" * len(bad.content))
    with pytest.raises(LandingError, match="missing or damaged"):
        raw_files_of(accepted, toy, "2024")
    with pytest.raises(LandingError, match="no load record of 1999"):
        raw_files_of(accepted, toy, "1999")


def test_undo_brings_the_accepted_version_back(toy: Toy, accepted: DataPaths) -> None:
    land_files(toy, [raw(OTHER)], "manual", accepted)
    undo_landing(toy, "2024", accepted)
    assert rows(accepted) == GOOD


@pytest.mark.parametrize("n_versions", [1, 2])
def test_kill_while_undoing_undoes_all_or_nothing(tmp_path: Path, n_versions: int) -> None:
    """What is left is the landing of before or of after, and never a partition to set aside."""
    spec = find_source("worldbank_pink_sheet")
    first = DataPaths.at(tmp_path / "0")
    for version in range(n_versions):
        prices = PRICES.replace("300", f"30{version}")
        land_files(spec, [raw_file("p.csv", prices)], "manual", first)
        if version + 1 < n_versions:
            accept_partitions(first, spec.source_id)
    copies = [Path(shutil.copytree(first.data_dir, tmp_path / str(n))) for n in range(1, 40)]
    before = landed(first)
    undo_landing(spec, "202512", first)
    after = landed(first)
    assert before != after
    done = subprocess.run(
        [sys.executable, "-c", KILLED, *map(str, copies)],
        cwd=PROJECT, capture_output=True, text=True, check=True, timeout=100,
    )  # fmt: skip
    killed = [DataPaths.at(line) for line in done.stdout.split()]
    assert 3 < len(killed) < len(copies)
    for paths in killed:
        assert set_aside_damaged(paths, spec) == []
        assert landed(paths) in (before, after)
        if landed(paths) == before:
            undo_landing(spec, "202512", paths)
        assert landed(paths) == after
        assert list((paths.landing / ".incoming").iterdir()) == []


def landed(paths: DataPaths) -> dict[str, bytes]:
    """Load records and Parquet, by their path."""
    files = [*paths.load_records.rglob("*.json"), *paths.landing.rglob("*.parquet")]
    return {str(p.relative_to(paths.data_dir)): p.read_bytes() for p in files}


def test_kill_while_setting_aside_is_finished_by_the_next_landing(
    toy: Toy, accepted: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    land_files(toy, [raw(OTHER)], "manual", accepted)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(atomic_write, "_finish", killed)
        with pytest.raises(KeyboardInterrupt):
            set_aside(accepted, toy, "2024", "a check failed")
    [folder] = (accepted.landing / ".incoming").glob("*.commit")
    copied = {p.name: p.read_bytes() for p in folder.iterdir()}
    finish_commits(accepted)
    folder.mkdir()  # as if the kill had come after the last move
    for name, content in copied.items():
        (folder / name).write_bytes(content)
    finish_commits(accepted)
    assert rows(accepted) == GOOD
    assert [entry.partition for entry in list_set_aside(accepted)] == ["2024"]


class TestDamage:
    def change(self, path: Path) -> None:
        """One value changed by hand, in a file of the same rows."""
        table = pq.read_table(path)
        column = table.schema.get_field_index("size_t")
        values = table["size_t"].to_pylist()
        pq.write_table(
            table.set_column(column, table.schema.field(column), [[99.0, *values[1:]]]), path
        )

    def test_changed_value_is_set_aside(self, toy: Toy, accepted: DataPaths) -> None:
        self.change(parquet_path(accepted, "toy", "things", "2024"))
        [entry] = set_aside_damaged(accepted, toy)
        assert "differs from its hash" in entry.reason
        assert rows(accepted) == []
        method, files = raw_files_of(accepted, toy, "2024")
        land_files(toy, files, method, accepted)
        accept_partitions(accepted, "toy")
        assert rows(accepted) == GOOD
        assert list_set_aside(accepted) == []

    def test_landing_the_same_file_repairs_it(self, toy: Toy, accepted: DataPaths) -> None:
        self.change(parquet_path(accepted, "toy", "things", "2024"))
        [landed] = land_files(toy, [raw(TWO)], "manual", accepted)
        assert landed.outcome == "landed"
        assert rows(accepted) == GOOD

    @pytest.mark.parametrize("is_lost", [False, True])
    def test_bundled_partition_lands_again(
        self, toy: Toy, data_dir: DataPaths, *, is_lost: bool
    ) -> None:
        bundle(toy)
        land_bundle(toy, data_dir)
        accept_partitions(data_dir, "toy")
        if is_lost:
            (data_dir.load_records / "toy" / "2024.json").unlink()
        else:
            self.change(parquet_path(data_dir, "toy", "things", "2024"))
        assert set_aside_damaged(data_dir, toy)
        land_bundle(toy, data_dir)
        accept_partitions(data_dir, "toy")
        assert rows(data_dir) == GOOD
        assert list_set_aside(data_dir) == []

    def test_lost_load_record_is_replaced_by_the_same_file(
        self, toy: Toy, data_dir: DataPaths
    ) -> None:
        text = TWO.replace("2024", "A/2024")
        bundle(toy, text)
        land_bundle(toy, data_dir)
        accept_partitions(data_dir, "toy")
        (data_dir.load_records / "toy" / "A__2024.json").unlink()
        [entry] = set_aside_damaged(data_dir, toy)
        assert entry.partition == "A__2024"
        land_bundle(toy, data_dir)
        accept_partitions(data_dir, "toy")
        assert list_set_aside(data_dir) == []

    def test_earlier_version_does_not_replace_one_that_lost_its_load_record(
        self, toy: Toy, accepted: DataPaths
    ) -> None:
        land_files(toy, [raw(OTHER)], "manual", accepted)
        (accepted.load_records / "toy" / "2024.json").unlink()
        [entry] = set_aside_damaged(accepted, toy)
        assert entry.has_other
        assert rows(accepted) == GOOD
        accept_partitions(accepted, "toy")
        assert list_set_aside(accepted) == [entry]
        land_files(toy, [raw(OTHER)], "manual", accepted)
        accept_partitions(accepted, "toy")
        assert list_set_aside(accepted) == []

    def test_file_without_load_record_is_set_aside(self, toy: Toy, accepted: DataPaths) -> None:
        place = parquet_path(accepted, "toy", "things", "2024")
        place.with_name("2031.parquet").write_bytes(place.read_bytes())
        assert len(rows(accepted)) == 4
        [entry] = set_aside_damaged(accepted, toy)
        assert (entry.partition, entry.reason) == (
            "2031",
            "things has a file without a load record",
        )
        assert rows(accepted) == GOOD

    def test_whole_landing_has_none(self, toy: Toy, accepted: DataPaths) -> None:
        assert set_aside_damaged(accepted, toy) == []


class TestUnreadableRows:
    """The toy source allows 34 % of them."""

    MIXED = "partition,name,size\n2024,x,?\n2024,y,?\n2024,z,3\n2025,a,1\n2025,b,2\n"

    def test_only_its_own_partition_is_set_aside(self, toy: Toy, data_dir: DataPaths) -> None:
        landed = land_files(toy, [raw(self.MIXED)], "manual", data_dir)
        assert [(x.load_record.partition, x.outcome) for x in landed] == [
            ("2024", "set aside"), ("2025", "landed"),
        ]  # fmt: skip
        assert rows(data_dir) == [("a", 1.0), ("b", 2.0)]
        [entry] = list_set_aside(data_dir)
        assert "2 of 3 rows of 2024 cannot be parsed" in entry.reason

    def test_share_counts_and_not_the_number(self, toy: Toy, data_dir: DataPaths) -> None:
        toy = Toy(**{**vars(toy), "quarantine_max_share": 0.2})
        with pytest.raises(QuarantineLimitError, match="1 of 3 rows"):
            land_files(toy, [raw(TWO + "2024,z,?\n")], "manual", data_dir)
        [entry] = list_set_aside(data_dir)
        assert (entry.partition, entry.state) == ("2024", "nothing is in its place")
        assert "(toy.csv:4); set_aside/toy/2024/_quarantine.parquet has all of them" in entry.reason
        kept = pq.read_table(data_dir.data_dir / "set_aside/toy/2024/_quarantine.parquet")
        assert kept.select(["reason", "line", "raw_text"]).to_pylist() == [
            {"reason": "size is no number", "line": 4, "raw_text": "?"}
        ]
        for words in ("toy FILE", "toy --again 2024", "toy --undo 2024"):
            assert f"`pax land {words}`" in entry.remedy
        assert not parquet_path(data_dir, "toy", "things", "2024").exists()
