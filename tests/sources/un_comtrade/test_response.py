"""Both readers of a page give the same rows, whatever its texts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.un_comtrade.response import (
    ApiError,
    IncompleteResponseError,
    read_response,
    table_from_objects,
)

texts = st.none() | st.text(st.characters(codec="utf-8"), max_size=12) | st.just("a},{b")
numbers = st.none() | st.integers(0, 10**9) | st.floats(0, 1e12, allow_nan=False)
rows = st.fixed_dictionaries(
    {
        "period": st.sampled_from(["2022", "202301"]) | st.integers(2000, 2030),
        "reporterCode": st.integers(0, 999), "cmdCode": st.sampled_from(["010121", "TOTAL"]),
        "cmdDesc": texts, "refYear": st.integers(1962, 2100), "qty": numbers,
        "primaryValue": numbers, "isNetWgtEstimated": st.none() | st.booleans(),
    }
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(st.lists(rows, max_size=8), st.booleans())
def test_both_readers_give_the_same_rows(found: list[dict[str, Any]], is_pretty: bool) -> None:
    body = {"elapsedTime": "0 secs", "count": len(found), "data": found, "error": ""}
    separators = None if is_pretty else (",", ":")
    text = json.dumps(body, indent=1 if is_pretty else None, separators=separators)
    opened = read_response(text.encode())
    assert opened.count == len(found)
    read = opened.table()
    assert read.equals(table_from_objects(found))
    assert [row["cmdCode"] for row in read.to_pylist()] == [row["cmdCode"] for row in found]


@settings(deadline=None, max_examples=60)
@given(st.lists(rows, min_size=1, max_size=3), st.data())
def test_a_truncated_page_is_an_error(found: list[dict[str, Any]], data: Any) -> None:
    body = {"elapsedTime": "0 secs", "count": len(found), "data": found, "error": ""}
    text = json.dumps(body, separators=(",", ":")).encode()
    end = data.draw(st.integers(0, len(text) - 1))
    with pytest.raises((IncompleteResponseError, ApiError)):
        read_response(text[:end])
