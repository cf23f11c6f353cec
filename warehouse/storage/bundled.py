"""Bundled data: the Parquet files of a source in the checkout, and how they land."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

import orjson

from sources.kit.catalog import SourceSpec, catalog
from sources.kit.errors import CorruptFileError
from sources.kit.load_record import LoadRecord, file_stem
from warehouse.paths import DataPaths
from warehouse.storage.atomic_write import disk_errors, finish_commits, sha256_of, staged
from warehouse.storage.load_records import Landed, list_load_records, read_load_record
from warehouse.storage.partitions import (
    commit_partition,
    declare_tables,
    has_all_files,
    remove_partition,
)


@dataclass(frozen=True)
class Bundle:
    """The bundled partitions of one source."""

    spec: SourceSpec
    records: list[LoadRecord]

    def path(self, table: str, partition: str) -> Path:
        """The bundled Parquet file of a table and partition."""
        return self.spec.bundled / table / f"{file_stem(partition)}.parquet"

    def verify(self, record: LoadRecord) -> None:
        """Compare the bundled Parquet files with the hashes of their load record.

        Raises:
            CorruptFileError: a file is missing or differs from its load record.
        """
        for name, table in record.tables.items():
            path = self.path(name, record.partition)
            if not path.is_file():
                raise _damaged(self.spec, path, "is missing")
            if sha256_of(path) != table.sha256:
                raise _damaged(self.spec, path, "differs from its hash in load_records.json")


def read_bundle(spec: SourceSpec) -> Bundle | None:
    """The bundle of a source; None when it has none.

    Raises:
        CorruptFileError: its `load_records.json` cannot be read.
    """
    path = spec.bundled / "load_records.json"
    if not path.is_file():
        return None
    try:
        raw = orjson.loads(path.read_bytes())
        records = [LoadRecord.from_dict(x) for x in raw["partitions"]]
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise _damaged(spec, path, f"cannot be read: {error!r}") from error
    return Bundle(spec, records)


def _damaged(spec: SourceSpec, path: Path, what: str) -> CorruptFileError:
    return CorruptFileError(
        spec.source_id,
        f"the bundled file {path.name} {what}",
        place=str(path),
        remedy="restore it from git, or compile the bundle again: "
        f"python -m sources.kit.bundle {spec.source_id} FILES…",
    )


def land_bundles(
    paths: DataPaths | None = None, specs: Iterable[SourceSpec] | None = None
) -> list[Landed]:
    """Land the bundles of all sources (or of `specs`); one result per bundled partition.

    Raises:
        CorruptFileError: a bundled file differs from its load record.
        LandingError: the landing cannot be written.
    """
    paths = paths or DataPaths.at()
    chosen = list(catalog().values() if specs is None else specs)
    with disk_errors("the landing", paths.landing):
        finish_commits(paths)
    declare_tables(paths, chosen)
    return [landed for spec in chosen for landed in land_bundle(spec, paths)]


def land_bundle(
    spec: SourceSpec, paths: DataPaths | None = None, partitions: Collection[str] | None = None
) -> list[Landed]:
    """Copy the source's bundled partitions into the landing; live and manual ones stay.

    Returns one result per bundled partition, or per one of `partitions` where they are given.

    Raises:
        CorruptFileError: a bundled file differs from its load record.
        LandingError: the landing cannot be written.
    """
    paths = paths or DataPaths.at()
    declare_tables(paths, [spec])
    bundle = read_bundle(spec)
    records = bundle.records if bundle else []
    _remove_outdated(paths, spec, {x.partition for x in records})
    chosen = [x for x in records if partitions is None or x.partition in partitions]
    return [_land_bundled(spec, bundle, x, paths) for x in chosen] if bundle else []


def has_pending_bundle(spec: SourceSpec, paths: DataPaths) -> bool:
    """Whether `land_bundle` would change the landing; reads load records only."""
    bundle = read_bundle(spec)
    records = {x.partition: x for x in bundle.records} if bundle else {}
    landed = {x.partition: x for x in list_load_records(paths, spec.source_id)}
    if any(x.access_method == "bundled" and name not in records for name, x in landed.items()):
        return True
    return any(
        name not in landed
        or (landed[name].access_method == "bundled" and landed[name] != record)
        or not has_all_files(paths, landed[name])
        for name, record in records.items()
    )


def _remove_outdated(paths: DataPaths, spec: SourceSpec, partitions: set[str]) -> None:
    """Remove landed partitions that an older bundle had and this one no longer has."""
    for record in list_load_records(paths, spec.source_id):
        if record.access_method == "bundled" and record.partition not in partitions:
            remove_partition(paths, spec, record.partition)


def _land_bundled(spec: SourceSpec, bundle: Bundle, record: LoadRecord, paths: DataPaths) -> Landed:
    there = read_load_record(paths, spec.source_id, record.partition)
    if there and has_all_files(paths, there):
        if there.access_method != "bundled":
            return Landed(there, "kept", f"{there.access_method} replaces bundled")
        if there == record:
            return Landed(there, "unchanged")
    bundle.verify(record)
    stem = f"{spec.source_id}__{file_stem(record.partition)}"
    with disk_errors(f"{spec.source_id} {record.partition}", paths.landing):  # noqa: SIM117
        with staged(paths, stem) as folder:
            for table in record.tables:
                # a copy, never a hard link: what changes a landed file must not reach the checkout
                shutil.copyfile(bundle.path(table, record.partition), folder / f"{table}.parquet")
            commit_partition(paths, spec, record, folder)
    return Landed(record, "landed")
