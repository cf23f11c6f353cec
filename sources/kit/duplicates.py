"""Checks that nothing is parsed twice: the same file, the same partition, the same key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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


def claim_partition(parsed: Parsed, seen: dict[str, str], source_id: str) -> Parsed:
    """Return `parsed` and record its partition in `seen` (partition -> file name).

    Raises:
        CorruptFileError: another file of the same call has this partition.
    """
    place = parsed.files[0].name
    if parsed.partition in seen:
        raise CorruptFileError(
            source_id,
            f"two files give {parsed.partition}",
            place=f"{seen[parsed.partition]} and {place}",
            remedy="land one of them",
        )
    seen[parsed.partition] = place
    return parsed


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
