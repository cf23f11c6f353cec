"""Text tables, a batch at a time: a bulk file of gigabytes is never in memory as a whole."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from sources.kit.archives import Member, translate_archive_errors
from sources.kit.contract import QuarantinedRow
from sources.kit.encodings import is_utf8
from sources.kit.errors import CorruptFileError
from sources.kit.text_blocks import (
    RaggedRows,
    WatchedStream,
    reject_cut_text,
    reject_spreadsheet_limit,
)
from sources.un_comtrade.layouts import (
    SOURCE,
    Layout,
    is_header_cell,
    recognise_layout,
    reject_row_cap,
)

_BLOCK = 1 << 24
Batch = tuple[pa.Table, pa.Array, list[QuarantinedRow]]


def read_batches(member: Member) -> Iterator[Batch]:
    """Yield texts under the API's names, their lines, and the rows with a wrong number of cells.

    Raises:
        UnknownLayoutError: the header is of no known layout.
        CorruptFileError: the file is broken, or its period is neither in a column nor a hint.
    """
    layout = recognise_layout(member.head, member.place)
    _require_year(layout, member)
    ragged = RaggedRows(member.place)
    # columns that are not read need a name, too
    names = [name or f"_{i}" for i, name in enumerate(layout.columns)]
    answers = [0]  # rows of each answer: a header line amid the rows begins another one
    with translate_archive_errors(member.place, SOURCE), member.open() as opened:
        stream = WatchedStream(opened)
        reader = pacsv.open_csv(
            stream,
            # with several threads ragged rows have no line number
            read_options=pacsv.ReadOptions(
                use_threads=False, block_size=_BLOCK, column_names=names,
                skip_rows=layout.first_line - 1,
                # only codes and numbers are read, but Arrow must decode a ragged row
                encoding="utf-8" if is_utf8(member.head) else "latin-1",
            ),
            parse_options=pacsv.ParseOptions(
                delimiter=layout.separator, invalid_row_handler=ragged
            ),
            convert_options=pacsv.ConvertOptions(
                include_columns=layout.read,
                column_types=dict.fromkeys(layout.read, pa.string()),
                strings_can_be_null=False,
            ),
        )  # fmt: skip
        line = layout.first_line
        last: Batch | None = None  # held back: notes may stand below its rows
        for batch in reader:
            if last:
                yield last
            table, bad = pa.Table.from_batches([batch]), ragged.take_rows()
            skipped = sorted(row.line for row in bad)
            last = table, _lines(line, batch.num_rows, skipped), bad
            line += batch.num_rows + len(skipped)
            _count_rows(table, answers)
        ragged.rows = [*(last[2] if last else ()), *ragged.rows]
        reject_cut_text(stream, ragged, source_id=SOURCE, place=member.place)
        if last:
            yield last[0], last[1], ragged.rows
    reject_spreadsheet_limit(line - layout.first_line, source_id=SOURCE, place=member.place)
    for n_rows in answers:
        reject_row_cap(n_rows, member.place)


def _count_rows(table: pa.Table, answers: list[int]) -> None:
    """Add the rows of a batch to `answers`; pasted answers have a header line each."""
    begin = 0
    for at in pc.indices_nonzero(is_header_cell(table["cmdCode"])).to_pylist():
        answers[-1] += at - begin
        answers.append(0)
        begin = at + 1
    answers[-1] += table.num_rows - begin


def _lines(first: int, n_rows: int, skipped: list[int]) -> pa.Array:
    """The lines of a batch's rows, without those of the ragged rows."""
    lines = np.arange(first, first + n_rows + len(skipped), dtype="int64")
    return pa.array(lines[~np.isin(lines, skipped)][:n_rows])


def _require_year(layout: Layout, member: Member) -> None:
    if not {"period", "refYear"} & set(layout.read) and not member.raw.hints.get("year"):
        raise CorruptFileError(
            SOURCE,
            "no column has the period",
            place=member.place,
            remedy=f"state the year: pax land {SOURCE} {member.raw.name} --year 2022",
        )
