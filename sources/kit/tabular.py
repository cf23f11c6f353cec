"""Tables for every source: text in without guesses, declared Arrow tables out.

Reading keeps every cell as the text that came (a country code `NA`, a leading zero, `..`);
types appear only in `stamp`, which names the column and the value that does not fit.
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
    """The text of `content`: a byte order mark decides, else the first encoding that fits."""
    if not content.strip():
        raise CorruptFileError(
            source_id, "the file is empty", place=place, remedy="download it again"
        )
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
    """All columns as text in the file's order, and the ragged rows with their line.

    Empty cells are empty texts, never nulls: only the source knows what an empty cell means.
    """
    text = decode(content, source_id=source_id, place=place, encodings=encodings)
    ragged: list[QuarantinedRow] = []

    def keep(row: Any) -> str:
        reason = f"{row.actual_columns} cells where the header has {row.expected_columns}"
        ragged.append(QuarantinedRow(reason, place, row.number or 0, row.text))
        return "skip"

    names = header_of(text, delimiter, source_id=source_id, place=place)
    try:
        table = pacsv.read_csv(
            io.BytesIO(text.encode("utf-8")),
            # one thread: only then does a ragged row know its line
            read_options=pacsv.ReadOptions(use_threads=False, block_size=1 << 24),
            parse_options=pacsv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, invalid_row_handler=keep
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


def header_of(text: str, delimiter: str, *, source_id: str, place: str) -> list[str]:
    """The names in the first line; they must be distinct."""
    names = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise CorruptFileError(source_id, f"the header names {', '.join(twice)} twice", place=place)
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
    """`columns` as the declared table, closed by lineage.

    `row_locator` says per row where in the payload it stands (`file.csv:17`); `edition` and
    `known_from_date` hold for all rows. A missing, foreign or unfitting column is an error
    that names it.
    """
    if isinstance(columns, pa.Table):
        columns = {name: columns[name] for name in columns.column_names}
    given, n_rows = list(columns.keys()), len(row_locator)
    declared = [c.name for c in table.columns]
    if set(given) != set(declared):
        missing = sorted(set(declared) - set(given))
        foreign = sorted(set(given) - set(declared))
        raise _misfit(table, f"columns missing: {missing}, not declared: {foreign}")
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
        # from_pandas: NaN, None and NaT are all "missing"
        return pa.array(values, type=field.type, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
        raise _misfit(table, f"column {field.name} is not {field.type}: {error}") from error


def conform(data: pa.Table, table: TableSpec) -> pa.Table:
    """`data` itself when it has exactly the declared schema and no null where none may be."""
    want = table.schema
    if data.schema.names != want.names:
        missing = [n for n in want.names if n not in data.schema.names]
        foreign = [n for n in data.schema.names if n not in want.names]
        raise _misfit(table, f"columns missing: {missing}, not declared: {foreign}")
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
