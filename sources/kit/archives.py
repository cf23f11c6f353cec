"""Packed files: gzip, bzip2, xz, Zstandard, zip, tar, 7z or none, read as members."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import IO, cast

import pyarrow as pa

from sources.kit.contract import RawFile
from sources.kit.encodings import marked_encoding, open_as_utf8
from sources.kit.errors import CorruptFileError
from sources.kit.headers import HEAD_BYTES
from sources.kit.leftovers import is_document, is_leftover

_SEVEN_ZIP = b"7z\xbc\xaf\x27\x1c"
_TAR, _TAR_AT = b"ustar", 257
_BLOCK = 512
#: What follows the first four bytes of a bzip2, with content and without.
_BZIP2 = (b"1AY&SY", b"\x17rE8P\x90")
#: What one file compressed begins with -> its name, the end of its file name, how it is opened.
_COMPRESSED: dict[bytes, tuple[str, str, Callable[[IO[bytes]], IO[bytes]]]] = {
    b"\x1f\x8b": ("gzip", ".gz", lambda file: cast(IO[bytes], gzip.GzipFile(fileobj=file))),
    b"BZh": ("bzip2", ".bz2", bz2.BZ2File),
    b"\xfd7zXZ\0": ("xz", ".xz", lzma.LZMAFile),
    b"\x28\xb5\x2f\xfd": ("Zstandard", ".zst", lambda file: pa.CompressedInputStream(file, "zstd")),
}
_MAX_BYTES_IN_MEMORY = 32 << 20
_WORKBOOK = "[Content_Types].xml"
_UNREADABLE = (
    *(
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        tarfile.TarError,
        EOFError,
        NotImplementedError,
        UnicodeDecodeError,
        RuntimeError,  # zipfile on a member with a password
    ),
    pa.ArrowInvalid,
)


@dataclass(frozen=True)
class Member:
    """One file inside a raw file.

    `origin` is its content, or a function that opens it: members of an archive are read on demand.
    Text is read as UTF-8 without a byte order mark, whatever its encoding (see `encodings`).
    """

    raw: RawFile
    place: str  # the file name, with which row locators and error messages begin
    origin: bytes | Callable[[], IO[bytes]]
    source_id: str
    folder: str = ""  # the folders of the archive in which it is

    def open(self) -> IO[bytes]:
        """The file as a stream, from its beginning."""
        return open_as_utf8(self._open_unchanged(), self._encoding)

    @cached_property
    def head(self) -> bytes:
        """The first bytes, enough for a header.

        Raises:
            CorruptFileError: the member cannot be decompressed or decoded.
        """
        with self._errors(), self.open() as stream:
            return stream.read(HEAD_BYTES)

    @cached_property
    def content(self) -> bytes:
        """The whole content, in memory.

        Raises:
            CorruptFileError: the member cannot be decompressed or decoded.
        """
        if isinstance(self.origin, bytes) and self._encoding is None:
            return self.origin
        with self._errors(), self.open() as stream:
            return stream.read()

    def unchanged_content(self) -> bytes:
        """The whole content in its own encoding.

        Raises:
            CorruptFileError: the member cannot be decompressed.
        """
        with self._errors(), self._open_unchanged() as stream:
            return stream.read()

    def _open_unchanged(self) -> IO[bytes]:
        return io.BytesIO(self.origin) if isinstance(self.origin, bytes) else self.origin()

    @cached_property
    def _encoding(self) -> str | None:
        with self._errors(), self._open_unchanged() as stream:
            return marked_encoding(stream.read(16))

    def _errors(self) -> AbstractContextManager[None]:
        return translate_archive_errors(self.place, self.source_id)

    @property
    def is_parquet(self) -> bool:
        return self.head[:4] == b"PAR1"


def iter_members(file: RawFile, source_id: str) -> Iterator[Member]:
    """Yield the files inside `file` one at a time, so that an archive is never unpacked at once.

    Raises:
        CorruptFileError: the file is empty or its archive cannot be read.
    """
    head = file.content[:HEAD_BYTES]
    if not head.strip():
        raise CorruptFileError(source_id, "the file is empty", place=file.name)
    with translate_archive_errors(file.name, source_id):
        if head.startswith(_SEVEN_ZIP):
            yield from _from_seven_zip(file, source_id)
        elif head.startswith(b"PK"):
            yield from _unzipped(file, source_id)
        elif head[_TAR_AT:].startswith(_TAR):
            yield from _untarred(file, source_id)
        elif magic := _compression(head):
            name = file.name.removesuffix(_COMPRESSED[magic][1])
            content = _decompressed(file, magic, source_id)
            yield from _inside(Member(file, name, content, source_id))
        elif isinstance(file.content, bytes):
            yield Member(file, file.name, file.content, source_id)
        else:  # a memory map
            yield Member(file, file.name, lambda: _buffered(file), source_id)


def unpack(files: Sequence[RawFile], source_id: str) -> list[RawFile]:
    """The files inside packed ones as raw files of their own, and the other files as given.

    For sources that read a file as a whole. A workbook, which is a zip, stays a file.

    Raises:
        CorruptFileError: an archive cannot be read.
    """
    found: list[RawFile] = []
    for file in files:
        head = bytes(file.content[:HEAD_BYTES])
        is_packed = head.startswith((_SEVEN_ZIP, b"PK\x03\x04")) or _is_compressed(head)
        if not is_packed or (head.startswith(b"PK") and _is_workbook(file)):
            found.append(file)
            continue
        for member in iter_members(file, source_id):
            found.append(replace(file, name=member.place, content=member.unchanged_content()))
    return found


@contextmanager
def translate_archive_errors(place: str, source_id: str) -> Iterator[None]:
    """Turn what a broken archive or file raises into a `CorruptFileError` that names its kind."""
    try:
        yield
    except (*_UNREADABLE, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # of the disk, not of the archive
        kind = "zip" if isinstance(error, zipfile.BadZipFile | zlib.error) else "file"
        raise CorruptFileError(source_id, f"the {kind} is broken: {error}", place=place) from error


def _buffered(file: RawFile) -> IO[bytes]:
    return io.BufferedReader(_View(file.content), 1 << 20)


def _compression(head: bytes) -> bytes:
    """The first of `_COMPRESSED` with which the file begins; empty for other files."""
    magic = next((magic for magic in _COMPRESSED if head.startswith(magic)), b"")
    return b"" if magic == b"BZh" and not head.startswith(_BZIP2, 4) else magic


def _is_compressed(head: bytes) -> bool:
    return bool(_compression(head)) or head[_TAR_AT:].startswith(_TAR)


def _decompressed(file: RawFile, magic: bytes, source_id: str) -> bytes | Callable[[], IO[bytes]]:
    """The content of one compressed file; of a large one a function that opens it."""
    name, _, opened = _COMPRESSED[magic]
    if len(file.content) > _MAX_BYTES_IN_MEMORY:
        return lambda: opened(_buffered(file))
    try:
        with opened(_buffered(file)) as stream:
            return stream.read()
    except (EOFError, OSError, zlib.error, lzma.LZMAError) as error:
        raise CorruptFileError(
            source_id, f"the {name} is broken: {error}", place=file.name
        ) from error


def _untarred(file: RawFile, source_id: str) -> Iterator[Member]:
    with ExitStack() as stack:
        try:
            # names in another encoding than UTF-8 are places in messages, and nothing else
            archive = stack.enter_context(
                tarfile.open(fileobj=_buffered(file), mode="r:", errors="replace")
            )
            infos = _files_of_tar(archive, file.content)
        except (tarfile.TarError, ValueError, KeyError, IndexError, OverflowError) as error:
            raise CorruptFileError(
                source_id, f"the tar is broken: {error}", place=file.name
            ) from error
        if not infos:
            raise CorruptFileError(source_id, "the tar has no file", place=file.name)
        for info in infos:
            folder, _, name = info.name.removeprefix("./").rpartition("/")
            origin = lambda i=info: cast(IO[bytes], archive.extractfile(i))  # noqa: E731
            yield from _inside(Member(file, name, origin, source_id, folder))


def _files_of_tar(archive: tarfile.TarFile, content: bytes) -> list[tarfile.TarInfo]:
    """The files of a tar by name, of one name the last, which is the newest.

    `tarfile` ends a list without a word at a header that is damaged or missing, so the end that a
    whole tar has is looked for.

    Raises:
        ReadError: the tar is not whole, or has a link in the place of a file.
    """
    found: dict[str, tarfile.TarInfo] = {}
    before = -1
    while (info := archive.next()) is not None:
        if info.size < 0 or info.offset <= before:
            raise tarfile.ReadError(f"{info.name} has no valid size")
        before, found[info.name] = info.offset, info
    if bytes(content[archive.offset : archive.offset + _BLOCK]) != bytes(_BLOCK):
        raise tarfile.ReadError("it has no end")
    kept = [i for n, i in sorted(found.items()) if not is_leftover(n) and not is_document(n)]
    if links := [info.name for info in kept if info.islnk() or info.issym()]:
        raise tarfile.ReadError(f"{links[0]} is a link, and no file")
    return [info for info in kept if info.isfile()]


def _is_workbook(file: RawFile) -> bool:
    try:
        with zipfile.ZipFile(_View(file.content)) as archive:
            return _WORKBOOK in archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError):
        return False


def _unzipped(file: RawFile, source_id: str) -> Iterator[Member]:
    with zipfile.ZipFile(_View(file.content)) as archive:
        names = [n for n in sorted(archive.namelist()) if not n.endswith("/")]
        if _WORKBOOK in names:  # a document of an office program is one file
            yield Member(file, file.name, file.content, source_id)
            return
        members = [
            Member(
                file,
                name.rsplit("/", 1)[-1],
                lambda n=name: archive.open(n),  # type: ignore[misc]
                source_id,
                name.rpartition("/")[0],
            )
            for name in names
            if not is_leftover(name) and not is_document(name)
        ]
        if not members:
            raise CorruptFileError(source_id, "the zip has no file", place=file.name)
        for member in members:
            yield from _inside(member)


def _inside(member: Member) -> Iterator[Member]:
    """The member, or what is packed within it: a server or a program packs a gzip once more,
    whatever it is called."""
    is_zip = member.place.lower().endswith(".zip") and member.head.startswith(b"PK")
    if not is_zip and not _is_compressed(member.head):
        yield member
        return
    inner = replace(member.raw, name=member.place, content=member.content)
    for found in iter_members(inner, member.source_id):
        # the hash and the kept bytes are those of the file that the user gave
        folder = "/".join(filter(None, (member.folder, member.place, found.folder)))
        yield replace(found, raw=member.raw, folder=folder)


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
            inside = path.relative_to(folder)
            if not is_leftover(str(inside)) and not is_document(path.name):
                parents = inside.parent.as_posix().removeprefix(".")
                yield Member(file, path.name, lambda p=path: p.open("rb"), source_id, parents)  # type: ignore[misc]


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
