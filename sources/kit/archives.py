"""Compressed files: gzip, zip, 7z or none, read as members; large CSV files are read in blocks."""

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
from sources.kit.errors import CorruptFileError

_SEVEN_ZIP = b"7z\xbc\xaf\x27\x1c"
_HIDDEN = ("__MACOSX/", ".")
_HEAD_BYTES = 8192
_MAX_BYTES_IN_MEMORY = 32 << 20
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


@dataclass(frozen=True)
class Member:
    """One file inside a raw file.

    `origin` is its content, or a function that opens it: members of an archive are read on demand.
    """

    raw: RawFile
    place: str  # the file name, with which row locators and error messages begin
    origin: bytes | Callable[[], IO[bytes]]

    def open(self) -> IO[bytes]:
        """The file as a stream, from its beginning."""
        return io.BytesIO(self.origin) if isinstance(self.origin, bytes) else self.origin()

    @cached_property
    def head(self) -> bytes:
        """The first bytes, enough for a header."""
        with self.open() as stream:
            return stream.read(_HEAD_BYTES)

    @cached_property
    def content(self) -> bytes:
        """The whole content, in memory."""
        if isinstance(self.origin, bytes):
            return self.origin
        with self.open() as stream:
            return stream.read()

    @property
    def is_parquet(self) -> bool:
        return self.head[:4] == b"PAR1"


def iter_members(file: RawFile, source_id: str) -> Iterator[Member]:
    """Yield the files inside `file` one at a time, so that an archive is never unpacked at once.

    Raises:
        CorruptFileError: the file is empty or its archive cannot be read.
    """
    head = file.content[:_HEAD_BYTES]
    if not head.strip():
        raise CorruptFileError(source_id, "the file is empty", place=file.name)
    with translate_archive_errors(file.name, source_id):
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
def translate_archive_errors(place: str, source_id: str) -> Iterator[None]:
    """Turn what a broken archive or file raises into a `CorruptFileError` that names its kind."""
    try:
        yield
    except _UNREADABLE as error:
        kind = "zip" if isinstance(error, zipfile.BadZipFile | zlib.error) else "file"
        raise CorruptFileError(source_id, f"the {kind} is broken: {error}", place=place) from error


def _buffered(file: RawFile) -> IO[bytes]:
    return io.BufferedReader(_View(file.content), 1 << 20)


def _gunzipped(file: RawFile, source_id: str) -> bytes | Callable[[], IO[bytes]]:
    """The content of the gzip; of a large one a function that opens it."""
    if len(file.content) > _MAX_BYTES_IN_MEMORY:
        return lambda: cast(IO[bytes], gzip.GzipFile(fileobj=_buffered(file)))
    try:
        return gzip.decompress(file.content)
    except (EOFError, OSError, zlib.error) as error:
        raise CorruptFileError(
            source_id, f"the gzip is broken: {error}", place=file.name
        ) from error


def _unzipped(file: RawFile) -> Iterator[Member]:
    with zipfile.ZipFile(_View(file.content)) as archive:
        names = [n for n in sorted(archive.namelist()) if not n.endswith("/")]
        for name in names:
            if not name.startswith(_HIDDEN):
                yield Member(file, name.rsplit("/", 1)[-1], lambda n=name: archive.open(n))  # type: ignore[misc]


def _from_seven_zip(file: RawFile, source_id: str) -> Iterator[Member]:
    """Unpack to disk: the format is one stream, and a month of Comext has 500 MB."""
    import py7zr  # slow to load, and only one source needs it

    with tempfile.TemporaryDirectory(prefix="pax-7z-") as folder:
        try:
            with py7zr.SevenZipFile(cast(IO[bytes], _View(file.content))) as archive:
                archive.extractall(folder)
        except (py7zr.exceptions.ArchiveError, lzma.LZMAError, EOFError, OSError) as error:
            raise CorruptFileError(
                source_id, f"the 7z is broken: {error}", place=file.name
            ) from error
        for path in sorted(p for p in Path(folder).rglob("*") if p.is_file()):
            yield Member(file, path.name, lambda p=path: p.open("rb"))  # type: ignore[misc]


class _View(io.RawIOBase):
    """A readable file over bytes or a memory map, without a copy."""

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


def read_parquet(member: Member, source_id: str) -> pa.Table:
    """Read the Parquet file `member` as a table.

    Raises:
        CorruptFileError: the file is truncated or not Parquet.
    """
    with _translate_parquet_errors(member, source_id):
        return pq.read_table(io.BytesIO(member.content))


@contextmanager
def _translate_parquet_errors(member: Member, source_id: str) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowInvalid, OSError) as error:
        raise CorruptFileError(
            source_id, f"the Parquet is broken: {error}", place=member.place
        ) from error


def read_header(member: Member, source_id: str) -> tuple[str, ...]:
    """The column names of a Parquet file or of a CSV file separated by commas.

    Raises:
        CorruptFileError: a Parquet file is truncated.
    """
    if member.is_parquet:
        with _translate_parquet_errors(member, source_id):
            return tuple(pq.read_schema(io.BytesIO(member.content)).names)
    first = member.head.split(b"\n", 1)[0].decode("utf-8-sig", errors="replace")
    return tuple(name.strip().strip('"') for name in first.rstrip("\r").split(","))


def read_csv_as_text(
    member: Member,
    source_id: str,
    keep: Callable[[pa.Table], pa.ChunkedArray] | None = None,
    block_bytes: int = 1 << 24,
) -> pa.Table:
    """Read a CSV file with every column as text (`NA` and leading zeros are kept), plus `line`.

    The file is read in blocks; `keep` selects the rows of a block, so that of ten million rows
    only the selected ones are in memory.

    Args:
        keep: maps a block to a boolean column; None keeps every row.
    Returns:
        The columns of the header and `line`, the 1-based line of the row (2 below a header).
    Raises:
        CorruptFileError: the file cannot be decompressed or is not a table.
    """
    names = read_header(member, source_id)
    kept, first = [], 2
    with translate_archive_errors(member.place, source_id), member.open() as stream:
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
