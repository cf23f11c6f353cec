"""Packed files: what is inside is read whole, or the file is refused as broken."""

from __future__ import annotations

import io
import tarfile

import pytest

from sources.kit.archives import iter_members, unpack
from sources.kit.errors import CorruptFileError
from tests.sources.files import raw_file
from tests.sources.test_mutations import SAME_TEXT
from tests.sources.worldbank_pink_sheet.conftest import workbook_bytes

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


def tar_of(*members: tuple[str, bytes], **headers: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, text in members:
            info = tarfile.TarInfo(name)
            info.size, info.pax_headers = len(text), headers
            archive.addfile(info, io.BytesIO(text))
    return out.getvalue()


TWO = tar_of(("a.csv", b"x" * 512), ("b.csv", b"y" * 512))


@pytest.mark.parametrize(
    "packed",
    [TWO[:1024], TWO[:1034], TWO[:1024] + b"z" + TWO[1025:], TWO[:2048],
     tar_of(("a.csv", b"x"), **{"GNU.sparse.map": "a,b"}), tar_of(("a.csv", b"x"), size="-512"),
     tar_of(("a.csv", b"x"), size="x")],
    ids=["cut between members", "cut in a header", "damaged header", "no end", "sparse",
         "negative size", "no size"],
)  # fmt: skip
def test_a_tar_with_a_part_missing_is_refused(packed: bytes) -> None:
    with pytest.raises(CorruptFileError, match="is broken"):
        content("x.tar", packed)


def test_a_size_that_leads_back_ends() -> None:
    """The size of a member, in base 256, may be negative: the next header would be the same."""
    header = bytearray(TWO[1024:1536])
    header[124:136] = b"\xff" * 10 + (-512 & 0xFFFF).to_bytes(2, "big")
    header[148:156] = b" " * 8
    header[148:156] = f"{sum(header):06o}\0 ".encode()
    with pytest.raises(CorruptFileError, match="is broken"):
        content("x.tar", TWO[:1024] + bytes(header) + TWO[1536:])


def test_a_link_in_a_tar_is_refused() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        link = tarfile.TarInfo("y.csv")
        link.type, link.linkname = tarfile.LNKTYPE, "x.csv"
        archive.addfile(link)
    with pytest.raises(CorruptFileError, match=r"y\.csv is a link"):
        content("x.tar", out.getvalue())


def test_of_a_name_twice_in_a_tar_the_last_counts() -> None:
    assert content("x.tar", tar_of(("a.csv", b"old"), ("a.csv", b"new"))) == [("a.csv", "new")]


def test_a_name_in_another_encoding_is_a_place() -> None:
    packed = tar_of(("donnees.csv", b"1"))
    raw = packed.replace(b"donnees", b"donn\xe9es")
    raw = raw[:148] + b" " * 8 + raw[156:]
    raw = raw[:148] + f"{sum(raw[:512]):06o}\0 ".encode() + raw[156:]
    [(name, text)] = content("x.tar", raw)
    assert (name.encode(), text) == ("donn\ufffdes.csv".encode(), "1")


def test_a_workbook_in_a_tar_is_one_file_of_it() -> None:
    files = unpack(
        [raw_file("x.tar", tar_of(("a.csv", b"1"), ("b.xlsx", workbook_bytes())))], "toy"
    )
    assert [file.name for file in files] == ["a.csv", "b.xlsx"]
    assert files[1].content == workbook_bytes() or files[1].content[:2] == b"PK"


def test_a_text_may_begin_like_bzip2() -> None:
    assert content("x.csv", b"BZh_code,value\n1,2\n") == [("x.csv", "BZh_code,value\n1,2\n")]
