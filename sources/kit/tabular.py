"""Tables of all sources: text is read without type inference, declared Arrow tables are built.

Every cell is read as published (a country code `NA`, a leading zero, `..`); types appear only
in `add_lineage_columns`, which names the column and value that do not fit.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.csv as pacsv

from sources.kit.catalog import TableSpec
from sources.kit.contract import QuarantinedRow
from sources.kit.errors import CorruptFileError, SourceError

if TYPE_CHECKING:  # most sources never need pandas, and it loads slowly
    import pandas as pd

ENCODINGS = ("utf-8", "cp1252")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(
    content: bytes, *, source_id: str, place: str, encodings: Sequence[str] = ENCODINGS
) -> str:
    """Decode `content` by its byte order mark, otherwise by the first encoding that fits.

    Raises:
        CorruptFileError: the file is empty, or no encoding fits.
    """
    if not content.strip():
        raise CorruptFileError(source_id, "the file is empty", place=place)
    marked = [name for bom, name in _BOMS if content.startswith(bom)]
    for encoding in marked or encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise CorruptFileError(
        source_id,
        f"the text is in none of the encodings {', '.join(marked or encodings)}",
        place=place,
        remedy="save it again as UTF-8, or download it again",
    )


def read_text_table(
    content: bytes,
    *,
    source_id: str,
    place: str,
    delimiter: str = ",",
    encodings: Sequence[str] = ENCODINGS,
) -> tuple[pa.Table, list[QuarantinedRow]]:
    """Read a CSV with all columns as text, in the order of the file.

    Empty cells are empty strings, never null: only the source knows what an empty cell means.

    Returns:
        The table, and one quarantined row per line with a wrong number of cells.
    Raises:
        CorruptFileError: the text cannot be decoded or split, or the header repeats a name.
    """
    text = decode(content, source_id=source_id, place=place, encodings=encodings)
    ragged: list[QuarantinedRow] = []

    def skip_ragged(row: Any) -> str:
        reason = f"{row.actual_columns} cells where the header has {row.expected_columns}"
        ragged.append(QuarantinedRow(reason, place, row.number or 0, row.text))
        return "skip"

    names = read_column_names(text, delimiter, source_id=source_id, place=place)
    try:
        table = pacsv.read_csv(
            io.BytesIO(text.encode("utf-8")),
            # with several threads ragged rows have no line number
            read_options=pacsv.ReadOptions(use_threads=False, block_size=1 << 24),
            parse_options=pacsv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, invalid_row_handler=skip_ragged
            ),
            convert_options=pacsv.ConvertOptions(
                column_types={name: pa.string() for name in names},
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid as error:
        raise CorruptFileError(
            source_id,
            f"cannot be read as text separated by {delimiter!r}: {error}",
            place=place,
            remedy="it may be truncated; download it again",
        ) from error
    return table, ragged


def read_column_names(text: str, delimiter: str, *, source_id: str, place: str) -> list[str]:
    """The column names in the first line.

    Raises:
        CorruptFileError: a name occurs twice.
    """
    names = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    find_repeated_keys = sorted({name for name in names if names.count(name) > 1})
    if find_repeated_keys:
        raise CorruptFileError(
            source_id,
            f"the header names {', '.join(find_repeated_keys)} twice",
            place=place,
            remedy="two files may be joined side by side; download it again",
        )
    return names


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
