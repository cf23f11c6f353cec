"""What a file is wrapped in: gzip, zip, 7z or nothing; a broken wrapper is named, never guessed."""

from __future__ import annotations

import gzip
import io
import lzma
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, cast

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from sources.kit.contract import RawFile
from sources.kit.errors import CorruptFileError, SourceError

_SEVEN_ZIP = b"7z\xbc\xaf\x27\x1c"
_HIDDEN = ("__MACOSX/", ".")
_HEAD = 8192
_BIG = 32 << 20
_UNREADABLE = (
    *(
        zipfile.BadZipFile,
        gzip.BadGzipFile,
        zlib.error,
        lzma.LZMAError,
        EOFError,
        NotImplementedError,
    ),
    pa.ArrowInvalid,
)
_NO_TEXT = pa.array([], pa.string())
AGAIN = "download it again; an interrupted download looks like this"


@dataclass(frozen=True)
class Member:
    """One readable file inside of a raw file; `place` is what a row locator begins with.

    `origin` is its bytes, or how to open it: what lies in an archive is read only when asked for.
    """

    raw: RawFile
    name: str
    origin: bytes | Callable[[], IO[bytes]]

    @property
    def place(self) -> str:
        return self.name

    def open(self) -> IO[bytes]:
        """The file from its beginning."""
        return io.BytesIO(self.origin) if isinstance(self.origin, bytes) else self.origin()

    @cached_property
    def head(self) -> bytes:
        """Its first bytes, enough for a header."""
        with self.open() as stream:
            return stream.read(_HEAD)

    @cached_property
    def content(self) -> bytes:
        """All of it, in memory."""
        if isinstance(self.origin, bytes):
            return self.origin
        with self.open() as stream:
            return stream.read()

    @property
    def is_parquet(self) -> bool:
        return self.head[:4] == b"PAR1"


def members(file: RawFile, source_id: str) -> Iterator[Member]:
    """The files in `file`, one at a time, so that a big archive is never unpacked at once."""
    head = file.content[:_HEAD]
    if not head.strip():
        raise CorruptFileError(source_id, "the file is empty", place=file.name, remedy=AGAIN)
    with unwrapping(file.name, source_id):
        if head.startswith(_SEVEN_ZIP):
            yield from _from_seven_zip(file, source_id)
        elif head.startswith(b"PK"):
            yield from _unzipped(file)
        elif head.startswith(b"\x1f\x8b"):
            yield Member(file, file.name.removesuffix(".gz"), _gunzipped(file, source_id))
        elif isinstance(file.content, bytes):
            yield Member(file, file.name, file.content)
        else:  # a memory map
            yield Member(file, file.name, lambda: _buffered(file))


@contextmanager
def unwrapping(place: str, source_id: str) -> Iterator[None]:
    """What a broken archive or file raises becomes a `CorruptFileError` that names its kind."""
    try:
        yield
    except _UNREADABLE as error:
        kind = "zip" if isinstance(error, zipfile.BadZipFile | zlib.error) else "file"
        raise CorruptFileError(
            source_id, f"the {kind} is broken: {error}", place=place, remedy=AGAIN
        ) from error


def _buffered(file: RawFile) -> IO[bytes]:
    return io.BufferedReader(_View(file.content), 1 << 20)


def _gunzipped(file: RawFile, source_id: str) -> bytes | Callable[[], IO[bytes]]:
    """What is in the gzip; of a big one how to read it, since it may be ten times as big."""
    if len(file.content) > _BIG:
        return lambda: cast(IO[bytes], gzip.GzipFile(fileobj=_buffered(file)))
    try:
        return gzip.decompress(file.content)
    except (EOFError, OSError, zlib.error) as error:
        raise CorruptFileError(
            source_id, f"the gzip is broken: {error}", place=file.name, remedy=AGAIN
        ) from error


