"""Pages of the World Bank's v2 API.

A page is `[head, entries]` with `page`, `pages`, `total`, `lastupdated` in the head; an error is
`[{"message": [...]}]` with status 200. Series are `CC.EST` or, since the edition of 2025,
`GOV_WGI_CC.EST`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sources.kit.contract import RawFile
from sources.kit.errors import CorruptFileError
from sources.kit.json_text import load_json

SOURCE = "worldbank_wgi"
SERIES = ("EST", "STD.ERR", "NO.SRC")
Texts = tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """One page of a series."""

    page: int
    pages: int
    total: int
    updated: date
    entries: list[dict[str, Any]]


class ApiError(ValueError):
    """The API returned a message instead of data."""


def read_page(body: Any) -> Page:
    """Read a decoded JSON body.

    Raises:
        ApiError: the body is a message.
        ValueError: the body has another structure.
    """
    if isinstance(body, list) and body and isinstance(body[0], dict) and "message" in body[0]:
        raise ApiError("; ".join(str(m.get("value", m)) for m in body[0]["message"]))
    try:
        head, entries = body
        return Page(
            int(head["page"]),
            int(head["pages"]),
            int(head["total"]),
            date.fromisoformat(head["lastupdated"]),
            list(entries or ()),
        )
    except (TypeError, KeyError, ValueError) as error:
        raise ValueError(f"not a page of the v2 API: {error!r}") from error


def read_pages(files: Sequence[RawFile]) -> tuple[date, list[tuple[Texts, RawFile, int]]]:
    """The update date, and per country, year and dimension the seven texts of a row with its place.

    Raises:
        CorruptFileError: a page is broken, pages are missing, or they are of different updates.
    """
    values: dict[tuple[str, str, str, str], str] = {}
    first_entries: dict[tuple[str, str, str], tuple[str, RawFile, int]] = {}
    counted: dict[str, tuple[int, int]] = {}
    days = set()
    for file in files:
        page = _decoded(file)
        days.add(page.updated)
        for number, entry in enumerate(page.entries, start=1):
            series, code, name, year, text = _entry(entry, file, number)
            dimension, kind = _dimension_and_kind(series, file)
            seen, _ = counted.get(series, (0, 0))
            counted[series] = (seen + 1, page.total)
            values[code, year, dimension, kind] = text
            if kind == "EST":
                first_entries[code, year, dimension] = (name, file, number)
    if incomplete := sorted(s for s, (seen, total) in counted.items() if seen != total):
        seen, total = counted[incomplete[0]]
        raise _corrupt_page_error(
            files[0], f"{incomplete[0]} has {seen} of {total} entries: pages are missing"
        )
    if len(days) != 1:
        raise _corrupt_page_error(
            files[0], f"the pages are of different updates: {sorted(map(str, days))}"
        )
    rows = []
    for (code, year, dimension), (name, file, number) in first_entries.items():
        texts = [values.get((code, year, dimension, kind), "") for kind in SERIES]
        rows.append(((code, name, year, dimension, *texts), file, number))
    return days.pop(), rows


def _decoded(file: RawFile) -> Page:
    try:
        return read_page(load_json(file.content, source_id=SOURCE, place=file.name))
    except CorruptFileError as error:
        raise _corrupt_page_error(file, f"not a whole page of the API: {error.what}") from error
    except ApiError as error:
        raise _corrupt_page_error(file, f"the API returned a message: {error}") from error
    except ValueError as error:
        raise _corrupt_page_error(file, f"not a whole page of the API: {error}") from error


def _entry(entry: Any, file: RawFile, number: int) -> tuple[str, str, str, str, str]:
    try:
        value = entry["value"]
        code = entry["countryiso3code"] or entry["country"]["id"]
        text = "" if value is None else repr(value)
        return entry["indicator"]["id"], code, entry["country"]["value"], entry["date"], text
    except (KeyError, TypeError) as error:
        raise _corrupt_page_error(file, f"entry {number} has no {error}") from error


def _dimension_and_kind(series: str, file: RawFile) -> tuple[str, str]:
    dimension, _, kind = series.removeprefix("GOV_WGI_").partition(".")
    if kind not in SERIES:
        raise _corrupt_page_error(file, f"unknown series {series!r}; known are {', '.join(SERIES)}")
    return dimension.lower(), kind


def _corrupt_page_error(file: RawFile, what: str) -> CorruptFileError:
    return CorruptFileError(SOURCE, what, place=file.name, remedy="fetch it again: pax run --live")
