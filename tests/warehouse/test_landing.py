"""The landing: whole partitions or none, each with its load record; no good one is lost."""

from __future__ import annotations

import errno
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sources.kit.bundle import compile_bundle
from sources.kit.catalog import Cadence, ColumnSpec, Layout, Licence, SourceSpec, TableSpec
from sources.kit.contract import Parsed, QuarantinedRow, RawFile
from sources.kit.errors import CorruptFileError, QuarantineLimitError, SourceError
from sources.kit.tabular import add_lineage_columns, read_text_table
from warehouse.paths import DataPaths
from warehouse.storage import atomic_write, landing, partitions
from warehouse.storage.landing import (
    LandingError,
    land,
    land_bundle,
    land_bundles,
    land_files,
    parquet_path,
    quarantine_path,
    raw_path,
    undo_landing,
)
from warehouse.storage.load_records import (
    list_load_records,
    read_load_record,
    write_load_records_table,
    write_parameters,
)

DAY = datetime(2026, 1, 2, tzinfo=UTC)


class Toy(SourceSpec):
    """A source of lines `partition,name,size`: a size that is not a number is quarantined."""

    @property
    def parser_version(self) -> str:
        return "toy"

    def _module(self, name: str) -> ModuleType:
        module = ModuleType(name)
        module.parse = self.parsed  # type: ignore[attr-defined]
        module.select_bundle = lambda parts: list(parts)  # type: ignore[attr-defined]
        return module

    def parsed(self, files: list[RawFile]) -> list[Parsed]:
        found = []
        for file in files:
            table, _ = read_text_table(file.content, source_id="toy", place=file.name)
            if table.column_names != ["partition", "name", "size"]:
                raise CorruptFileError("toy", "another header", place=file.name)
            rows = list(enumerate(table.to_pylist(), start=2))
            for partition in dict.fromkeys(row["partition"] for _, row in rows):
                found.append(self._part(partition, rows, file))
        return found

    def _part(
        self, partition: str, rows: list[tuple[int, dict[str, str]]], file: RawFile
    ) -> Parsed:
        mine = [(line, row) for line, row in rows if row["partition"] == partition]
        good = [(line, row) for line, row in mine if row["size"].isdigit()]
        bad = [
            QuarantinedRow("size is no number", file.name, line, row["size"])
            for line, row in mine
            if not row["size"].isdigit()
        ]
        things = add_lineage_columns(
            {"name": [r["name"] for _, r in good], "size_t": [int(r["size"]) for _, r in good]},
            self.tables["things"],
            edition=partition,
            known_from_date=date(2025, 1, 1),
            payload_sha256=file.sha256,
            row_locator=[f"{file.name}:{line}" for line, _ in good],
        )
        day = date(2025, 1, 1)
        return Parsed(partition, partition, day, "published", {"things": things}, [file], bad)


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    columns = (
        ColumnSpec("name", "string", False, "Name."),
        ColumnSpec("size_t", "double", True, "Size.", "t"),
    )
    tables = {
        "things": TableSpec("toy", "things", "Things.", "One row per thing.", ("name",), columns),
        "extras": TableSpec("toy", "extras", "Extras.", "One row per extra.", ("name",), columns),
    }
    return Toy(
        "toy", "Toy", "Nobody", "https://example.org", "trade",
        Licence("CC0-1.0", "https://example.org", "full", "Nobody"),
        Cadence("0 6 1 1 *", "yearly", 400), "team:toys", ("bundled", "manual"), 0.34,
        (Layout("csv", "*.csv", "three columns"),), tables, tmp_path / "toy",
    )  # fmt: skip


def raw(text: str, name: str = "toy.csv") -> RawFile:
    return RawFile(name, text.encode(), f"https://example.org/{name}", DAY)


TWO = "partition,name,size\n2024,x,1\n2024,y,2\n"


def rows(paths: DataPaths, table: str = "things") -> list[tuple[object, ...]]:
    glob = f"{paths.landing}/toy/{table}/*.parquet"
    query = f"select name, size_t from read_parquet('{glob}', union_by_name=true) order by name"
    return duckdb.sql(query).fetchall()


