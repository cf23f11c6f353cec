"""Broken files: each is refused with the file, what is wrong and what to do, or quarantined."""

from __future__ import annotations

import pytest

from sources.kit.errors import CorruptFileError, SourceError, UnknownLayoutError
from sources.usgs_mcs.parse import parse
from tests.sources.usgs_mcs.conftest import raw

WORLD = "mcs2024-galli_world.csv"
LONG = "MCS2026_Commodities_Data.csv"


def refused(*files: object) -> str:
    with pytest.raises(SourceError) as caught:
        list(parse(files))  # type: ignore[arg-type]
    assert caught.value.source_id == "usgs_mcs"
    return str(caught.value)


def test_empty() -> None:
    assert "empty" in refused(raw(WORLD, b""))
    assert "a header and no rows" in refused(raw(WORLD, raw(WORLD).content.splitlines()[0]))


def test_nothing_given_or_only_documents() -> None:
    assert "no file holds" in refused()
    assert "no file holds" in refused(raw("mcs2024-galli_meta.xml", b"<metadata/>"))


def test_truncated() -> None:
    content = raw(LONG).content
    assert "ends in the middle" in refused(raw(LONG, content[: len(content) * 2 // 3]))
    quoted = raw("MCS2025_World_Data.csv").content
    place = quoted.index(b'"Estimated from China') + 20
    assert "ends in the middle" in refused(raw("MCS2025_World_Data.csv", quoted[:place]))


def test_truncated_zip() -> None:
    message = refused(raw("world.zip", b"PK\x03\x04 and then nothing"))
    assert "the zip is broken" in message
    assert "download it again" in message


def test_wrong_encoding() -> None:
    utf16 = raw(WORLD).content.decode("utf-8-sig").encode("utf-16-le")
    assert "encoding" in refused(raw(WORLD, utf16))
    lossy = raw(LONG).content.decode("utf-8", errors="replace").encode()
    assert "U+FFFD" in refused(raw(LONG, lossy))


def test_unknown_layout_names_the_difference() -> None:
    message = refused(raw("mcs2027.csv", b"Edition,Mineral,Country,Tonnes\n2027,Gallium,China,1\n"))
    assert "nearest is" in message
    assert "missing" in message
    assert "mineral" in message
    content = raw(LONG).content.replace(b"Statistics_detail", b"Detail", 1)
    message = refused(raw(LONG, content))
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
    assert "edition 2024" in refused(raw("mcs2022-galli_world.csv", raw(WORLD).content))


def test_a_file_whose_name_lost_the_commodity() -> None:
    assert "which commodity" in refused(raw("MCS2024 download (3).csv", raw(WORLD).content))


def test_the_same_table_twice_is_refused_whether_equal_or_not() -> None:
    content = raw(WORLD).content
    assert "the same file came twice" in refused(raw(WORLD), raw("copy of " + WORLD, content))
    other = content.replace(b"600000", b"610000")
    assert "two different files" in refused(raw(WORLD), raw("new_" + WORLD, other))


def test_shifted_columns_go_to_quarantine() -> None:
    lines = raw(WORLD).content.splitlines()
    lines[2] = b"MCS2024,600000,China,Primary production,600000,,1000000,"
    (one,) = list(parse([raw(WORLD, b"\n".join(lines))]))
    (row,) = one.quarantine
    assert "shifted" in row.reason
    assert row.line == 3
    assert "China" in row.raw_text


def test_a_cell_outside_the_grammar_goes_to_quarantine() -> None:
    content = raw(WORLD).content.replace(b"610000,610000", b"610000,sixty")
    (one,) = list(parse([raw(WORLD, content)]))
    (row,) = one.quarantine
    assert "sixty" in row.reason
    assert row.file == WORLD


def test_ragged_line_in_the_middle_goes_to_quarantine() -> None:
    lines = raw(LONG).content.split(b"\r\n")
    lines[3] = b",".join(lines[3].split(b",")[:5])
    (one,) = list(parse([raw(LONG, b"\r\n".join(lines))]))
    assert [(q.line, "cells where the header has" in q.reason) for q in one.quarantine] == [
        (4, True)
    ]
