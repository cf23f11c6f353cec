"""Parquet files of publishers: their columns as texts, numbers and truth values."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa
import pyarrow.parquet as pq

from sources.kit.archives import Member
from sources.kit.errors import CorruptFileError


def read_parquet(member: Member, source_id: str) -> pa.Table:
    """Read the Parquet file `member` as a table of texts, numbers and truth values.

    Programs choose other types for the same cells: dictionaries, decimals and large texts are
    what they stand for, dates are texts, and nested values are null.

    Raises:
        CorruptFileError: the file is truncated or not Parquet, or names a column twice.
    """
    with _translate_parquet_errors(member, source_id):
        table = pq.read_table(io.BytesIO(member.content))
        names = table.column_names
        if repeated := sorted({name for name in names if names.count(name) > 1}):
            what = f"it names the columns {', '.join(repeated)} twice"
            raise CorruptFileError(source_id, what, place=member.place)
        return pa.table({name: _plain(table[name]) for name in names})


def parquet_columns(member: Member, source_id: str) -> tuple[str, ...]:
    """The names of a Parquet member's columns.

    Raises:
        CorruptFileError: it cannot be read as Parquet.
    """
    with _translate_parquet_errors(member, source_id):
        return tuple(pq.read_schema(io.BytesIO(member.content)).names)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _plain(column.cast(kind.value_type))
    if pa.types.is_nested(kind):
        return pa.chunked_array([pa.nulls(len(column), pa.string())])
    if pa.types.is_decimal(kind) or pa.types.is_float16(kind):
        return column.cast(pa.float64())
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind):
        return column
    return column.cast(pa.string())


@contextmanager
def _translate_parquet_errors(member: Member, source_id: str) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise CorruptFileError(
            source_id, f"the Parquet is broken: {error}", place=member.place
        ) from error
