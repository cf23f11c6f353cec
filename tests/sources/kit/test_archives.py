"""Packed files: what is inside is read whole, or the file is refused as broken."""

from __future__ import annotations

import pytest

from sources.kit.archives import iter_members
from sources.kit.errors import CorruptFileError
from tests.sources.files import raw_file
from tests.sources.test_mutations import SAME_TEXT

PACKED = ("gzip", "bzip2", "xz", "Zstandard", "tar", "tar in a gzip", "zip with leftovers")
TEXT = "".join(f"{number},{number**3 % 7919}\n" for number in range(20_000))


def content(name: str, packed: bytes) -> list[tuple[str, str]]:
    members = iter_members(raw_file(name, packed), "toy")
    return [(member.place, member.content.decode()) for member in members]


@pytest.mark.parametrize("kind", PACKED)
def test_what_is_packed_is_read_whole(kind: str) -> None:
    assert content(*SAME_TEXT[kind]("x.csv", TEXT)) == [("x.csv", TEXT)]


@pytest.mark.parametrize("share", [0.3, 0.9])
@pytest.mark.parametrize("kind", PACKED)
def test_what_is_cut_is_refused(kind: str, share: float) -> None:
    name, packed = SAME_TEXT[kind]("x.csv", TEXT)
    with pytest.raises(CorruptFileError, match="is broken"):
        content(name, packed[: int(len(packed) * share)])
