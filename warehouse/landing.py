"""The landing: raw bytes kept once by their hash, Parquet per partition, a receipt for each.

Three ways lead in (`land_bundle`, `land_files` for dropped files, `land_files` for what a live
fetch brought) and end in `land`, which replaces a partition whole or leaves everything as it was.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter

import pyarrow as pa
import pyarrow.parquet as pq

from sources.kit.catalog import SourceSpec, catalog
from sources.kit.contract import Parsed, RawFile
from sources.kit.errors import SourceError, TooManyUnreadable
from sources.kit.receipt import Receipt, file_stem, receipt_of
from sources.kit.tabular import conform
from warehouse.bundles import land_bundle, land_bundles
from warehouse.commit import LandingError, disk_errors, finish_commits, fsync_file, staged
from warehouse.receipts import (
    Landed,
    clear_stale,
    list_receipts,
    read_receipt,
    write_parameters,
    write_receipts_table,
)
from warehouse.rooms import Rooms
from warehouse.store import (
    commit_partition,
    declare_tables,
    files_there,
    keep_raw,
    parquet_path,
    quarantine_path,
    raw_path,
    remove_partition,
)

__all__ = [
    "Landed",
    "LandingError",
    "declare_tables",
    "forget",
    "keep_raw",
    "land",
    "land_bundle",
    "land_bundles",
    "land_files",
    "parquet_path",
    "quarantine_path",
    "raw_path",
]


def land_files(
    spec: SourceSpec, files: Sequence[RawFile], way: str, rooms: Rooms | None = None
) -> list[Landed]:
    """Keep raw files, parse them and land every partition they hold.

    The same content under two names is one file. All partitions are parsed before the first one
    lands, so a broken file in the middle lands nothing.
    """
    rooms = rooms or Rooms.at()
    distinct = list({file.sha256: file for file in reversed(files)}.values())[::-1]
    if not distinct:
        raise SourceError(spec.source_id, "no file was given", remedy="name at least one file")
    keep_raw(rooms, distinct)
    parsed = list(spec.parse(distinct))
    for part in parsed:
        check_quarantine(spec, part)
    landed = [land(spec, part, way, rooms) for part in parsed]
    if way == "live":
        clear_stale(rooms, spec.source_id)
    return landed


def land(spec: SourceSpec, parsed: Parsed, way: str, rooms: Rooms | None = None) -> Landed:
    """Land one partition: replace it whole, or leave everything as it was and say why."""
    rooms = rooms or Rooms.at()
    check_quarantine(spec, parsed)
    for name, data in parsed.tables.items():
        if name not in spec.tables:
            raise SourceError(spec.source_id, f"parse returned an undeclared table {name}")
        conform(data, spec.tables[name])
    keep_raw(rooms, parsed.files)
    with disk_errors(f"{spec.source_id} {parsed.partition}", rooms.landing):
        finish_commits(rooms)
        declare_tables(rooms, [spec])
        stem = f"{spec.source_id}__{file_stem(parsed.partition)}"
        with staged(rooms, stem) as folder:
            hashes = {name: _write(folder, name, data) for name, data in parsed.tables.items()}
            receipt = receipt_of(spec.source_id, spec.parser_version, parsed, way, hashes)
            if found := _already_there(rooms, receipt, parsed.tables):
                return found
            commit_partition(rooms, spec, receipt, folder, parsed.quarantine)
    return Landed(receipt, "landed")


def check_quarantine(spec: SourceSpec, parsed: Parsed) -> None:
    """Refuse a partition whose unreadable share exceeds what the source declares."""
    bad = len(parsed.quarantine)
    n_rows = sum(t.num_rows for t in parsed.tables.values())
    if not bad or bad / (bad + n_rows) <= spec.quarantine_max_share:
        return
    first = parsed.quarantine[0]
    raise TooManyUnreadable(
        spec.source_id,
        f"{bad} of {bad + n_rows} rows of {parsed.partition} cannot be understood "
        f"({bad / (bad + n_rows):.1%}, allowed {spec.quarantine_max_share:.1%}); "
        f"the first: {first.reason}: {first.raw_text[:120]!r}",
        place=f"{first.file}:{first.line}",
        remedy="nothing of it landed, the raw file is kept; see whether the publisher has "
        "changed the layout, then extend parse.py",
    )


def _write(folder: Path, table: str, data: pa.Table) -> str:
    path = folder / f"{table}.parquet"
    pq.write_table(data, path, compression="zstd")
    fsync_file(path)
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _already_there(rooms: Rooms, new: Receipt, tables: Mapping[str, pa.Table]) -> Landed | None:
    """What lies there with the same content; a file's name may differ, its bytes may not."""
    for other in list_receipts(rooms, new.source_id):
        if (
            (other.way, other.parser_version) == (new.way, new.parser_version)
            and other.payload_hashes == new.payload_hashes
            and files_there(rooms, other)
            and all(_same_rows(rooms, other, name, data) for name, data in tables.items())
        ):
            if other.partition == new.partition:
                return Landed(other, "unchanged")
            if new.n_rows:
                return Landed(other, "duplicate", f"the same content landed as {other.partition}")
    return None


def _same_rows(rooms: Rooms, other: Receipt, table: str, data: pa.Table) -> bool:
    if table not in other.tables or other.tables[table].rows != data.num_rows:
        return False
    there = pq.read_table(parquet_path(rooms, other.source_id, table, other.partition))
    names = [n for n in data.column_names if n not in ("row_locator", "edition")]
    if not set(names) <= set(there.column_names):
        return False
    return bool(there.select(names).equals(data.select(names)))


def forget(spec: SourceSpec, partition: str, rooms: Rooms | None = None) -> Receipt:
    """Undo a landing: remove a partition's Parquet, quarantine and receipt; raw bytes stay.

    A bundled partition that a dropped file had replaced comes back with the next run.
    """
    rooms = rooms or Rooms.at()
    receipt = read_receipt(rooms, spec.source_id, partition)
    if receipt is None:
        known = [r.partition for r in list_receipts(rooms, spec.source_id)]
        raise LandingError(
            f"{spec.source_id} has no landed partition {partition}",
            remedy=f"choose one of: {', '.join(known) or 'none has landed'}",
        )
    remove_partition(rooms, spec, partition)
    return receipt


def _main(arguments: list[str]) -> int:
    if arguments != ["land-bundles"]:
        print("usage: python -m warehouse.landing land-bundles", file=sys.stderr)
        return 2
    rooms, started = Rooms.at(), perf_counter()
    for landed in land_bundles(rooms):
        receipt = landed.receipt
        print(f"{receipt.source_id:20} {receipt.partition:24} {receipt.n_rows:>8} rows  "
              f"{landed.outcome}")  # fmt: skip
    write_receipts_table(rooms, catalog())
    write_parameters(rooms)
    print(f"{rooms.landing} in {perf_counter() - started:.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
