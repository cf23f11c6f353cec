"""The runs that each source needs before a build: what of it has changed since it was checked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestration.defs.automation.chain_request import ChainRequest
from orchestration.defs.ingestion.partitions import (
    RANGE_END,
    RANGE_START,
    bundled_partitions,
    contiguous_ranges,
    partition_keys,
)
from sources.kit import requests
from sources.kit.catalog import SourceSpec
from warehouse.paths import PROJECT, DataPaths
from warehouse.storage.bundled import has_pending_bundle
from warehouse.storage.load_records import list_load_records


@dataclass(frozen=True)
class SourceRun:
    """One run of one source: a range of partitions, or none for uploads."""

    source_id: str
    access_method: str
    partition_range: tuple[str, str] | None = None
    manual: tuple[str, ...] = ()

    @property
    def tags(self) -> dict[str, str]:
        if self.partition_range is None:
            return {}
        return dict(zip((RANGE_START, RANGE_END), self.partition_range, strict=True))


def plan_source_runs(
    paths: DataPaths, spec: SourceSpec, request: ChainRequest
) -> Iterator[SourceRun]:
    """The runs that a source needs: none if nothing of it, nor of what checks it, has changed.

    `force` alone is about the build: the results of the same checks on the same files stay.
    Together with `only` it lands and checks those sources again.
    """
    source_id = spec.source_id
    is_forced = request.force and source_id in request.only
    keys, bundled = partition_keys(spec), bundled_partitions(spec)
    is_changed = has_pending_bundle(spec, paths) or not _is_stamped(paths, spec, request)
    has_bundle_run = bool(bundled) and (is_forced or is_changed)
    if has_bundle_run:
        for chosen in contiguous_ranges(keys, set(bundled)):
            yield SourceRun(source_id, "bundled", chosen)
    if source_id in request.live:
        landed = _months_asked_live(paths, source_id) if request.since else ()
        wanted = requests.live_partitions(spec, request.partitions, request.since, landed)
        for chosen in contiguous_ranges(keys, set(wanted)):
            yield SourceRun(source_id, "live", chosen)
        if not keys or set(wanted) - set(keys):
            # a publisher that serves its present state only has no partition to name
            yield SourceRun(source_id, "live")
    manual = tuple(request.manual.get(source_id, ()))
    is_checked = is_changed and not has_bundle_run and _has_tables(paths, source_id)
    if manual or is_checked or source_id in request.live:
        # uploads; and source checks of what a failed or half-way run has left
        yield SourceRun(source_id, "bundled", None, manual)


def _months_asked_live(paths: DataPaths, source_id: str) -> set[str]:
    """The months that a publisher has answered: the last part of their partitions."""
    return {
        record.partition.rpartition("/")[2]
        for record in list_load_records(paths, source_id)
        if record.access_method == "live"
    }


def _has_tables(paths: DataPaths, source_id: str) -> bool:
    """Whether there is something to do for a source without a bundle: it has landed, has results
    of checks on what was undone, or has empty tables, which dbt reads, to declare."""
    has_landed = any((paths.load_records / source_id).glob("[!_]*.json"))
    has_results = any((paths.check_results / "sources").glob(f"{source_id}.*.json"))
    return has_landed or has_results or not (paths.landing / source_id).is_dir()


def _stamp(paths: DataPaths, source_id: str) -> Path:
    return paths.check_results / "sources" / f"{source_id}.inputs"


def _is_stamped(paths: DataPaths, spec: SourceSpec, request: ChainRequest) -> bool:
    stamp = _stamp(paths, spec.source_id)
    return stamp.is_file() and stamp.read_text() == _inputs_digest(paths, spec, request)


def write_stamp(paths: DataPaths, spec: SourceSpec, request: ChainRequest) -> None:
    stamp = _stamp(paths, spec.source_id)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(_inputs_digest(paths, spec, request))


def _inputs_digest(paths: DataPaths, spec: SourceSpec, request: ChainRequest) -> str:
    """Hash of what landed of a source, of the code that lands and checks it, and of the day.

    Landed files count by size and time: one that was changed by hand is checked again.
    """
    digest = hashlib.sha256(json.dumps([request.as_known_on, request.as_of]).encode())
    code = [
        *sorted(spec.folder.glob("*.*")),
        *sorted((PROJECT / "expectations").rglob("*.py")),
        *sorted((PROJECT / "expectations").rglob("*.json")),
        *sorted((PROJECT / "sources" / "kit").glob("*.py")),
    ]
    for path in [*code, *sorted((paths.load_records / spec.source_id).glob("[!_]*.json"))]:
        digest.update(path.name.encode() + path.read_bytes())
    for path in sorted((paths.landing / spec.source_id).glob("*/[!_.]*.parquet")):
        stat = path.stat()
        digest.update(f"{path.parent.name}/{path.name} {stat.st_size} {stat.st_mtime_ns}".encode())
    return digest.hexdigest()
