"""A source's bundled figures: the Parquet that lies in the checkout, and how it lands."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import orjson

from sources.kit.catalog import SourceSpec, catalog
from sources.kit.errors import CorruptFileError
from sources.kit.load_record import LoadRecord, file_stem
from warehouse.paths import DataPaths
from warehouse.storage.atomic_write import disk_errors, finish_commits, staged
from warehouse.storage.load_records import Landed, list_receipts, read_receipt
from warehouse.storage.partitions import (
    commit_partition,
    declare_tables,
    files_there,
    remove_partition,
)


@dataclass(frozen=True)
class Bundle:
    """The bundled partitions of one source."""

    spec: SourceSpec
    receipts: list[LoadRecord]

    def path(self, table: str, partition: str) -> Path:
        return self.spec.bundled / table / f"{file_stem(partition)}.parquet"

    def verify(self, receipt: LoadRecord) -> None:
        """Refuse a bundled Parquet that is not the one its receipt speaks of."""
        for name, table in receipt.tables.items():
            path = self.path(name, receipt.partition)
            if not path.is_file():
                raise _damaged(self.spec, path, "is missing")
            if hashlib.sha256(path.read_bytes()).hexdigest() != table.sha256:
                raise _damaged(self.spec, path, "is not what bundled/load_records.json says")


def read_bundle(spec: SourceSpec) -> Bundle | None:
    """The bundle of a source, or None when it brings none along."""
    path = spec.bundled / "load_records.json"
    if not path.is_file():
        return None
    try:
        raw = orjson.loads(path.read_bytes())
        receipts = [LoadRecord.from_dict(x) for x in raw["partitions"]]
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise _damaged(spec, path, f"cannot be read: {error!r}") from error
    return Bundle(spec, receipts)


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
    """Land what every source brings along; then the run's own tables."""
    paths = paths or DataPaths.at()
    chosen = list(catalog().values() if specs is None else specs)
    with disk_errors("the landing", paths.landing):
        finish_commits(paths)
    declare_tables(paths, chosen)
    return [landed for spec in chosen for landed in land_bundle(spec, paths)]


def land_bundle(spec: SourceSpec, paths: DataPaths | None = None) -> list[Landed]:
    """Land the source's bundled partitions by link or copy; live and dropped ones outrank them."""
    paths = paths or DataPaths.at()
    declare_tables(paths, [spec])
    bundle = read_bundle(spec)
    receipts = bundle.receipts if bundle else []
    _drop_former(paths, spec, {x.partition for x in receipts})
    return [_land_bundled(spec, bundle, x, paths) for x in receipts] if bundle else []


def _drop_former(paths: DataPaths, spec: SourceSpec, partitions: set[str]) -> None:
    """Remove what an older bundle had landed and this one no longer has."""
    for receipt in list_receipts(paths, spec.source_id):
        if receipt.access_method == "bundled" and receipt.partition not in partitions:
            remove_partition(paths, spec, receipt.partition)


def _land_bundled(
    spec: SourceSpec, bundle: Bundle, receipt: LoadRecord, paths: DataPaths
) -> Landed:
    there = read_receipt(paths, spec.source_id, receipt.partition)
    if there and files_there(paths, there):
        if there.access_method != "bundled":
            return Landed(there, "kept", f"{there.access_method} outranks bundled")
        if there == receipt:
            return Landed(there, "unchanged")
    bundle.verify(receipt)
    stem = f"{spec.source_id}__{file_stem(receipt.partition)}"
    with disk_errors(f"{spec.source_id} {receipt.partition}", paths.landing):  # noqa: SIM117
        with staged(paths, stem) as folder:
            for table in receipt.tables:
                _link_or_copy(bundle.path(table, receipt.partition), folder / f"{table}.parquet")
            commit_partition(paths, spec, receipt, folder)
    return Landed(receipt, "landed")


def _link_or_copy(origin: Path, place: Path) -> None:
    try:
        os.link(origin, place)
    except OSError:  # another file system, or one without links
        shutil.copyfile(origin, place)
