"""Tables of text, a batch at a time: a bulk file of gigabytes never stands in memory as a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from sources.kit.archives import Member, unwrapping
from sources.kit.contract import QuarantinedRow
from sources.kit.errors import CorruptFileError
from sources.un_comtrade.layouts import SOURCE, Layout, recognise, unknown

_BLOCK = 1 << 24
Batch = tuple[pa.Table, pa.Array, list[QuarantinedRow]]


def batches(member: Member) -> Iterator[Batch]:
    """Texts under the API's names, their lines, and the ragged rows among them."""
    layout = recognise(member.head, member.place)
    _ask_for_the_year(layout, member)
    ragged: list[QuarantinedRow] = []

    def keep(row: Any) -> str:
        reason = f"{row.actual_columns} cells where the layout has {row.expected_columns}"
        ragged.append(QuarantinedRow(reason, member.place, row.number or 0, row.text))
        return "skip"

    # columns that nobody reads need a name too
    names = [name or f"_{i}" for i, name in enumerate(layout.columns)]
    with unwrapping(member.place, SOURCE), member.open() as stream:
        reader = pacsv.open_csv(
            stream,
            # one thread: only then does a ragged row know its line
            read_options=pacsv.ReadOptions(
                use_threads=False, block_size=_BLOCK, column_names=names, skip_rows=1
            ),
            parse_options=pacsv.ParseOptions(delimiter=layout.separator, invalid_row_handler=keep),
            convert_options=pacsv.ConvertOptions(
                include_columns=layout.read,
                column_types={name: pa.string() for name in layout.read},
                strings_can_be_null=False,
            ),
        )
        line = layout.first_line
        for batch in reader:
            skipped = sorted(row.line for row in ragged)
            yield (
                pa.Table.from_batches([batch]),
                _lines(line, batch.num_rows, skipped),
                ragged.copy(),
            )
            line += batch.num_rows + len(skipped)
            ragged.clear()


def _lines(first: int, n_rows: int, skipped: list[int]) -> pa.Array:
    """The lines of a batch's rows: ragged ones have taken theirs."""
    lines = np.arange(first, first + n_rows + len(skipped), dtype="int64")
    return pa.array(lines[~np.isin(lines, skipped)][:n_rows])


def _ask_for_the_year(layout: Layout, member: Member) -> None:
    if {"period", "refYear"} & set(layout.read) or member.raw.hints.get("year"):
        return
    error = unknown("it has lost its period: no column says the year", member.place)
    error.remedy = f"say which year it is: pax land {SOURCE} {member.raw.name} --year 2022"
    raise CorruptFileError(SOURCE, error.what, place=member.place, remedy=error.remedy)