def test_two_files_of_one_partition_land_once_or_not_at_all(toy: Toy, data_dir: DataPaths) -> None:
    same = raw(TWO + "\n", "copy.csv")  # the same rows in other bytes
    (landed,) = land_files(toy, [raw(TWO), same], "manual", data_dir)
    assert (landed.outcome, rows(data_dir)) == ("landed", [("x", 1.0), ("y", 2.0)])
    other = raw(TWO.replace("y,2", "y,3"), "other.csv")
    with pytest.raises(CorruptFileError, match="two files give 2024, with other rows") as caught:
        land_files(toy, [raw(TWO), other], "manual", data_dir)
    assert "toy.csv and other.csv" in str(caught.value)
    assert rows(data_dir) == [("x", 1.0), ("y", 2.0)]


def test_partition_lands_with_raw_bytes_and_load_record(toy: Toy, data_dir: DataPaths) -> None:
    file = raw(TWO)
    (landed,) = land_files(toy, [file], "manual", data_dir)
    assert landed.outcome == "landed"
    assert rows(data_dir) == [("x", 1.0), ("y", 2.0)]
    assert raw_path(data_dir, file.sha256).read_bytes() == file.content
    record = read_load_record(data_dir, "toy", "2024")
    assert record == landed.load_record
    assert record is not None
    assert record.files[0].url == "https://example.org/toy.csv"
    assert record.tables["things"].rows_by_payload == {file.sha256: 2}


def test_declared_table_without_rows_reads_as_empty(toy: Toy, data_dir: DataPaths) -> None:
    land_files(toy, [raw(TWO)], "manual", data_dir)
    assert rows(data_dir, "extras") == []


def test_landing_again_changes_nothing(toy: Toy, data_dir: DataPaths) -> None:
    land_files(toy, [raw(TWO)], "manual", data_dir)
    before = parquet_path(data_dir, "toy", "things", "2024").stat().st_mtime_ns
    (landed,) = land_files(toy, [raw(TWO)], "manual", data_dir)
    assert landed.outcome == "unchanged"
    assert parquet_path(data_dir, "toy", "things", "2024").stat().st_mtime_ns == before


def test_partition_is_replaced_whole(toy: Toy, data_dir: DataPaths) -> None:
    land_files(toy, [raw(TWO)], "manual", data_dir)
    land_files(toy, [raw("partition,name,size\n2024,z,3\n")], "manual", data_dir)
    assert rows(data_dir) == [("z", 3.0)]


def test_same_content_under_two_names_lands_once(toy: Toy, data_dir: DataPaths) -> None:
    assert len(land_files(toy, [raw(TWO), raw(TWO, "copy.csv")], "manual", data_dir)) == 1
    (again,) = land_files(toy, [raw(TWO, "copy.csv")], "manual", data_dir)
    assert again.outcome == "unchanged"
    assert len(list(data_dir.raw.glob("*/*"))) == 1
    assert len(list_load_records(data_dir)) == 1


def test_corrupt_file_among_good_ones_lands_nothing(toy: Toy, data_dir: DataPaths) -> None:
    with pytest.raises(CorruptFileError):
        land_files(toy, [raw(TWO), raw("a,b\n1,2\n", "bad.csv")], "manual", data_dir)
    assert list_load_records(data_dir) == []
    assert not parquet_path(data_dir, "toy", "things", "2024").exists()


def test_unreadable_rows_are_quarantined(toy: Toy, data_dir: DataPaths) -> None:
    land_files(toy, [raw(TWO + "2024,z,many\n")], "manual", data_dir)
    kept = pq.read_table(quarantine_path(data_dir, "toy", "2024")).to_pylist()
    assert kept == [
        {"reason": "size is no number", "file": "toy.csv", "line": 4, "raw_text": "many"}
    ]
    land_files(toy, [raw(TWO)], "manual", data_dir)
    assert not quarantine_path(data_dir, "toy", "2024").exists()


