"""Tables of all sources: text is read without type inference, declared Arrow tables are built.

Every cell is read as published (a country code `NA`, a leading zero, `..`); types appear only
in `add_lineage_columns`, which names the column and value that do not fit.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from sources.kit.catalog import TableSpec
from sources.kit.contract import QuarantinedRow
from sources.kit.encodings import marked_encoding
from sources.kit.errors import CorruptFileError, SourceError
from sources.kit.headers import (
    HEAD_BYTES,
    KEPT_TEXT,
    find_header,
    is_row_numbers,
    reject_other_formats,
)
from sources.kit.text_blocks import (
    RaggedRows,
    WatchedStream,
    reject_cut_text,
    reject_spreadsheet_limit,
)

if TYPE_CHECKING:  # most sources never need pandas, and it loads slowly
    import pandas as pd

ENCODINGS = ("utf-8", "cp1252")


def decode(
    content: bytes, *, source_id: str, place: str, encodings: Sequence[str] = ENCODINGS
) -> str:
    """Decode `content` by its byte order mark, otherwise by the first encoding that fits.

    Raises:
        CorruptFileError: the file is empty, or no encoding fits.
        UnknownLayoutError: it is a workbook or Parquet.
    """
    if not content.strip():
        raise CorruptFileError(source_id, "the file is empty", place=place)
    reject_other_formats(content, source_id=source_id, place=place)
    marked = marked_encoding(content[:16])
    for encoding in [marked] if marked else encodings:
        try:
            text = content.decode(encoding).lstrip("\ufeff")  # also a second mark
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise CorruptFileError(
        source_id,
        f"the text is in none of the encodings {marked or ', '.join(encodings)}",
        place=place,
        remedy="save it again as UTF-8, or download it again",
    )


def read_text_table(
    content: bytes,
    *,
    source_id: str,
    place: str,
    delimiter: str | None = None,
    encodings: Sequence[str] = ENCODINGS,
    known: Collection[str] = (),
    columns: Collection[str] = (),
) -> tuple[pa.Table, list[QuarantinedRow]]:
    """Read a delimited text with all columns as text, in the order of the file.

    Empty cells are empty strings, never null: only the source knows what an empty cell means.
    Columns without a name and without a text, which a delimiter at the end of lines makes, are
    left out, and so are row numbers in the first column, which pandas and R write. A cell
    `="0101"`, by which a spreadsheet keeps a text, is that text.

    Args:
        delimiter: None finds it in the header.
        known: the publisher's names of columns, whose case a file may have changed.
        columns: names that identify the header below a title, if they are not `known`.
    Returns:
        The table, and one quarantined row per line with a wrong number of cells.
    Raises:
        CorruptFileError: the text cannot be decoded or split, its last line is cut, or the header
            repeats a name.
    """
    text = decode(content, source_id=source_id, place=place, encodings=encodings)
    ragged = RaggedRows(place)
    utf8 = text.encode("utf-8")
    header = find_header(
        utf8[:HEAD_BYTES], source_id=source_id, place=place, delimiter=delimiter, known=known,
        columns=columns,
    )  # fmt: skip
    stream = WatchedStream(io.BytesIO(utf8))
    try:
        table = pacsv.read_csv(
            stream,
            # with several threads ragged rows have no line number
            read_options=pacsv.ReadOptions(
                use_threads=False,
                block_size=1 << 24,
                column_names=header.cell_names,
                skip_rows=header.first_line - 1,
            ),
            parse_options=pacsv.ParseOptions(
                delimiter=header.delimiter, newlines_in_values=True, invalid_row_handler=ragged
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(header.cell_names, pa.string()),
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid as error:
        raise CorruptFileError(
            source_id,
            f"cannot be read as text separated by {header.delimiter!r}: {error}",
            place=place,
            remedy="it may be truncated; download it again",
        ) from error
    reject_cut_text(stream, ragged, source_id=source_id, place=place)
    n_rows = table.num_rows + len(ragged.rows)
    reject_spreadsheet_limit(n_rows, source_id=source_id, place=place)
    nameless = [
        cell for cell, name in zip(header.cell_names, header.names, strict=True) if not name
    ]
    surplus = {name for name in nameless if not any(table[name].to_pylist())}
    first = table.column_names[0]
    if is_row_numbers(header.names[0], table[first].to_pylist()):
        surplus.add(first)
    table = table.drop_columns(sorted(surplus))
    if b'="' in utf8:
        columns_of_text = [pc.replace_substring_regex(c, KEPT_TEXT, r"\1") for c in table.columns]
        table = pa.table(columns_of_text, table.column_names)
    return table, ragged.rows


def read_column_names(
    text: str,
    delimiter: str,
    *,
    source_id: str,
    place: str,
    known: Collection[str] = (),
    columns: Collection[str] = (),
) -> list[str]:
    """The column names, in the case of `known`; `columns` identify the header below a title.

    Raises:
        CorruptFileError: a name occurs twice.
    """
    header = find_header(
        text[:HEAD_BYTES].encode("utf-8"), source_id=source_id, place=place, delimiter=delimiter,
        known=known, columns=columns,
    )  # fmt: skip
    return [name for name in header.names if name]


def add_lineage_columns(
    columns: Mapping[str, Any] | pd.DataFrame | pa.Table,
    table: TableSpec,
    *,
    edition: str,
    known_from_date: date,
    payload_sha256: str | Sequence[str],
    row_locator: Sequence[str],
) -> pa.Table:
    """Build the declared table: `columns`, cast to the declared types, followed by `LINEAGE`.

    Args:
        columns: exactly the declared columns, all of one length.
        edition: edition of all rows.
        known_from_date: day from which all rows were known.
        payload_sha256: hash of the raw file, one for all rows or one per row.
        row_locator: place of each row in its raw file (`file.csv:17`).
    Raises:
        SourceError: a column is missing, not declared, or of another type, or has forbidden nulls.
    """
    if isinstance(columns, pa.Table):
        columns = {name: columns[name] for name in columns.column_names}
    given, n_rows = list(columns.keys()), len(row_locator)
    declared = [c.name for c in table.columns]
    if set(given) != set(declared):
        missing = sorted(set(declared) - set(given))
        undeclared = sorted(set(given) - set(declared))
        raise _misfit(table, f"columns missing: {missing}, not declared: {undeclared}")
    is_one = isinstance(payload_sha256, str)
    shas = pa.repeat(payload_sha256, n_rows) if is_one else payload_sha256
    lineage = {
        "edition": pa.repeat(edition, n_rows),
        "known_from_date": pa.repeat(known_from_date, n_rows),
        "payload_sha256": shas,
        "row_locator": row_locator,
    }
    arrays = [
        _array(columns[f.name] if f.name in declared else lineage[f.name], f, table)
        for f in table.schema
    ]
    lengths = {f.name: len(a) for f, a in zip(table.schema, arrays, strict=True)}
    if set(lengths.values()) - {n_rows}:
        raise _misfit(table, f"columns differ in length: {lengths}")
    built = pa.Table.from_arrays(arrays, schema=table.schema)
    conform(built, table)
    return built


def _array(values: Any, field: pa.Field, table: TableSpec) -> pa.Array | pa.ChunkedArray:
    try:
        if isinstance(values, pa.Array | pa.ChunkedArray):
            return values.cast(field.type)
        # from_pandas: NaN, None and NaT become null
        return pa.array(values, type=field.type, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
        raise _misfit(table, f"column {field.name} is not {field.type}: {error}") from error


def conform(data: pa.Table, table: TableSpec) -> pa.Table:
    """Return `data` if it has exactly the declared schema.

    Raises:
        SourceError: columns or types differ, or a column that is not nullable has nulls.
    """
    want = table.schema
    if data.schema.names != want.names:
        missing = [n for n in want.names if n not in data.schema.names]
        undeclared = [n for n in data.schema.names if n not in want.names]
        raise _misfit(table, f"columns missing: {missing}, not declared: {undeclared}")
    for field in want:
        column = data[field.name]
        if column.type != field.type:
            raise _misfit(table, f"column {field.name} is {column.type}, declared {field.type}")
        if not field.nullable and column.null_count:
            raise _misfit(
                table, f"column {field.name} has {column.null_count} nulls, declared not nullable"
            )
    return data


def _misfit(table: TableSpec, what: str) -> SourceError:
    return SourceError(
        table.source_id,
        f"table {table.name} does not follow source.yml: {what}",
        remedy="parse.py and source.yml of the source must agree",
    )
