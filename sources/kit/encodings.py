"""Encodings of text: byte order marks, UTF-16 without one, and streams of both as UTF-8."""

from __future__ import annotations

import codecs
import io
from typing import IO

#: The longer mark first: that of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 16
_BLOCK = 1 << 20


def marked_encoding(head: bytes) -> str | None:
    """The encoding that a byte order mark names, or UTF-16 without one; None for other bytes.

    Excel's "Unicode text" is UTF-16. Without a mark, every second byte of Latin text is zero.
    """
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    sample = head[:_SAMPLE]
    if len(sample) == _SAMPLE:
        low, high = sample[0::2], sample[1::2]
        if all(low) and not any(high):
            return "utf-16-le"
        if all(high) and not any(low):
            return "utf-16-be"
    return None


def is_utf8(head: bytes) -> bool:
    """Whether the first bytes of a text are UTF-8; the last character may be cut."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def open_as_utf8(stream: IO[bytes], encoding: str | None) -> IO[bytes]:
    """`stream`, which begins in `encoding` (see `marked_encoding`), as UTF-8 without a mark."""
    if encoding is None:
        return stream
    if encoding == "utf-8-sig":
        stream.read(len(codecs.BOM_UTF8))
        return stream
    return io.BufferedReader(_Transcoded(stream, encoding), _BLOCK)


def starts_as_json(content: bytes) -> bool:
    """Whether the text begins as a JSON array or object."""
    encoding = marked_encoding(content[:_SAMPLE])
    start = (
        content[:64].decode(encoding, errors="ignore")
        if encoding
        else content[:64].decode("latin-1")
    )
    return start.lstrip("\ufeff \t\r\n")[:1] in ("{", "[")


class _Transcoded(io.RawIOBase):
    """A stream of one encoding, read as UTF-8 a block at a time."""

    def __init__(self, stream: IO[bytes], encoding: str) -> None:
        self._text = io.TextIOWrapper(stream, encoding=encoding, newline="")
        self._pending = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]
        if not self._pending:
            self._pending = self._text.read(_BLOCK).encode("utf-8")
        n = min(len(buffer), len(self._pending))
        buffer[:n], self._pending = self._pending[:n], self._pending[n:]
        return n
