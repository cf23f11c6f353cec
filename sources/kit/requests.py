"""Raw files by access method: live partitions of a publisher, and files that a user downloaded.

These functions connect the source catalog with the landing. A partition is a publisher's edition,
year or month; `fetch.list_partitions()` names those that can be fetched,
`fetch.default_partitions()` (if defined) those that a run fetches when it names none.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from sources.kit.catalog import SourceSpec
from sources.kit.contract import RawFile
from sources.kit.errors import CorruptFileError, SourceError
from sources.kit.http import HttpClient
from sources.kit.leftovers import is_document, is_leftover, is_unfinished


def live_partitions(
    spec: SourceSpec, wanted: Sequence[str] = (), since: str = "", landed: Collection[str] = ()
) -> list[str]:
    """The partitions to fetch: `wanted`, otherwise the source's default; in the publisher's order.

    With `since`, a month such as `201701`, also every month from it on that is not in `landed`; a
    source without months has its default alone.

    Raises:
        SourceError: the source has no live access, or `wanted` names an unknown partition.
    """
    available = [str(partition) for partition in spec.fetch.list_partitions()]
    unknown = sorted(set(wanted) - set(available))
    if unknown:
        raise SourceError(
            spec.source_id,
            f"has no live partition {', '.join(unknown)}",
            remedy=f"choose from: {', '.join(available)}",
        )
    default = getattr(spec.fetch, "default_partitions", None)
    chosen = set(wanted) or set(default() if default else available)
    if since and has_months(available):
        chosen |= {month for month in available if month >= since} - set(landed)
    return [partition for partition in available if partition in chosen]


def has_months(partitions: Sequence[str]) -> bool:
    """Whether the partitions of a source are months such as `201701`."""
    return bool(partitions) and all(re.fullmatch(r"\d{6}", one) for one in partitions)


def fetched(spec: SourceSpec, partition: str, http: HttpClient) -> list[RawFile]:
    """The raw files of one live partition.

    Raises:
        SourceUnavailableError: the publisher does not respond or refuses (see its subclasses).
        SourceError: `partition` is not valid for this source.
    """
    return list(spec.fetch.fetch(partition, http))


def manual_files(
    spec: SourceSpec, paths: Iterable[Path], hints: Mapping[str, str] | None = None
) -> list[RawFile]:
    """Read files that a user downloaded; folders are read recursively.

    `retrieved_at` is the modification time of the file. `hints` are facts that the user states
    about the files, such as their year; of a file in a given folder its folder is added.

    Raises:
        CorruptFileError: a path does not exist or cannot be read, or a folder is empty.
    """
    return [
        _raw(spec, path, {**(hints or {}), **_folder(given, path)})
        for given in paths
        for path in _walk(spec, given)
    ]


def _folder(given: Path, path: Path) -> dict[str, str]:
    """The folder of a file in the given folder; it may name what the file does not."""
    if not given.is_dir():
        return {}
    return {"folder": path.parent.relative_to(given.parent).as_posix()}


def _walk(spec: SourceSpec, path: Path) -> Iterator[Path]:
    if path.is_dir():
        # of the news, documents are the data
        accepted = {word.strip("*,") for one in spec.layouts for word in one.files.split()}
        inside = sorted(
            one
            for one in path.rglob("*")
            if one.is_file()
            and not is_leftover(str(one.relative_to(path)))
            and not (is_document(one.name) and one.suffix.lower() not in accepted)
        )
        if not inside:
            raise CorruptFileError(
                spec.source_id, "the folder is empty", place=str(path), remedy="check the path"
            )
        for found in inside:
            yield from _walk(spec, found)
    elif is_unfinished(path.name):
        raise CorruptFileError(
            spec.source_id, "the file is not complete yet, by its ending", place=str(path),
            remedy="wait for the download, or rename the file if it is complete",
        )  # fmt: skip
    elif path.is_file():
        yield path
    else:
        raise CorruptFileError(
            spec.source_id, "there is no such file", place=str(path), remedy="check the path"
        )


#: A larger file is memory-mapped instead of read: it may not fit into memory.
_MAX_BYTES_READ = 64 << 20


def _content(path: Path) -> bytes:
    if path.stat().st_size <= _MAX_BYTES_READ:
        return path.read_bytes()
    with path.open("rb") as handle:
        return cast(bytes, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ))


def _raw(spec: SourceSpec, path: Path, hints: Mapping[str, str]) -> RawFile:
    try:
        before = path.stat()
        content = _content(path)
        after = path.stat()
    except OSError as error:
        raise CorruptFileError(
            spec.source_id,
            f"cannot be read: {error.strerror or error}",
            place=str(path),
            remedy="check the permissions of the file",
        ) from error
    if (before.st_size, before.st_mtime_ns) != (len(content), after.st_mtime_ns):
        raise CorruptFileError(
            spec.source_id, "the file changed while it was read", place=str(path),
            remedy="wait until it is written, and land it again",
        )  # fmt: skip
    at = datetime.fromtimestamp(after.st_mtime, tz=UTC)
    # the publisher's homepage instead of a local path: load records are published
    return RawFile(path.name, content, spec.homepage, at, hints=hints)
