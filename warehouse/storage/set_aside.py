"""Partitions that are set aside: refused by their checks, or changed since they landed.

Setting aside moves the files of a partition to `set_aside/<source>/<partition>/`, with a report of
the reason; the version that it replaced comes back, if there is one. Raw bytes stay in `raw/`.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from sources.kit.catalog import SourceSpec
from sources.kit.contract import QuarantinedRow, RawFile
from sources.kit.errors import SourceError
from sources.kit.load_record import LoadRecord, file_stem
from warehouse.paths import DataPaths
from warehouse.storage.atomic_write import (
    LandingError,
    commit,
    disk_errors,
    finish_commits,
    sha256_of,
    staged,
    write_atomic,
)
from warehouse.storage.load_records import (
    list_load_records,
    read_accepted,
    read_load_record,
    write_accepted,
)
from warehouse.storage.partitions import (
    accepted_folder,
    damaged_files,
    parquet_path,
    partition_files,
    raw_path,
    write_quarantine,
)

_REPORT = "report.json"


@dataclass(frozen=True)
class SetAside:
    """One partition that is set aside. `checks` are the results that refused it; `has_other` is
    true where another version of it is in use, which is stale then."""

    source_id: str
    partition: str
    since: str  # ISO 8601, UTC
    reason: str
    edition: str = ""
    known_from_date: str = ""
    access_method: str = ""
    files: Sequence[str] = ()
    table_hashes: Mapping[str, str] = field(default_factory=dict)
    checks: Sequence[Mapping[str, Any]] = ()
    has_other: bool = False

    @property
    def state(self) -> str:
        """What is in its place."""
        return "an earlier version is in use" if self.has_other else "nothing is in its place"

    @property
    def remedy(self) -> str:
        """The commands that bring the partition back, or end the notice."""
        name = f"{self.source_id} --again {self.partition}"
        again = f"`pax land {name}` reads the raw bytes again (after a correction of the code)"
        if self.access_method == "bundled":
            again = f"`git checkout sources/{self.source_id}/bundled` restores the bundled file"
        return (
            f"`pax land {self.source_id} FILE` with a good file; {again}; "
            f"`pax land {self.source_id} --undo {self.partition}` gives it up"
        )

    @property
    def sentence(self) -> str:
        files = f" ({', '.join(self.files)})" if self.files else ""
        return f"{self.source_id} {self.partition}{files} is set aside: {self.reason}; {self.state}"


def _folder(paths: DataPaths, source_id: str, partition: str) -> Path:
    return paths.set_aside / source_id / file_stem(partition)


def list_set_aside(paths: DataPaths, source_id: str | None = None) -> list[SetAside]:
    """What is set aside now, by source and partition."""
    found = []
    for path in sorted(paths.set_aside.glob(f"{source_id or '*'}/*/{_REPORT}")):
        try:
            entry = SetAside(**orjson.loads(path.read_bytes()))
        except (OSError, orjson.JSONDecodeError, TypeError):
            continue
        is_there = read_load_record(paths, entry.source_id, entry.partition) is not None
        found.append(SetAside(**{**vars(entry), "has_other": is_there}))
    return found


def set_aside(
    paths: DataPaths,
    spec: SourceSpec,
    partition: str,
    reason: str,
    checks: Sequence[Mapping[str, Any]] = (),
) -> SetAside:
    """Move a landed partition aside; the version that last passed the checks comes back.

    Raises:
        LandingError: the landing cannot be written; nothing has changed.
    """
    in_place = partition_files(paths, spec, partition)
    accepted = accepted_folder(paths, spec.source_id, partition)
    target = _folder(paths, spec.source_id, partition)
    record = read_load_record(paths, spec.source_id, partition)
    renames = [(path, target / name) for name, path in in_place.items() if path.exists()]
    renames += [(accepted / n, path) for n, path in in_place.items() if (accepted / n).exists()]
    with disk_errors(f"{spec.source_id} {partition}", paths.set_aside):
        finish_commits(paths)
        with staged(paths, f"{spec.source_id}__{file_stem(partition)}") as folder:
            hashes = {} if record else _hashes_of_parquet(paths, spec, partition)
            _write_report(folder, spec, partition, record, reason, checks, hashes)
            shutil.rmtree(target, ignore_errors=True)
            commit(paths, folder, {_REPORT: target / _REPORT}, renames=renames)
        if accepted.exists():
            accepted.rmdir()
    [entry] = [e for e in list_set_aside(paths, spec.source_id) if e.partition == partition]
    return entry


def set_aside_staged(
    paths: DataPaths,
    spec: SourceSpec,
    record: LoadRecord,
    folder: Path,
    problem: SourceError,
    quarantine: Sequence[QuarantinedRow],
) -> None:
    """Set a staged partition aside that may not land; `folder` holds its Parquet."""
    target = _folder(paths, spec.source_id, record.partition)
    place = target.relative_to(paths.data_dir) / write_quarantine(folder, quarantine)
    reason = f"{problem.what} ({problem.place}); {place} has all of them"
    _write_report(folder, spec, record.partition, record, reason)
    write_atomic(folder / "load_record.json", record.to_json())
    shutil.rmtree(target, ignore_errors=True)
    commit(paths, folder, {p.name: target / p.name for p in folder.iterdir()})


def _hashes_of_parquet(paths: DataPaths, spec: SourceSpec, partition: str) -> dict[str, str]:
    files = {table: parquet_path(paths, spec.source_id, table, partition) for table in spec.tables}
    return {table: sha256_of(path) for table, path in files.items() if path.exists()}


def _write_report(
    folder: Path,
    spec: SourceSpec,
    partition: str,
    record: LoadRecord | None,
    reason: str,
    checks: Sequence[Mapping[str, Any]] = (),
    hashes: Mapping[str, str] | None = None,
) -> None:
    """`hashes` are those of the Parquet files where the load record is lost."""
    entry = SetAside(
        source_id=spec.source_id,
        partition=partition,
        since=datetime.now(UTC).isoformat(timespec="seconds"),
        reason=reason,
        edition=record.edition if record else "",
        known_from_date=record.known_from_date if record else "",
        access_method=record.access_method if record else "",
        files=[file.name for file in record.payloads] if record else [],
        table_hashes=record.table_hashes if record else hashes or {},
        checks=list(checks),
    )
    content = orjson.dumps(asdict(entry), default=str, option=orjson.OPT_INDENT_2)
    write_atomic(folder / _REPORT, content)


def drop_set_aside(paths: DataPaths, source_id: str, partition: str) -> bool:
    """Remove what is set aside of a partition; false if nothing is. Raw bytes stay."""
    folder = _folder(paths, source_id, partition)
    if not folder.exists():
        return False
    with disk_errors(f"{source_id} {partition}", folder):
        shutil.rmtree(folder)
    return True


def accept_partitions(paths: DataPaths, source_id: str, refused: Collection[str] = ()) -> None:
    """All partitions that a source has in place have passed their checks.

    What was set aside is resolved by a new version that a person or the publisher gave (of that
    partition, or in a file of that name where partitions are named after the bytes of a file), and
    by the very version that the load record of a damaged one describes, or whose files lost it.
    `refused` are the partitions that the same checks have just set aside.

    Raises:
        LandingError: the landing cannot be written.
    """
    before = read_accepted(paths, source_id) or {}
    records = {file_stem(r.partition): r for r in list_load_records(paths, source_id)}
    with disk_errors(f"the accepted partitions of {source_id}", paths.load_records):
        write_accepted(paths, source_id, records.values())
        shutil.rmtree(paths.landing / ".accepted" / source_id, ignore_errors=True)
    new = [
        record
        for record in records.values()
        if record.access_method != "bundled" and record.table_hashes != before.get(record.partition)
    ]
    for entry in list_set_aside(paths, source_id):
        # without a load record a partition is called as its files are
        place = file_stem(entry.partition)
        now = records.get(place)
        is_whole = now is not None and now.table_hashes == entry.table_hashes
        is_replaced = any(
            file_stem(record.partition) == place or {f.name for f in record.files} & {*entry.files}
            for record in new
        )
        if entry.partition not in refused and (is_whole or is_replaced):
            drop_set_aside(paths, source_id, entry.partition)


def damaged_partitions(paths: DataPaths, spec: SourceSpec) -> Iterator[tuple[str, str]]:
    """Partitions whose Parquet is missing or not what their load record says, and Parquet without
    a load record: name and reason. Reads every file of the source once, for its hash."""
    known = set()
    for record in list_load_records(paths, spec.source_id):
        known.add(file_stem(record.partition))
        if wrong := damaged_files(paths, record):
            yield record.partition, "; ".join(wrong)
    for table in spec.tables:
        folder = parquet_path(paths, spec.source_id, table, "x").parent
        for path in sorted(folder.glob("[!_.]*.parquet")):
            if path.stem not in known:
                known.add(path.stem)
                yield path.stem, f"{table} has a file without a load record"


def set_aside_damaged(paths: DataPaths, spec: SourceSpec) -> list[SetAside]:
    """Set aside what was changed since it landed, so that nothing is built on it.

    Raises:
        LandingError: the landing cannot be written.
    """
    with disk_errors("the landing", paths.landing):
        finish_commits(paths)
    damaged = list(damaged_partitions(paths, spec))
    return [set_aside(paths, spec, partition, reason) for partition, reason in damaged]


def raw_files_of(paths: DataPaths, spec: SourceSpec, partition: str) -> tuple[str, list[RawFile]]:
    """The access method and the raw files of a partition that is set aside, or that has landed.

    Raises:
        LandingError: nothing of that name is known, it is bundled, or its raw bytes are damaged.
    """
    folder = _folder(paths, spec.source_id, partition)
    try:
        record = LoadRecord.from_dict(orjson.loads((folder / "load_record.json").read_bytes()))
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
        found = read_load_record(paths, spec.source_id, partition)
        if found is None:
            raise LandingError(
                f"{spec.source_id} has no load record of {partition}",
                remedy=f"`pax land {spec.source_id} FILE` lands a file",
            ) from None
        record = found
    if record.access_method == "bundled":
        raise LandingError(
            f"{spec.source_id} {partition} is bundled: it comes from the checkout",
            remedy="`pax run` lands it again by itself",
        )
    return record.access_method, [_raw_file(paths, spec, payload) for payload in record.files]


def _raw_file(paths: DataPaths, spec: SourceSpec, payload: Any) -> RawFile:
    path = raw_path(paths, payload.sha256)
    if not path.is_file() or sha256_of(path) != payload.sha256:
        raise LandingError(
            f"the raw bytes of {payload.name} are missing or damaged",
            place=str(path),
            remedy=f"download the file again and use `pax land {spec.source_id} FILE`",
        )
    retrieved_at = datetime.fromisoformat(payload.retrieved_at)
    return RawFile(payload.name, path.read_bytes(), payload.url, retrieved_at)