def test_too_many_unreadable_rows_reject_the_partition(toy: Toy, data_dir: DataPaths) -> None:
    land_files(toy, [raw(TWO)], "manual", data_dir)
    bad = raw("partition,name,size\n2024,x,1\n2024,y,?\n", "new.csv")
    with pytest.raises(QuarantineLimitError, match=r"1 of 2 rows of 2024 .*new.csv:3"):
        land_files(toy, [bad], "manual", data_dir)
    assert rows(data_dir) == [("x", 1.0), ("y", 2.0)]
    assert raw_path(data_dir, bad.sha256).is_file()


@pytest.mark.parametrize(
    ("number", "message"),
    [(errno.ENOSPC, "free some space"), (errno.EROFS, "read-only"), (errno.EACCES, "may not")],
)
@pytest.mark.parametrize("step", [(landing, "_write"), (partitions, "commit")])
def test_full_or_read_only_disk_lands_nothing(
    toy: Toy,
    data_dir: DataPaths,
    monkeypatch: pytest.MonkeyPatch,
    step: tuple[ModuleType, str],
    number: int,
    message: str,
) -> None:
    land_files(toy, [raw(TWO)], "manual", data_dir)

    def fail(*_: object, **__: object) -> None:
        raise OSError(number, "no", str(data_dir.landing))

    monkeypatch.setattr(*step, fail)
    with pytest.raises(LandingError, match=message):
        land_files(toy, [raw("partition,name,size\n2024,z,3\n")], "manual", data_dir)
    assert rows(data_dir) == [("x", 1.0), ("y", 2.0)]
    assert [p.name for p in (data_dir.landing / ".incoming").iterdir()] == []


