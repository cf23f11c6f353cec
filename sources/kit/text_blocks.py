"""Delimited text: its header, lines that are ragged or cut off, and large files in blocks."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from sources.kit.archives import Member, translate_archive_errors
from sources.kit.contract import QuarantinedRow
from sources.kit.encodings import is_utf8
from sources.kit.errors import CorruptFileError
from sources.kit.headers import Header, find_header
from sources.kit.parquet_files import parquet_columns

_TAIL_BYTES = 64 << 10
#: The most lines of a sheet, in the older and the newer format.
SPREADSHEET_LINES = (65_536, 1_048_576)
#: More short lines at the end are no notes.
_MAX_NOTES = 30
_LINE_END = re.compile("\r\n|\n|\r")
#: Bytes amid a character of UTF-8, with which the tail of a text may begin.
_CONTINUED = bytes(range(0x80, 0xC0))
#: A larger text was written by a program, which ends its last line.
_TYPED_BYTES = 64 << 10
_NO_TEXT = pa.array([], pa.string())


def read_header(
    member: Member, source_id: str, known: Collection[str] = (), columns: Collection[str] = ()
) -> tuple[str, ...]:
    """The column names of a Parquet file or of a delimited text (see `find_header`).

    Raises:
        CorruptFileError: a Parquet file is truncated, or a name occurs twice.
    """
    if member.is_parquet:
        return parquet_columns(member, source_id)
    return find_header(
        member.head, source_id=source_id, place=member.place, known=known, columns=columns
    ).names


class WatchedStream:
    """A stream that remembers how many bytes were read, and the last of them."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.n_bytes, self.tail = 0, b""
        self.closed = False

    def read(self, size: int = -1) -> bytes:
        block = self._stream.read(size)
        if block:
            self.n_bytes += len(block)
            self.tail = (self.tail[-_TAIL_BYTES:] + block)[-_TAIL_BYTES:]
        return block

    def close(self) -> None:
        self.closed = True


class RaggedRows:
    """Arrow's handler of rows with a wrong number of cells: they are skipped and quarantined; with
    more than `most` of them the file is broken."""

    def __init__(self, place: str, most: int | None = None) -> None:
        self._place, self._most = place, most
        self.rows: list[QuarantinedRow] = []
        self._last_short: str | None = None

    def __call__(self, row: Any) -> str:
        reason = f"{row.actual_columns} cells where the header has {row.expected_columns}"
        self.rows.append(QuarantinedRow(reason, self._place, row.number or 0, row.text))
        if row.actual_columns < row.expected_columns:
            self._last_short = row.text.strip("\r\n")
        return "skip" if self._most is None or len(self.rows) <= self._most else "error"

    def take_rows(self) -> list[QuarantinedRow]:
        """The rows since the last call."""
        rows, self.rows = self.rows, []
        return rows

    def drop_notes(self, tail: bytes) -> None:
        """Leave out the short lines below a blank line at the end: notes of the publisher.

        A cut file has no blank line above its last line. Where blank lines stand between the rows
        as well, nothing is left out.
        """
        encoding = "utf-8" if is_utf8(tail.lstrip(_CONTINUED)) else "cp1252"
        lines = _LINE_END.split(tail.decode(encoding, "replace"))
        at, n_notes = len(lines), 0
        while at and n_notes <= _MAX_NOTES:
            text = lines[at - 1].strip()
            if text and n_notes < len(self.rows) and self._text_from_end(n_notes) == text:
                n_notes += 1
            elif text:
                break
            at -= 1
        is_apart = 2 <= at < len(lines) and not lines[at].strip()
        if n_notes and is_apart and lines[at - 2].strip():
            del self.rows[-n_notes:]
            self._last_short = None

    def _text_from_end(self, number: int) -> str:
        return self.rows[-1 - number].raw_text.strip()

    def is_last_line(self, tail: bytes) -> bool:
        """Whether the text that ends with `tail` ends with a row of too few cells."""
        last = tail.rstrip(b"\r\n")
        return self._last_short is not None and last.endswith(b"\n" + self._last_short.encode())


