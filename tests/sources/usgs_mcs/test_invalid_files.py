"""Invalid files: each is rejected with file, reason and remedy, or its rows are quarantined."""

from __future__ import annotations

import pytest

from sources.kit.errors import CorruptFileError, SourceError, UnknownLayoutError
from sources.usgs_mcs.parse import parse
from tests.sources.usgs_mcs.conftest import raw

WORLD = "mcs2024-galli_world.csv"
LONG = "MCS2026_Commodities_Data.csv"


def rejection(*files: object) -> str:
    with pytest.raises(SourceError) as caught:
        list(parse(files))  # type: ignore[arg-type]
    assert caught.value.source_id == "usgs_mcs"
    return str(caught.value)


def test_empty() -> None:
    assert "empty" in rejection(raw(WORLD, b""))
    assert "a header and no rows" in rejection(raw(WORLD, raw(WORLD).content.splitlines()[0]))


def test_nothing_given_or_only_documents() -> None:
    assert "no file has" in rejection()
    assert "no file has" in rejection(raw("mcs2024-galli_meta.xml", b"<metadata/>"))


def test_truncated() -> None:
    content = raw(LONG).content
    assert "is truncated" in rejection(raw(LONG, content[: len(content) * 2 // 3]))
    quoted = raw("MCS2025_World_Data.csv").content
    place = quoted.index(b'"Estimated from China') + 20
    assert "is truncated" in rejection(raw("MCS2025_World_Data.csv", quoted[:place]))


def test_truncated_zip() -> None:
    message = rejection(raw("world.zip", b"PK\x03\x04 and then nothing"))
    assert "the zip is broken" in message
    assert "download it again" in message


def test_wrong_encoding() -> None:
    assert "encoding" in rejection(raw(WORLD, raw(WORLD).content + b"\x81\x8d"))
    lossy = raw(LONG).content.decode("utf-8", errors="replace").encode()
    assert "U+FFFD" in rejection(raw(LONG, lossy))


def test_unknown_layout_names_the_difference() -> None:
    message = rejection(
        raw("mcs2027.csv", b"Edition,Mineral,Country,Tonnes\n2027,Gallium,China,1\n")
    )
    assert "nearest is" in message
    assert "missing" in message
    assert "mineral" in message
    content = raw(LONG).content.replace(b"Statistics_detail", b"Detail", 1)
    message = rejection(raw(LONG, content))
    assert "statistics_detail" in message
    assert "unknown detail" in message


def test_unknown_unit_names_the_column() -> None:
    content = raw(WORLD).content.replace(b"Prod_kg_2022", b"Prod_lb_2022")
    with pytest.raises(UnknownLayoutError, match="lb"):
        list(parse([raw(WORLD, content)]))


def test_columns_of_another_edition() -> None:
    content = raw(WORLD).content.replace(b"_2022", b"_2019")
    with pytest.raises(CorruptFileError, match="2019"):
        list(parse([raw(WORLD, content)]))


def test_name_and_content_disagree() -> None:
    assert "edition 2024" in rejection(raw("mcs2022-galli_world.csv", raw(WORLD).content))


def test_a_file_name_without_the_commodity() -> None:
    message = rejection(raw("MCS2024 download (3).csv", raw(WORLD).content))
    assert "neither the name of the file nor its folder names the commodity" in message


def test_all_problems_of_a_set_are_in_one_error() -> None:
    """Three bad files of four: each is named with what is wrong, and nothing lands."""
    content = raw(WORLD).content
    files = [
        raw(WORLD),
        raw("mcs2024-cobal_world.csv", content.replace(b"_2022", b"_2019")),
        raw("mcs2024-germa_world.csv", content.replace(b"Prod_kg_2022", b"Prod_lb_2022")),
        raw("mcs2022-indiu_world.csv", content),
    ]
    with pytest.raises(CorruptFileError) as found:
        list(parse(files))
    message = str(found.value)
    assert "3 problems in 4 files; nothing of them has landed" in message
    for place, what in [
        ("mcs2024-cobal_world.csv", "2019"),
        ("mcs2024-germa_world.csv", "unknown unit 'lb'"),
        ("mcs2022-indiu_world.csv", "the content is of edition 2024, the file name of 2022"),
    ]:
        assert any(place in line and what in line for line in message.splitlines())
    assert WORLD not in message


def test_files_of_unknown_layouts_only_are_an_unknown_layout() -> None:
    foreign = [raw(name, b"a,b\n1,2\n") for name in ("one.csv", "two.csv")]
    with pytest.raises(UnknownLayoutError, match="2 problems in 2 files"):
        list(parse(foreign))


def test_a_repeated_table_is_rejected_whether_equal_or_not() -> None:
    content = raw(WORLD).content
    assert "the same file was given twice" in rejection(
        raw(WORLD), raw("copy of " + WORLD, content)
    )
    other = content.replace(b"600000", b"610000")
    assert "two files have the same table" in rejection(raw(WORLD), raw("new_" + WORLD, other))


def test_shifted_columns_are_quarantined() -> None:
    lines = raw(WORLD).content.splitlines()
    lines[2] = b"MCS2024,600000,China,Primary production,600000,,1000000,"
    (one,) = list(parse([raw(WORLD, b"\n".join(lines))]))
    (row,) = one.quarantine
    assert "shifted" in row.reason
    assert row.line == 3
    assert "China" in row.raw_text


def test_an_unknown_spelling_is_quarantined() -> None:
    content = raw(WORLD).content.replace(b"610000,610000", b"610000,sixty")
    (one,) = list(parse([raw(WORLD, content)]))
    (row,) = one.quarantine
    assert "sixty" in row.reason
    assert row.file == WORLD


def test_a_ragged_line_is_quarantined() -> None:
    lines = raw(LONG).content.split(b"\r\n")
    lines[3] = b",".join(lines[3].split(b",")[:5])
    (one,) = list(parse([raw(LONG, b"\r\n".join(lines))]))
    assert [(q.line, "cells where the header has" in q.reason) for q in one.quarantine] == [
        (4, True)
    ]
