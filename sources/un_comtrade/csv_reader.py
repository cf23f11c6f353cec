"""Text tables, a batch at a time: a bulk file of gigabytes is never in memory as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from sources.kit.archives import Member, translate_archive_errors
from sources.kit.contract import QuarantinedRow
from sources.kit.errors import CorruptFileError
from sources.un_comtrade.layouts import SOURCE, Layout, recognise_layout

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
    ragged: list[QuarantinedRow] = []

    def skip_ragged(row: Any) -> str:
        reason = f"{row.actual_columns} cells where the layout has {row.expected_columns}"
        ragged.append(QuarantinedRow(reason, member.place, row.number or 0, row.text))
        return "skip"

    # columns that are not read need a name, too
    names = [name or f"_{i}" for i, name in enumerate(layout.columns)]
    with translate_archive_errors(member.place, SOURCE), member.open() as stream:
        reader = pacsv.open_csv(
            stream,
            # with several threads ragged rows have no line number
            read_options=pacsv.ReadOptions(
                use_threads=False, block_size=_BLOCK, column_names=names, skip_rows=1
            ),
            parse_options=pacsv.ParseOptions(
                delimiter=layout.separator, invalid_row_handler=skip_ragged
            ),
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