def reject_cut_text(
    stream: WatchedStream, ragged: RaggedRows | None, *, source_id: str, place: str
) -> None:
    """Check that a text which was read to its end is whole; notes below a blank line are no rows.

    Raises:
        CorruptFileError: its last line has too few cells, or a large file's last line has no end.
    """
    if ragged:
        ragged.drop_notes(stream.tail)
    if ragged and ragged.is_last_line(stream.tail):
        raise CorruptFileError(
            source_id, "its last line is cut: it has too few cells", place=place,
            remedy=f"{CorruptFileError.default_remedy}; if the line is a note, remove it",
        )  # fmt: skip
    # programs end each line; a short table that a person typed may lack the last end
    if not stream.tail.endswith((b"\n", b"\r")) and stream.n_bytes > _TYPED_BYTES:
        raise CorruptFileError(
            source_id, "its last line has no end, so it may be cut", place=place,
            remedy="download it again; if it is complete, end its last line",
        )  # fmt: skip


def reject_spreadsheet_limit(n_rows: int, *, source_id: str, place: str) -> None:
    """Check that a table below a header has not as many lines as a spreadsheet holds: it leaves
    out the others without a word.

    Raises:
        CorruptFileError: it has.
    """
    if n_rows + 1 in SPREADSHEET_LINES:
        raise CorruptFileError(
            source_id,
            f"it has {n_rows + 1:,} lines, the most of a spreadsheet, so rows may be missing",
            place=place,
            remedy="land the publisher's file, not one that a spreadsheet has saved",
        )


def read_csv_as_text(
    member: Member,
    source_id: str,
    keep: Callable[[pa.Table], pa.ChunkedArray] | None = None,
    block_bytes: int = 1 << 24,
    known: Collection[str] = (),
    columns: Collection[str] = (),
) -> pa.Table:
    """Read a delimited text with every column as text (`NA` and zeros are kept), plus `line`.

    The file is read in blocks; `keep` selects the rows of a block, so that of ten million rows
    only the selected ones are in memory.

    Args:
        keep: maps a block to a boolean column; None keeps every row.
        known: the publisher's names of columns, whose case a file may have changed.
        columns: names that identify the header below a title, if they are not `known`.
    Returns:
        The columns of the header and `line`, the 1-based line of the row (2 below a header).
    Raises:
        CorruptFileError: the file cannot be decompressed or is not a whole table.
    """
    header = find_header(
        member.head, source_id=source_id, place=member.place, known=known, columns=columns
    )
    # Arrow decodes a row with a wrong number of cells for its handler, or gives it up
    encoding = "utf-8" if is_utf8(member.head) else "cp1252"
    try:
        return _read_blocks(member, source_id, header, keep, block_bytes, encoding)
    except _NotUtf8Error:
        return _read_blocks(member, source_id, header, keep, block_bytes, "cp1252")


class _NotUtf8Error(Exception):
    """The text is in a national encoding, as older files of publishers are."""


def _read_blocks(
    member: Member,
    source_id: str,
    header: Header,
    keep: Callable[[pa.Table], pa.ChunkedArray] | None,
    block_bytes: int,
    encoding: str,
) -> pa.Table:
    names = header.cell_names
    kept, first = [], header.first_line
    with translate_archive_errors(member.place, source_id), member.open() as opened:
        stream, ragged = WatchedStream(opened), RaggedRows(member.place, _MAX_NOTES)
        try:
            reader = pacsv.open_csv(
                stream,
                read_options=pacsv.ReadOptions(
                    column_names=names, skip_rows=header.first_line - 1, block_size=block_bytes,
                    encoding=encoding,
                ),
                parse_options=pacsv.ParseOptions(
                    delimiter=header.delimiter, invalid_row_handler=ragged
                ),
                convert_options=pacsv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
                ),
            )  # fmt: skip
            for batch in reader:
                rows = pa.Table.from_batches([batch])
                lines = pa.array(np.arange(first, first + rows.num_rows))
                first += rows.num_rows
                rows = rows.append_column("line", lines)
                kept.append(rows.filter(keep(rows)) if keep else rows)
        except pa.ArrowInvalid as error:
            if "UTF8" in str(error) and encoding == "utf-8":
                raise _NotUtf8Error from error
            raise
        reject_cut_text(stream, ragged, source_id=source_id, place=member.place)
        n_rows = first - header.first_line
        reject_spreadsheet_limit(n_rows, source_id=source_id, place=member.place)
        if ragged.rows:
            row = ragged.rows[0]
            what = f"a row has {row.reason}: {row.raw_text[:80].strip()}"
            raise CorruptFileError(source_id, what, place=member.place)
    if not kept:
        return pa.table({**dict.fromkeys(names, _NO_TEXT), "line": pa.array([], pa.int64())})
    return pa.concat_tables(kept).combine_chunks()
