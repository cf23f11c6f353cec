"""What a file is wrapped in: gzip, zip or nothing; a broken wrapper is named, never guessed."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from sources.kit.contract import RawFile
from sources.kit.errors import BrokenFile, SourceError

_SEVEN_ZIP = b"7z\xbc\xaf\x27\x1c"
_HIDDEN = ("__MACOSX/", ".")
AGAIN = "download it again; an interrupted download looks like this"


@dataclass(frozen=True)
class Member:
    """One readable file inside of a raw file; `place` is what a row locator begins with."""

    raw: RawFile
    name: str
    content: bytes

    @property
    def place(self) -> str:
        return self.name

    @property
    def is_parquet(self) -> bool:
        return self.content[:4] == b"PAR1"


def members(file: RawFile, source_id: str) -> Iterator[Member]:
    """The files in `file`, one at a time, so that a big archive is never unpacked at once."""
    if not file.content.strip():
        raise BrokenFile(source_id, "the file is empty", place=file.name, remedy=AGAIN)
    if file.content.startswith(_SEVEN_ZIP):
        raise BrokenFile(
            source_id,
            "the file is a 7z archive, which is not unpacked here",
            place=file.name,
            remedy="unpack it (7z x) and land the file inside",
        )
    if file.content.startswith(b"PK"):
        yield from _unzipped(file, source_id)
    elif file.content.startswith(b"\x1f\x8b"):
        yield Member(file, file.name.removesuffix(".gz"), _gunzipped(file, source_id))
    else:
        yield Member(file, file.name, file.content)


def _gunzipped(file: RawFile, source_id: str) -> bytes:
    try:
        return gzip.decompress(file.content)
    except (EOFError, OSError, zlib.error) as error:
        raise BrokenFile(
            source_id, f"the gzip is broken: {error}", place=file.name, remedy=AGAIN
        ) from error


def _unzipped(file: RawFile, source_id: str) -> Iterator[Member]:
    try:
        with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
            names = [n for n in sorted(archive.namelist()) if not n.endswith("/")]
            for name in names:
                if not name.startswith(_HIDDEN):
                    yield Member(file, name.rsplit("/", 1)[-1], archive.read(name))
    except (zipfile.BadZipFile, EOFError, NotImplementedError, zlib.error) as error:
        raise BrokenFile(
            source_id, f"the zip is broken: {error}", place=file.name, remedy=AGAIN
        ) from error


def parquet_table(member: Member, source_id: str) -> pa.Table:
    """The Parquet of `member`; one cut short is a `BrokenFile`."""
    try:
        return pq.read_table(io.BytesIO(member.content))
    except (pa.ArrowInvalid, OSError) as error:
        raise BrokenFile(
            source_id, f"the Parquet is broken: {error}", place=member.place, remedy=AGAIN
        ) from error


def header(member: Member, source_id: str) -> tuple[str, ...]:
    """The names of the columns, of a Parquet or of a file separated by commas."""
    if member.is_parquet:
        try:
            return tuple(pq.read_schema(io.BytesIO(member.content)).names)
        except (pa.ArrowInvalid, OSError) as error:
            raise BrokenFile(
                source_id, f"the Parquet is broken: {error}", place=member.place, remedy=AGAIN
            ) from error
    first = member.content[:8192].split(b"\n", 1)[0].decode("utf-8-sig", errors="replace")
    return tuple(cell.strip().strip('"') for cell in first.rstrip("\r").split(","))


def text_table(member: Member, source_id: str) -> pa.Table:
    """A CSV with every column as text: `NA` and leading zeros stay what they are."""
    names = header(member, source_id)
    try:
        return pacsv.read_csv(
            io.BytesIO(member.content.removeprefix(b"\xef\xbb\xbf")),
            read_options=pacsv.ReadOptions(column_names=names, skip_rows=1),
            convert_options=pacsv.ConvertOptions(
                column_types={name: pa.string() for name in names}, strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        raise BrokenFile(
            source_id, f"the CSV is broken: {error}", place=member.place, remedy=AGAIN
        ) from error


def refuse_twice(files: list[RawFile], source_id: str) -> None:
    """The same bytes under two names would count twice, or hide a wrong download."""
    seen: dict[str, str] = {}
    for file in files:
        if file.sha256 in seen:
            raise SourceError(
                source_id,
                "the same file came twice",
                place=f"{seen[file.sha256]} and {file.name}",
                remedy="land it once; if two years were meant, one download is wrong",
            )
        seen[file.sha256] = file.name
