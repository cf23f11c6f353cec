"""Checks that nothing is parsed twice: the same file, the same partition, the same key."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from sources.kit.contract import Parsed, RawFile
from sources.kit.errors import CorruptFileError, SourceError


def reject_duplicate_files(files: Sequence[RawFile], source_id: str) -> None:
    """Check that no two files have the same content: it would be counted twice.

    Raises:
        SourceError: two files have the same sha256.
    """
    seen: dict[str, str] = {}
    for file in files:
        if file.sha256 in seen:
            raise SourceError(
                source_id,
                "the same file was given twice",
                place=f"{seen[file.sha256]} and {file.name}",
                remedy="land it once; if two years were intended, one download is wrong",
            )
        seen[file.sha256] = file.name


@dataclass(frozen=True)
class Claim:
    """Who gave a partition first: the file, and the hash of the rows."""

    place: str
    digest: str


def claim_partition(parsed: Parsed, seen: dict[str, Claim], source_id: str) -> Iterator[Parsed]:
    """Yield `parsed` and record its partition in `seen`; nothing where the same rows were given
    before, as by a zip and the file that was unpacked from it.

    Raises:
        CorruptFileError: another file of the same call has this partition, with other rows.
    """
    place, digest = parsed.files[0].name, _digest(parsed)
    earlier = seen.get(parsed.partition)
    if earlier is None:
        seen[parsed.partition] = Claim(place, digest)
        yield parsed
    elif earlier.digest != digest:
        raise CorruptFileError(
            source_id,
            f"two files give {parsed.partition}, with other rows",
            place=f"{earlier.place} and {place}",
            remedy="land one of them",
        )


def reject_duplicate_rows(tables: Iterable[tuple[str, pa.Table]], source_id: str) -> None:
    """Check that no two files, given by place and table, have the same rows in the same order: a
    response that was saved in two formats would be counted twice.

    Raises:
        SourceError: two files have.
    """
    seen: dict[str, str] = {}
    for place, table in tables:
        digest = _hash_of(table)
        if table.num_rows and digest in seen:
            raise SourceError(
                source_id, "the same rows were given twice", place=f"{seen[digest]} and {place}",
                remedy="land one of them",
            )  # fmt: skip
        seen[digest] = place


def _digest(parsed: Parsed) -> str:
    """Hash of the rows in their order, without their file and place."""
    digest = hashlib.sha256()
    for name, table in sorted(parsed.tables.items()):
        own = table.drop_columns(["payload_sha256", "row_locator"])
        digest.update(f"{name} {_hash_of(own)}".encode())
    return digest.hexdigest()


class _Digest(io.RawIOBase):
    """A file that keeps the hash of what is written."""

    def __init__(self) -> None:
        self.sha256 = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.sha256.update(data)
        return len(data)


def _hash_of(table: pa.Table) -> str:
    """Hash of the rows, however they are stored in chunks."""
    sink = _Digest()
    with pa.ipc.new_stream(pa.PythonFile(sink, mode="w"), table.schema) as stream:
        stream.write_table(table.combine_chunks())
    return sink.sha256.hexdigest()


def reject_duplicate_keys(
    keys: Iterable[tuple[object, ...]], places: Iterable[str], source_id: str, remedy: str
) -> None:
    """Check that no key occurs at two places.

    Raises:
        CorruptFileError: one does; the message names the key and both places.
    """
    seen: dict[tuple[object, ...], str] = {}
    for key, place in zip(keys, places, strict=True):
        if key in seen:
            name = " / ".join(map(str, key))
            raise CorruptFileError(
                source_id, f"{name} is at {seen[key]} and at {place}", place=place, remedy=remedy
            )
        seen[key] = place
