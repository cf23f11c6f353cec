"""Text is read without type inference; tables are built as declared or rejected."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from sources.kit.archives import Member
from sources.kit.catalog import ColumnSpec, TableSpec
from sources.kit.columns import to_number, to_period
from sources.kit.errors import CorruptFileError, SourceError, UnknownLayoutError
from sources.kit.tabular import add_lineage_columns, conform, decode, read_text_table
from sources.kit.text_blocks import read_csv_as_text
from tests.sources.files import raw_file

TABLE = TableSpec(
    "toy",
    "things",
    "Things.",
    "One row per thing.",
    ("name",),
    (ColumnSpec("name", "string", False, "Name."), ColumnSpec("size_t", "double", True, "Size.")),
)
AT = {"source_id": "toy", "place": "toy.csv"}


def with_lineage(columns: Any, **changed: Any) -> pa.Table:
    given = {
        "edition": "1",
        "known_from_date": date(2024, 1, 1),
        "payload_sha256": "ab",
        "row_locator": ["toy.csv:2", "toy.csv:3"],
    }
    return add_lineage_columns(columns, TABLE, **{**given, **changed})


def read(content: bytes, **options: Any) -> tuple[pa.Table, list[Any]]:
    return read_text_table(content, source_id="toy", place="toy.csv", **options)


def test_cells_are_read_as_text() -> None:
    table, bad = read(b"code,product,value\nNA,0280,\nnull,01,NaN\n")
    assert table.to_pydict() == {
        "code": ["NA", "null"],
        "product": ["0280", "01"],
        "value": ["", "NaN"],
    }
    assert bad == []


def test_only_a_first_column_numbers_the_rows() -> None:
    table, _ = read(b",a\n0,x\n1,y\n")
    assert table.to_pydict() == {"a": ["x", "y"]}
    table, _ = read(b"a,,b\nx,1,7\ny,2,8\n")
    assert table.to_pydict() == {"a": ["x", "y"], "_1": ["1", "2"], "b": ["7", "8"]}
    table, _ = read(b"index,a\n1,x\n")
    assert table.column_names == ["index", "a"]


def test_a_ragged_row_is_quarantined_with_its_line() -> None:
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
def test_encodings_and_byte_order_marks(content: bytes) -> None:
    table, _ = read(content)
    assert table.to_pydict() == {"name": ["Côte d’Ivoire"]}


@pytest.mark.parametrize("content", [b"", b" \n", b"a\0b\0", b"\x81\x8d"])
def test_unreadable_text_is_rejected(content: bytes) -> None:
    with pytest.raises(CorruptFileError, match=r"toy\.csv"):
        decode(content, source_id="toy", place="toy.csv")


@pytest.mark.parametrize(
    ("content", "kind"), [(b"PK\x03\x04 x", "a workbook"), (b"PAR1 x", "Parquet")]
)
def test_a_file_of_another_format_is_named(content: bytes, kind: str) -> None:
    with pytest.raises(UnknownLayoutError, match=f"the file is {kind}.*\n.*CSV UTF-8"):
        read_text_table(content, source_id="toy", place="f.csv")


def test_a_header_with_a_repeated_name_is_rejected() -> None:
    with pytest.raises(CorruptFileError, match="names a twice"):
        read(b"a,a\n1,2\n")


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["1,234", "5"], [None, 5.0]),
        (["900,000", "1,100,000"], [900000.0, 1100000.0]),
        (["1,234", "1,234.5"], [1234.0, 1234.5]),
        (["1,234", "3,25", "-0,5"], [1.234, 3.25, -0.5]),
        (["1.234", "12,5", "1.234.567,8"], [1234.0, 12.5, 1234567.8]),
        (["1.234", "1.5"], [1.234, 1.5]),
        (["1,234", "1,234,567", "3,25"], [None, 1234567.0, 3.25]),
    ],
)
def test_a_comma_means_what_it_means_elsewhere_in_the_column(
    texts: list[str], numbers: list[float | None]
) -> None:
    assert to_number(pa.chunked_array([texts], pa.string())).to_pylist() == numbers


@pytest.mark.parametrize(
    "text",
    ["1 234 567", "1\u00a0234\u00a0567", "1\u2009234\u2009567", "1\u2007234\u2007567",
     "1\u202f234\u202f567", "1'234'567", "1\u2019234\u2019567", "1,234,567", "12,34,567",
     "1.234.567", "1.234567E+06", "1234567.0"],
)  # fmt: skip
def test_separators_of_thousands_of_any_country(text: str) -> None:
    expected = [1234567.0]
    assert to_number(pa.chunked_array([[text]], pa.string())).to_pylist() == expected


@pytest.mark.parametrize("between", ["", "\n"])
def test_short_lines_are_notes_below_a_blank_line_and_a_cut_without_one(between: str) -> None:
    content = f"a,b\n1,2\n3,4\n{between}Source: the publisher\n".encode()
    if not between:
        with pytest.raises(CorruptFileError, match="last line is cut"):
            read_text_table(content, source_id="toy", place="t.csv")
        return
    table, ragged = read_text_table(content, source_id="toy", place="t.csv")
    assert (table.to_pylist()[-1], ragged) == ({"a": "3", "b": "4"}, [])


@pytest.mark.parametrize("n_rows", [2, 20_000])
def test_a_row_of_another_encoding_and_other_cells_is_never_lost(n_rows: int) -> None:
    content = b"a,b\n" + b"1,2\n" * n_rows + b"C\xf4te\n" + b"3,4\n"
    member = Member(raw_file("t.csv", content), "t.csv", content, "toy")
    with pytest.raises(CorruptFileError):
        read_csv_as_text(member, "toy")
    notes = b"a,b\n" + b"1,2\n" * 2 + b"\nC\xf4te d'Ivoire\n"
    member = Member(raw_file("t.csv", notes), "t.csv", notes, "toy")
    assert read_csv_as_text(member, "toy").num_rows == 2


def test_a_cut_line_below_blank_lines_between_all_rows_is_no_note() -> None:
    content = b"a,b\n\n1,2\n\n3,4\n\n5\n"
    with pytest.raises(CorruptFileError, match="last line is cut"):
        read_text_table(content, source_id="toy", place="t.csv")


@pytest.mark.parametrize("n_lines", [65_535, 65_536, 1_048_576])
def test_as_many_lines_as_a_spreadsheet_holds_may_lack_rows(n_lines: int) -> None:
    content = b"a\n" + b"1\n" * (n_lines - 1)
    member = Member(raw_file("t.csv", content), "t.csv", content, "toy")
    for read_table in (
        lambda: read_text_table(content, source_id="toy", place="t.csv")[0],
        lambda: read_csv_as_text(member, "toy"),
    ):
        if n_lines == 65_535:
            assert read_table().num_rows == n_lines - 1
            continue
        with pytest.raises(CorruptFileError, match="the most of a spreadsheet"):
            read_table()


def test_short_months_are_months() -> None:
    texts = ["2024-3", "2024/03", "2024M3", "2024-13", "2024.3", "202403.0", "2024"]
    assert to_period(pa.chunked_array([texts], pa.string())).to_pylist() == [
        "202403", "202403", "202403", "2024-13", "2024.3", "202403", "2024",
    ]  # fmt: skip


def test_the_declared_table_is_built() -> None:
    table = with_lineage(pd.DataFrame({"size_t": [1.5, float("nan")], "name": ["x", "y"]}))
    assert table.schema.equals(TABLE.schema)
    assert table["size_t"].to_pylist() == [1.5, None]
    assert table["row_locator"].to_pylist() == ["toy.csv:2", "toy.csv:3"]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"name": ["x", "y"]}, "missing: \\['size_t'\\]"),
        ({"name": ["x", "y"], "size_t": [1, 2], "more": [1, 2]}, "not declared: \\['more'\\]"),
        ({"name": ["x", "y"], "size_t": ["1", "two"]}, "column size_t is not double"),
        ({"name": ["x", None], "size_t": [1, 2]}, "column name has 1 nulls"),
        ({"name": ["x"], "size_t": [1.0]}, "differ in length"),
    ],
)
def test_columns_that_do_not_fit_are_rejected(columns: dict[str, Any], message: str) -> None:
    with pytest.raises(SourceError, match=message):
        with_lineage(columns)


def test_conform_rejects_another_type() -> None:
    table = with_lineage({"name": ["x", "y"], "size_t": [1.0, 2.0]})
    at = table.schema.get_field_index("size_t")
    with pytest.raises(SourceError, match="size_t is string, declared double"):
        conform(table.set_column(at, "size_t", table["size_t"].cast(pa.string())), TABLE)
