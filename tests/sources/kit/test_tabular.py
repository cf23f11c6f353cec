"""Text comes in unguessed; tables go out as declared or not at all."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from sources.kit.catalog import ColumnSpec, TableSpec
from sources.kit.errors import CorruptFileError, SourceError
from sources.kit.tabular import add_lineage_columns, conform, decode, read_text_table

TABLE = TableSpec(
    "toy",
    "things",
    "Things.",
    "One row per thing.",
    ("name",),
    (ColumnSpec("name", "string", False, "Name."), ColumnSpec("size_t", "double", True, "Size.")),
)
AT = {"source_id": "toy", "place": "toy.csv"}


def stamped(columns: Any, **changed: Any) -> pa.Table:
    given = {
        "edition": "1",
        "known_from_date": date(2024, 1, 1),
        "payload_sha256": "ab",
        "row_locator": ["toy.csv:2", "toy.csv:3"],
    }
    return add_lineage_columns(columns, TABLE, **{**given, **changed})


def read(content: bytes, **options: Any) -> tuple[pa.Table, list[Any]]:
    return read_text_table(content, source_id="toy", place="toy.csv", **options)


def test_nothing_is_guessed() -> None:
    table, bad = read(b"code,product,value\nNA,0280,\nnull,01,NaN\n")
    assert table.to_pydict() == {
        "code": ["NA", "null"],
        "product": ["0280", "01"],
        "value": ["", "NaN"],
    }
    assert bad == []


def test_a_ragged_row_is_kept_aside_with_its_line() -> None:
    table, bad = read(b"a,b\n1,2\n3\n4,5\n")
    assert table.num_rows == 2
    assert [(row.line, row.raw_text) for row in bad] == [(3, "3")]


@pytest.mark.parametrize(
    "content",
    [
        "name\nCôte d’Ivoire\n".encode(),
        b"\xef\xbb\xbf" + "name\nCôte d’Ivoire\n".encode(),
        "name\nCôte d’Ivoire\n".encode("utf-16"),
        "name\nCôte d’Ivoire\n".encode("cp1252"),
    ],
)
def test_encodings_and_marks(content: bytes) -> None:
    table, _ = read(content)
    assert table.to_pydict() == {"name": ["Côte d’Ivoire"]}


@pytest.mark.parametrize("content", [b"", b" \n", b"a\0b\0", b"\x81\x8d"])
def test_unreadable_text_is_refused(content: bytes) -> None:
    with pytest.raises(CorruptFileError, match=r"toy\.csv"):
        decode(content, source_id="toy", place="toy.csv")


def test_a_header_with_a_name_twice_is_refused() -> None:
    with pytest.raises(CorruptFileError, match="names a twice"):
        read(b"a,a\n1,2\n")


def test_stamp_makes_the_declared_table() -> None:
    table = stamped(pd.DataFrame({"size_t": [1.5, float("nan")], "name": ["x", "y"]}))
    assert table.schema.equals(TABLE.schema)
    assert table["size_t"].to_pylist() == [1.5, None]
    assert table["row_locator"].to_pylist() == ["toy.csv:2", "toy.csv:3"]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"name": ["x", "y"]}, "missing: \\['size_t'\\]"),
        ({"name": ["x", "y"], "size_t": [1, 2], "more": [1, 2]}, "not declared: \\['more'\\]"),
        ({"name": ["x", "y"], "size_t": ["1", "two"]}, "column size_t is not double"),
        ({"name": ["x", None], "size_t": [1, 2]}, "column name has 1 nulls"),
        ({"name": ["x"], "size_t": [1.0]}, "differ in length"),
    ],
)
def test_what_does_not_fit_is_named(columns: dict[str, Any], said: str) -> None:
    with pytest.raises(SourceError, match=said):
        stamped(columns)


def test_conform_refuses_another_type() -> None:
    table = stamped({"name": ["x", "y"], "size_t": [1.0, 2.0]})
    at = table.schema.get_field_index("size_t")
    with pytest.raises(SourceError, match="size_t is string, declared double"):
        conform(table.set_column(at, "size_t", table["size_t"].cast(pa.string())), TABLE)
