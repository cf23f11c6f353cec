"""Which partitions of a source a run takes in, and by which way.

The landing is partitioned by file (`landing/<source>/<table>/<partition>.parquet`), the assets are
not: a run rebuilds all marts from all partitions, so an asset partition could never be stale on its
own. A backfill names partitions in the run's `inputs` instead.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from sources.kit.catalog import SourceSpec
from sources.kit.contract import RawFile
from sources.kit.errors import CorruptFileError, SourceError
from sources.kit.http import HttpClient


def live_partitions(spec: SourceSpec, wanted: Sequence[str] = ()) -> list[str]:
    """What the publisher serves, narrowed to `wanted`; else what the source asks for as a rule.

    A source that serves twenty years of months says in `default_partitions()` which of them a run takes in.
    """
    offered = [str(partition) for partition in spec.fetch.list_partitions()]
    unknown = sorted(set(wanted) - set(offered))
    if unknown:
        raise SourceError(
            spec.source_id,
            f"has no live partition {', '.join(unknown)}",
            remedy=f"choose out of: {', '.join(offered)}",
        )
    usual = getattr(spec.fetch, "default_partitions", None)
    chosen = set(wanted) or set(usual() if usual else offered)
    return [partition for partition in offered if partition in chosen]


def fetched(spec: SourceSpec, partition: str, http: HttpClient) -> list[RawFile]:
    """The raw files of one live partition."""
    return list(spec.fetch.fetch(partition, http))


def manual_files(
    spec: SourceSpec, paths: Iterable[Path], hints: Mapping[str, str] | None = None
) -> list[RawFile]:
    """Files that a person brought (folders are walked); the file's own time is when it was got.

    `hints` is what the person says of them.
    """
    return [_raw(spec, path, hints or {}) for given in paths for path in _walk(spec, given)]


def _walk(spec: SourceSpec, path: Path) -> Iterator[Path]:
    if path.is_dir():
        inside = sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
        if not inside:
            raise CorruptFileError(spec.source_id, "the folder is empty", place=str(path))
        yield from inside
    elif path.is_file():
        yield path
    else:
        raise CorruptFileError(
            spec.source_id, "there is no such file", place=str(path), remedy="check the path"
        )


#: A file beyond this size is mapped instead of read: it may be bigger than the memory.
_BIG = 64 << 20


def _content(path: Path) -> bytes:
    if path.stat().st_size <= _BIG:
        return path.read_bytes()
    with path.open("rb") as handle:
        return cast(bytes, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ))


def _raw(spec: SourceSpec, path: Path, hints: Mapping[str, str]) -> RawFile:
    try:
        content = _content(path)
        at = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
    except OSError as error:
        raise CorruptFileError(
            spec.source_id,
            f"cannot be read: {error.strerror or error}",
            place=str(path),
            remedy="check that you may read it",
        ) from error
    # the publisher's homepage, not this machine's path: receipts are published
    return RawFile(path.name, content, spec.homepage, at, hints=hints)
