"""The landing: raw bytes once by their hash, Parquet and a load record per partition.

`land_bundle` lands bundled partitions, `land_files` uploaded files and responses of a live fetch.
Both replace a partition whole or leave everything as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sources.kit.catalog import SourceSpec
from sources.kit.contract import NO_VALUE, Parsed, QuarantinedRow, RawFile
from sources.kit.duplicates import Claim, claim_partition
from sources.kit.errors import QuarantineLimitError, SourceError
from sources.kit.load_record import LoadRecord, file_stem, load_record_of
from sources.kit.tabular import conform
from warehouse.paths import DataPaths
from warehouse.storage.atomic_write import (
    LandingError,
    disk_errors,
    finish_commits,
    fsync_file,
    sha256_of,
    staged,
)
from warehouse.storage.bundled import land_bundle, land_bundles
from warehouse.storage.load_records import (
    Landed,
    clear_stale,
    list_load_records,
    read_load_record,
)
from warehouse.storage.partitions import (
    commit_partition,
    damaged_files,
    declare_tables,
    keep_raw,
    parquet_path,
    quarantine_path,
    raw_path,
    remove_partition,
)
from warehouse.storage.set_aside import drop_set_aside, set_aside_staged

__all__ = [
    "Landed",
    "LandingError",
    "declare_tables",
    "keep_raw",
    "land",
    "land_bundle",
    "land_bundles",
    "land_files",
    "parquet_path",
    "quarantine_path",
    "raw_path",
    "undo_landing",
]


def land_files(
    spec: SourceSpec, files: Sequence[RawFile], access_method: str, paths: DataPaths | None = None
) -> list[Landed]:
    """Store raw files, parse them and land every partition in them; one result per partition.

    The same content under two names is one file. All partitions are parsed and staged before the
    first one is committed, so a corrupt file among them lands nothing; one at a time, so that a
    big file needs no more memory than its largest partition. A partition with too many quarantined
    rows is set aside, and the others land.

    Args:
        access_method: `manual` or `live`.
    Raises:
        SourceError: no file, an unknown layout, a corrupt file, two files of one partition with
            other rows, or too many quarantined rows in every partition.
        LandingError: the landing cannot be written.
    """
    paths = paths or DataPaths.at()
    distinct = list({file.sha256: file for file in reversed(files)}.values())[::-1]
    if not distinct:
        raise SourceError(spec.source_id, "no file was given", remedy="name at least one file")
    keep_raw(paths, distinct)
    seen: dict[str, Claim] = {}
    with ExitStack() as stack:
        parts = [
            _stage(spec, part, access_method, paths, stack)
            for parsed in spec.parse(distinct)
            for part in claim_partition(parsed, seen, spec.source_id)
        ]
        known = list_load_records(paths, spec.source_id)
        landed = [_commit(spec, one, paths, known) for one in parts]
        problems = [one.problem for one in parts if one.problem]
        if problems and len(problems) == len(parts):
            raise problems[0]
    if access_method == "live":
        clear_stale(paths, spec.source_id)
    return landed


def land(
    spec: SourceSpec, parsed: Parsed, access_method: str, paths: DataPaths | None = None
) -> Landed:
    """Land one parsed partition: replace it whole, or leave everything as it was.

    Raises:
        SourceError: an undeclared table, or too many quarantined rows.
        LandingError: the landing cannot be written.
    """
    paths = paths or DataPaths.at()
    check_quarantine(spec, parsed)
    with ExitStack() as stack:
        staged_part = _stage(spec, parsed, access_method, paths, stack)
        return _commit(spec, staged_part, paths, list_load_records(paths, spec.source_id))


@dataclass(frozen=True)
class _Staged:
    """A partition that is written as Parquet to a staging folder."""

    load_record: LoadRecord
    folder: Path
    quarantine: Sequence[QuarantinedRow]
    problem: QuarantineLimitError | None = None  # why it may not land


def _stage(
    spec: SourceSpec, parsed: Parsed, access_method: str, paths: DataPaths, stack: ExitStack
) -> _Staged:
    for name, data in parsed.tables.items():
        if name not in spec.tables:
            raise SourceError(spec.source_id, f"parse returned an undeclared table {name}")
        conform(data, spec.tables[name])
    keep_raw(paths, parsed.files)
    with disk_errors(f"{spec.source_id} {parsed.partition}", paths.landing):
        stem = f"{spec.source_id}__{file_stem(parsed.partition)}"
        folder = stack.enter_context(staged(paths, stem))
        hashes = {name: _write(folder, name, data) for name, data in parsed.tables.items()}
        record = load_record_of(spec.source_id, spec.parser_version, parsed, access_method, hashes)
    try:
        check_quarantine(spec, parsed)
    except QuarantineLimitError as error:
        return _Staged(record, folder, parsed.quarantine, error)
    return _Staged(record, folder, parsed.quarantine)


def _commit(
    spec: SourceSpec, new: _Staged, paths: DataPaths, known: Sequence[LoadRecord]
) -> Landed:
    """Move a staged partition in; `known` are the source's load records before this landing."""
    with disk_errors(f"{spec.source_id} {new.load_record.partition}", paths.landing):
        finish_commits(paths)
        declare_tables(paths, [spec])
        if new.problem:
            set_aside_staged(paths, spec, new.load_record, new.folder, new.problem, new.quarantine)
            return Landed(new.load_record, "set aside", new.problem.what)
        if found := _already_there(paths, new, known):
            if found.outcome == "unchanged":  # so it is wanted, and not what was set aside since
                drop_set_aside(paths, spec.source_id, new.load_record.partition)
            return found
        commit_partition(paths, spec, new.load_record, new.folder, new.quarantine)
    return Landed(new.load_record, "landed")