def test_next_landing_finishes_a_killed_commit(
    toy: Toy, data_dir: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(atomic_write, "_finish", lambda *_: None)  # killed right after the rename
        land_files(toy, [raw(TWO)], "manual", data_dir)
    assert read_load_record(data_dir, "toy", "2024") is None
    land_bundles(data_dir, [toy])
    assert rows(data_dir) == [("x", 1.0), ("y", 2.0)]
    assert read_load_record(data_dir, "toy", "2024") is not None


def test_next_landing_removes_an_uncommitted_partition(toy: Toy, data_dir: DataPaths) -> None:
    left = data_dir.landing / ".incoming" / "toy__2024.999999999"
    left.mkdir(parents=True)
    land_bundles(data_dir, [toy])
    assert not left.exists()


def bundle(toy: Toy, text: str = TWO) -> None:
    compile_bundle(toy, [raw(text)], toy.bundled)


def test_bundle_lands_as_a_copy_and_only_once(toy: Toy, data_dir: DataPaths) -> None:
    bundle(toy)
    assert [x.outcome for x in land_bundle(toy, data_dir)] == ["landed"]
    assert parquet_path(data_dir, "toy", "things", "2024").stat().st_nlink == 1
    assert rows(data_dir) == [("x", 1.0), ("y", 2.0)]
    assert [x.outcome for x in land_bundle(toy, data_dir)] == ["unchanged"]


def test_new_bundle_replaces_the_old_one(toy: Toy, data_dir: DataPaths) -> None:
    bundle(toy)
    land_bundle(toy, data_dir)
    bundle(toy, "partition,name,size\n2024,z,3\n")
    assert [x.outcome for x in land_bundle(toy, data_dir)] == ["landed"]
    assert rows(data_dir) == [("z", 3.0)]


@pytest.mark.parametrize("access_method", ["manual", "live"])
def test_bundle_never_replaces_live_or_manual_partitions(
    toy: Toy, data_dir: DataPaths, access_method: str
) -> None:
    bundle(toy)
    land_files(toy, [raw("partition,name,size\n2024,z,3\n")], access_method, data_dir)
    assert [x.outcome for x in land_bundle(toy, data_dir)] == ["kept"]
    assert rows(data_dir) == [("z", 3.0)]


def test_partition_that_the_bundle_no_longer_has_is_removed(toy: Toy, data_dir: DataPaths) -> None:
    bundle(toy)
    land_bundle(toy, data_dir)
    bundle(toy, "partition,name,size\n2025,z,3\n")
    land_bundle(toy, data_dir)
    assert rows(data_dir) == [("z", 3.0)]


def test_bundle_lands_again_after_undo(toy: Toy, data_dir: DataPaths) -> None:
    bundle(toy)
    file = raw("partition,name,size\n2024,z,3\n")
    land_files(toy, [file], "manual", data_dir)
    undo_landing(toy, "2024", data_dir)
    assert rows(data_dir) == []
    assert raw_path(data_dir, file.sha256).is_file()
    land_bundle(toy, data_dir)
    assert rows(data_dir) == [("x", 1.0), ("y", 2.0)]
    with pytest.raises(LandingError, match="choose one of: 2024"):
        undo_landing(toy, "2023", data_dir)


def test_damaged_bundle_is_rejected(toy: Toy, data_dir: DataPaths) -> None:
    bundle(toy)
    path = toy.bundled / "things" / "2024.parquet"
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(CorruptFileError, match="restore it from git"):
        land_bundle(toy, data_dir)
    assert rows(data_dir) == []


def test_damaged_load_record_counts_as_none(toy: Toy, data_dir: DataPaths) -> None:
    bundle(toy)
    land_bundle(toy, data_dir)
    (data_dir.load_records / "toy" / "2024.json").write_text("{")
    assert [x.outcome for x in land_bundle(toy, data_dir)] == ["landed"]


def test_bundle_has_the_same_bytes_each_time(toy: Toy) -> None:
    bundle(toy)
    first = {p.name: p.read_bytes() for p in toy.bundled.rglob("*") if p.is_file()}
    bundle(toy, "partition,name,size\n2024,y,2\n2024,x,1\n")
    bundle(toy)
    assert {p.name: p.read_bytes() for p in toy.bundled.rglob("*") if p.is_file()} == first


def test_run_tables(toy: Toy, data_dir: DataPaths) -> None:
    file, empty = raw(TWO), raw("partition,name,size\n2023,x,1\n", "other.csv")
    land_files(toy, [file, empty], "manual", data_dir)
    records = pq.read_table(write_load_records_table(data_dir, {"toy": toy})).to_pylist()
    seen = [(r["partition"], r["table_name"], r["file_name"], r["n_rows"]) for r in records]
    assert seen == [("2023", "things", "other.csv", 1), ("2024", "things", "toy.csv", 2)]
    path = write_parameters(data_dir, as_known_on=None, as_of_date=date(2026, 1, 1))
    assert pq.read_table(path).to_pylist() == [
        {"as_known_on": date(9999, 12, 31), "as_of_date": date(2026, 1, 1)}
    ]


@pytest.mark.parametrize("is_records_first", [True, False])
def test_newest_evidence_is_known_on_the_knowledge_day(
    toy: Toy, data_dir: DataPaths, is_records_first: bool
) -> None:
    def write(as_known_on: date | None) -> list[date | None]:
        steps = [
            lambda: write_load_records_table(data_dir, {"toy": toy}),
            lambda: write_parameters(data_dir, as_known_on),
        ]
        for step in steps if is_records_first else reversed(steps):
            step()
        path = data_dir.landing / "run" / "newest_evidence" / "newest_evidence.parquet"
        found: list[date | None] = pq.read_table(path)["newest_date"].to_pylist()
        return found

    assert write(None) == [None]
    other = raw("partition,name,size\n2023,x,1\n", "other.csv")
    for file, day in ((raw(TWO), 3), (other, 5)):
        (part,) = toy.parsed([file])
        land(toy, replace(part, known_from_date=date(2025, 1, day)), "manual", data_dir)
    assert write(None) == [date(2025, 1, 5)]
    assert write(date(2025, 1, 4)) == [date(2025, 1, 3)]
    assert write(date(2025, 1, 2)) == [None]


def test_undeclared_table_is_rejected(toy: Toy, data_dir: DataPaths) -> None:
    (part,) = toy.parsed([raw(TWO)])
    other = Parsed("2024", "1", date(2025, 1, 1), "published", {"thngs": pa.table({})}, part.files)
    with pytest.raises(SourceError, match="undeclared table thngs"):
        land(toy, other, "manual", data_dir)


def test_landing_no_file_is_an_error(toy: Toy, data_dir: DataPaths) -> None:
    with pytest.raises(SourceError, match="name at least one file"):
        land_files(toy, [], "manual", data_dir)