def _unzipped(file: RawFile) -> Iterator[Member]:
    with zipfile.ZipFile(_View(file.content)) as archive:
        names = [n for n in sorted(archive.namelist()) if not n.endswith("/")]
        for name in names:
            if not name.startswith(_HIDDEN):
                yield Member(file, name.rsplit("/", 1)[-1], lambda n=name: archive.open(n))  # type: ignore[misc]


def _from_seven_zip(file: RawFile, source_id: str) -> Iterator[Member]:
    """Unpacked to disk, since the format is one stream and a month of Comext is 500 MB."""
    import py7zr  # loads many codecs, and only one source needs it

    with tempfile.TemporaryDirectory(prefix="pax-7z-") as folder:
        try:
            with py7zr.SevenZipFile(cast(IO[bytes], _View(file.content))) as archive:
                archive.extractall(folder)
        except (py7zr.exceptions.ArchiveError, lzma.LZMAError, EOFError, OSError) as error:
            raise CorruptFileError(
                source_id, f"the 7z is broken: {error}", place=file.name, remedy=AGAIN
            ) from error
        for path in sorted(p for p in Path(folder).rglob("*") if p.is_file()):
            yield Member(file, path.name, lambda p=path: p.open("rb"))  # type: ignore[misc]


class _View(io.RawIOBase):
    """Bytes or a memory map as a file, without a copy."""

    def __init__(self, content: bytes) -> None:
        self._content, self._at = memoryview(content), 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: len(self._content)}[whence]
        self._at = max(start + offset, 0)
        return self._at

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]
        found = self._content[self._at : self._at + len(buffer)]
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)


def parquet_table(member: Member, source_id: str) -> pa.Table:
    """The Parquet of `member`; one cut short is a `CorruptFileError`."""
    try:
        return pq.read_table(io.BytesIO(member.content))
    except (pa.ArrowInvalid, OSError) as error:
        raise CorruptFileError(
            source_id, f"the Parquet is broken: {error}", place=member.place, remedy=AGAIN
        ) from error


def header(member: Member, source_id: str) -> tuple[str, ...]:
    """The names of the columns, of a Parquet or of a file separated by commas."""
    if member.is_parquet:
        try:
            return tuple(pq.read_schema(io.BytesIO(member.content)).names)
        except (pa.ArrowInvalid, OSError) as error:
            raise CorruptFileError(
                source_id, f"the Parquet is broken: {error}", place=member.place, remedy=AGAIN
            ) from error
    first = member.head.split(b"\n", 1)[0].decode("utf-8-sig", errors="replace")
    return tuple(cell.strip().strip('"') for cell in first.rstrip("\r").split(","))


def text_table(
    member: Member,
    source_id: str,
    keep: Callable[[pa.Table], pa.ChunkedArray] | None = None,
    block_bytes: int = 1 << 24,
) -> pa.Table:
    """A CSV with every column as text, and `line`: `NA` and leading zeros stay what they are.

    It is read in blocks and `keep` says which of their rows are wanted, so that of a file of ten
    million rows only the few that matter are ever in memory.
    """
    names = header(member, source_id)
    kept, first = [], 2
    with unwrapping(member.place, source_id), member.open() as stream:
        reader = pacsv.open_csv(
            stream,
            read_options=pacsv.ReadOptions(column_names=names, skip_rows=1, block_size=block_bytes),
            convert_options=pacsv.ConvertOptions(
                column_types={name: pa.string() for name in names}, strings_can_be_null=False
            ),
        )
        for batch in reader:
            rows = pa.Table.from_batches([batch])
            lines = pa.array(np.arange(first, first + rows.num_rows))
            first += rows.num_rows
            rows = rows.append_column("line", lines)
            kept.append(rows.filter(keep(rows)) if keep else rows)
    if not kept:
        return pa.table({**dict.fromkeys(names, _NO_TEXT), "line": pa.array([], pa.int64())})
    return pa.concat_tables(kept).combine_chunks()


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