def check_quarantine(spec: SourceSpec, parsed: Parsed) -> None:
    """Reject a partition with a larger share of unreadable rows than the source declares.

    A row that states no value (NaN as text) can be read: it counts only where no other is left.

    Raises:
        QuarantineLimitError: more than `quarantine_max_share` of the rows are unreadable.
    """
    n_rows = sum(t.num_rows for t in parsed.tables.values())
    counted = [row for row in parsed.quarantine if not n_rows or row.reason != NO_VALUE]
    bad = len(counted)
    if not bad or bad / (bad + n_rows) <= spec.quarantine_max_share:
        return
    first = counted[0]
    raise QuarantineLimitError(
        spec.source_id,
        f"{bad} of {bad + n_rows} rows of {parsed.partition} cannot be parsed "
        f"({bad / (bad + n_rows):.1%}, allowed {spec.quarantine_max_share:.1%}); "
        f"the first: {first.reason}: {first.raw_text[:120]!r}",
        place=f"{first.file}:{first.line}",
        remedy="it is set aside, the raw file is kept; download the file again, or correct these "
        "rows in a copy and land that; where the publisher has changed the layout, extend parse.py",
    )


def _write(folder: Path, table: str, data: pa.Table) -> str:
    path = folder / f"{table}.parquet"
    pq.write_table(data, path, compression="zstd")
    fsync_file(path)
    return sha256_of(path)


def _already_there(
    paths: DataPaths, staged_part: _Staged, known: Sequence[LoadRecord]
) -> Landed | None:
    """The landed partition with the same content; file names may differ, bytes may not."""
    new = staged_part.load_record
    hashes = new.payload_hashes
    # a landed partition is replaced or unchanged: only a new one can duplicate another
    of_this_name = [other for other in known if other.partition == new.partition]
    for other in of_this_name or known:
        if (
            (other.access_method, other.parser_version) == (new.access_method, new.parser_version)
            and other.payload_hashes == hashes
            and all(_rows(other, name) == _rows(new, name) for name in new.tables)
            and not damaged_files(paths, other)  # reads it: a zip may have many partitions
            and all(_same_rows(paths, other, staged_part, name) for name in new.tables)
        ):
            if other.partition == new.partition:
                return Landed(other, "unchanged")
            if new.n_rows:
                return Landed(other, "duplicate", f"the same content landed as {other.partition}")
    return None


def _rows(record: LoadRecord, table: str) -> int | None:
    return record.tables[table].rows if table in record.tables else None


def _same_rows(paths: DataPaths, other: LoadRecord, new: _Staged, table: str) -> bool:
    if other.tables[table].sha256 == new.load_record.tables[table].sha256:
        return True
    data = pq.read_table(new.folder / f"{table}.parquet")
    there = pq.read_table(parquet_path(paths, other.source_id, table, other.partition))
    names = [n for n in data.column_names if n not in ("row_locator", "edition")]
    if not set(names) <= set(there.column_names):
        return False
    return bool(there.select(names).equals(data.select(names)))


def undo_landing(spec: SourceSpec, partition: str, paths: DataPaths | None = None) -> LoadRecord:
    """Remove a partition's Parquet, quarantine and load record; raw bytes stay.

    The version that it replaced comes back, as long as no check has accepted the newer
    one. A bundled partition that an uploaded file had replaced lands again with the next run.

    Raises:
        LandingError: no such partition has landed; the message lists those that have.
    """
    paths = paths or DataPaths.at()
    with disk_errors(f"{spec.source_id} {partition}", paths.landing):
        finish_commits(paths)
    record = read_load_record(paths, spec.source_id, partition)
    if record is None:
        known = [r.partition for r in list_load_records(paths, spec.source_id)]
        raise LandingError(
            f"{spec.source_id} has no landed partition {partition}",
            remedy=f"choose one of: {', '.join(known) or 'none has landed'}",
        )
    remove_partition(paths, spec, partition)
    return record
