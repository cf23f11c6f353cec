"""The landing: raw bytes kept once by their hash, Parquet per partition, a receipt for each.

Three ways lead in (`land_bundle`, `land_files` for dropped files, `land_files` for what a live
fetch brought) and end in `land`, which replaces a partition whole or leaves everything as it was.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from time import perf_counter

import pyarrow as pa
import pyarrow.parquet as pq

from sources.kit.catalog import SourceSpec, TableSpec, catalog
from sources.kit.contract import Parsed, QuarantinedRow, RawFile
from sources.kit.errors import SourceError, TooManyUnreadable
from sources.kit.receipt import Receipt, file_stem, receipt_of
from sources.kit.tabular import conform
from warehouse.bundles import Bundle, read_bundle
from warehouse.commit import (
    LandingError,
    commit,
    disk_errors,
    finish_commits,
    fsync_file,
    staged,
    write_atomic,
)
from warehouse.receipts import (
    Landed,
    clear_stale,
    list_receipts,
    read_receipt,
    receipt_path,
    write_parameters,
    write_receipts_table,
)
from warehouse.rooms import Rooms

__all__ = [
    "LandingError",
    "declare_tables",
    "forget",
    "keep_raw",
    "land",
    "land_bundle",
    "land_bundles",
    "land_files",
    "parquet_path",
]
_QUARANTINE = pa.schema(
    {"reason": pa.string(), "file": pa.string(), "line": pa.int64(), "raw_text": pa.string()}
)


def parquet_path(rooms: Rooms, source_id: str, table: str, partition: str) -> Path:
    return rooms.landing / source_id / table / f"{file_stem(partition)}.parquet"


def quarantine_path(rooms: Rooms, source_id: str, partition: str) -> Path:
    return rooms.quarantine / source_id / f"{file_stem(partition)}.parquet"


def raw_path(rooms: Rooms, sha256: str) -> Path:
    return rooms.raw / sha256[:2] / sha256


def keep_raw(rooms: Rooms, files: Iterable[RawFile]) -> None:
    """Keep each file's bytes once, by their hash, fsynced and read-only."""
    for file in files:
        place = raw_path(rooms, file.sha256)
        if place.is_file() and place.stat().st_size == len(file.content):
            continue
        with disk_errors(f"the raw bytes of {file.name}", place):
            write_atomic(place, file.content)
            place.chmod(0o444)


def declare_tables(rooms: Rooms, specs: Iterable[SourceSpec]) -> None:
    """An empty `_schema.parquet` per declared table, so that an empty source reads as empty."""
    for spec in specs:
        for table in spec.tables.values():
            _declare(rooms, table)


def _declare(rooms: Rooms, table: TableSpec) -> None:
    path = parquet_path(rooms, table.source_id, table.name, "_schema")
    if path.is_file() and _same_schema(path, table):
        return
    with disk_errors(f"the schema of {table.source_id}.{table.name}", path):
        sink = pa.BufferOutputStream()
        pq.write_table(table.schema.empty_table(), sink, compression="zstd")
        write_atomic(path, sink.getvalue().to_pybytes(), durable=False)


def _same_schema(path: Path, table: TableSpec) -> bool:
    try:
        return bool(pq.read_schema(path).equals(table.schema))
    except (OSError, pa.ArrowInvalid):
        return False


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
            if found := _already_there(rooms, receipt):
                return found
            _commit_partition(rooms, spec, receipt, folder, parsed.quarantine)
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


def _already_there(rooms: Rooms, new: Receipt) -> Landed | None:
    same = read_receipt(rooms, new.source_id, new.partition)
    if same and same.table_hashes == new.table_hashes and _files_there(rooms, same):
        if (same.way, same.payload_hashes) == (new.way, new.payload_hashes):
            return Landed(same, "unchanged")
    for other in list_receipts(rooms, new.source_id):
        if (
            other.partition != new.partition
            and new.n_rows
            and other.payload_hashes == new.payload_hashes
            and other.table_hashes == new.table_hashes
        ):
            return Landed(other, "duplicate", f"the same content landed as {other.partition}")
    return None


def _files_there(rooms: Rooms, receipt: Receipt) -> bool:
    return all(
        parquet_path(rooms, receipt.source_id, table, receipt.partition).is_file()
        for table in receipt.tables
    )


def _commit_partition(
    rooms: Rooms,
    spec: SourceSpec,
    receipt: Receipt,
    folder: Path,
    quarantine: Sequence[QuarantinedRow] = (),
) -> None:
    source_id, partition = spec.source_id, receipt.partition
    places = {t: parquet_path(rooms, source_id, t, partition) for t in spec.tables}
    moves = {f"{table}.parquet": places[table] for table in receipt.tables}
    removals = [path for table, path in places.items() if table not in receipt.tables]
    kept_aside = quarantine_path(rooms, source_id, partition)
    if quarantine:
        rows = [vars(row) for row in quarantine]
        pq.write_table(pa.Table.from_pylist(rows, schema=_QUARANTINE), folder / "_bad.parquet")
        moves["_bad.parquet"] = kept_aside
    else:
        removals.append(kept_aside)
    write_atomic(folder / "receipt.json", receipt.to_json())
    # last: a receipt is only there when everything it speaks of is
    moves["receipt.json"] = receipt_path(rooms, source_id, partition)
    commit(rooms, folder, moves, removals)


def land_bundles(
    rooms: Rooms | None = None, specs: Iterable[SourceSpec] | None = None
) -> list[Landed]:
    """Land what every source brings along; then the run's own tables."""
    rooms = rooms or Rooms.at()
    chosen = list(catalog().values() if specs is None else specs)
    with disk_errors("the landing", rooms.landing):
        finish_commits(rooms)
    declare_tables(rooms, chosen)
    return [landed for spec in chosen for landed in land_bundle(spec, rooms)]


def land_bundle(spec: SourceSpec, rooms: Rooms | None = None) -> list[Landed]:
    """Land the source's bundled partitions by link or copy; live and dropped ones outrank them."""
    rooms = rooms or Rooms.at()
    declare_tables(rooms, [spec])
    bundle = read_bundle(spec)
    return [_land_bundled(spec, bundle, x, rooms) for x in bundle.receipts] if bundle else []


def _land_bundled(spec: SourceSpec, bundle: Bundle, receipt: Receipt, rooms: Rooms) -> Landed:
    there = read_receipt(rooms, spec.source_id, receipt.partition)
    if there and _files_there(rooms, there):
        if there.way != "bundled":
            return Landed(there, "kept", f"{there.way} outranks bundled")
        if there == receipt:
            return Landed(there, "unchanged")
    bundle.verify(receipt)
    with disk_errors(f"{spec.source_id} {receipt.partition}", rooms.landing):
        with staged(rooms, f"{spec.source_id}__{file_stem(receipt.partition)}") as folder:
            for table in receipt.tables:
                _link_or_copy(bundle.path(table, receipt.partition), folder / f"{table}.parquet")
            _commit_partition(rooms, spec, receipt, folder)
    return Landed(receipt, "landed")


def _link_or_copy(origin: Path, place: Path) -> None:
    try:
        os.link(origin, place)
    except OSError:  # another file system, or one without links
        shutil.copyfile(origin, place)


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
    with disk_errors(f"{spec.source_id} {partition}", rooms.landing):
        # the receipt first: without it the next landing replaces whatever is left
        receipt_path(rooms, spec.source_id, partition).unlink()
        for table in spec.tables:
            parquet_path(rooms, spec.source_id, table, partition).unlink(missing_ok=True)
        quarantine_path(rooms, spec.source_id, partition).unlink(missing_ok=True)
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
