"""Tables in anybody's layout, read by a mapping file that names their columns."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

from sources.kit.contract import QuarantinedRow, RawFile
from sources.kit.errors import CorruptFileError
from sources.kit.headers import DELIMITERS
from sources.kit.tabular import decode, read_column_names, read_text_table

Row = dict[str, Any]


def read_best_header(
    file: RawFile,
    stated_delimiters: Iterable[str],
    source_id: str,
    known: Collection[str] = (),
    columns: Collection[str] = (),
) -> tuple[list[str], str]:
    """The column names and the delimiter: the one that splits the header into most names.

    Args:
        stated_delimiters: those of the mapping files, tried before the usual ones.
        known: names of columns whose case a file may have changed.
        columns: names that identify the header below a title, if they are not `known`.
    Raises:
        CorruptFileError: the file cannot be decoded, or a name occurs twice.
    """
    text = decode(file.content, source_id=source_id, place=file.name)
    headers = {
        mark: read_column_names(
            text, mark, source_id=source_id, place=file.name, known=known, columns=columns
        )
        for mark in dict.fromkeys([*stated_delimiters, *DELIMITERS])
    }
    delimiter = max(headers, key=lambda mark: len(headers[mark]))
    return headers[delimiter], delimiter


def read_mapped_rows(
    file: RawFile,
    delimiter: str,
    source_id: str,
    read_row: Callable[[dict[str, str]], Row],
    known: Collection[str] = (),
    columns: Collection[str] = (),
) -> tuple[list[Row], list[int], list[QuarantinedRow]]:
    """The rows of a table, the lines of the file that they stand in, and the rows without sense.

    Args:
        read_row: makes a row of the cells of a line; a ValueError of it quarantines the line.
    Raises:
        CorruptFileError: the table is broken, or has no readable row.
    """
    table, ragged = read_text_table(
        file.content, source_id=source_id, place=file.name, delimiter=delimiter, known=known,
        columns=columns,
    )  # fmt: skip
    rows: list[Row] = []
    lines: list[int] = []
    bad = list(ragged)
    for line, cells in enumerate(table.to_pylist(), start=2):
        try:
            rows.append(read_row(cells))
        except ValueError as error:
            bad.append(QuarantinedRow(str(error), file.name, line, str(cells)[:500]))
            continue
        lines.append(line)
    if not rows:
        reason = f": {bad[0].reason}" if bad else ""
        raise CorruptFileError(source_id, f"no row can be read{reason}", place=file.name)
    return rows, lines, bad
