"""Parser of Federal Register documents: one row per document and publication date.

Document numbers were reused in the past, so the date is part of the key. A correction is a
document of its own that names the corrected one. The content hash leaves out fields that change
with every request.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import orjson
import yaml

from sources.kit.catalog import find_source, unknown_layout_error
from sources.kit.contract import Parsed, QuarantinedRow, RawFile
from sources.kit.entity_terms import find_countries, find_items, join_ids
from sources.kit.errors import CorruptFileError
from sources.kit.tabular import add_lineage_columns
from sources.us_federal_register.queries import FIELDS, HERE, SOURCE, read_page

Row = dict[str, Any]
_NAME = re.compile(r"(?P<year>\d{4})\..+\.page\d+\.json")
_NUMBER_IN_URL = re.compile(r"/documents/([^/?.]+)")


def parse(files: Sequence[RawFile]) -> Iterator[Parsed]:
    """Yield one partition per year of publication; a document found by two searches is one row.

    Raises:
        UnknownLayoutError: a file is not a page as `fetch` names it.
        CorruptFileError: a page is not a complete response.
    """
    by_year: dict[str, list[RawFile]] = {}
    for file in files:
        name = _NAME.fullmatch(file.name)
        if not name:
            raise unknown_layout_error(SOURCE, "not a page as fetched", file.name)
        by_year.setdefault(name["year"], []).append(file)
    for year, pages in sorted(by_year.items()):
        yield _partition(year, pages)


def _partition(year: str, pages: Sequence[RawFile]) -> Parsed:
    rows: dict[tuple[str, str], tuple[Row, str, str]] = {}
    bad: list[QuarantinedRow] = []
    for file in pages:
        for number, document in enumerate(_documents(file), start=1):
            place = f"{file.name}:document {number}"
            try:
                row = _row(document)
            except ValueError as error:
                text = json.dumps(document, ensure_ascii=False)[:500]
                bad.append(QuarantinedRow(str(error), file.name, number, text))
                continue
            key = (row["document_number"], row["publication_date"].isoformat())
            rows.setdefault(key, (row, file.sha256, place))
    kept = [rows[key] for key in sorted(rows)]
    first = min((row["publication_date"] for row, _, _ in kept), default=date(int(year), 1, 1))
    table = find_source(SOURCE).tables["documents"]
    table_with_lineage = add_lineage_columns(
        {c.name: [row[c.name] for row, _, _ in kept] for c in table.columns},
        table,
        edition=year,
        known_from_date=first,
        payload_sha256=[sha for _, sha, _ in kept],
        row_locator=[place for _, _, place in kept],
    )
    return Parsed(
        year, year, first, "published", {"documents": table_with_lineage}, pages, tuple(bad)
    )


def _documents(file: RawFile) -> list[dict[str, Any]]:
    try:
        return read_page(json.loads(file.content)).results
    except ValueError as error:
        raise CorruptFileError(SOURCE, f"not a complete response: {error}", place=file.name,
                         remedy="fetch it again: pax run --live") from error  # fmt: skip


def _row(document: dict[str, Any]) -> Row:
    text = f"{_text(document, 'title') or ''}. {_text(document, 'abstract') or ''}"
    published = _day(document, "publication_date")
    if published is None:
        raise ValueError("no publication date")
    return {
        "document_number": str(document["document_number"]),
        "publication_date": published,
        "document_type": _text(document, "type"),
        "subtype": _text(document, "subtype"),
        "title": _text(document, "title"),
        "action": _text(document, "action"),
        "dates_text": _text(document, "dates"),
        "effective_on": _day(document, "effective_on"),
        "signing_date": _day(document, "signing_date"),
        "agency_slugs": join_ids(_agency(one) for one in document.get("agencies") or () if one),
        "citation": _text(document, "citation"),
        "docket_ids": join_ids(str(x) for x in document.get("docket_ids") or ()),
        "executive_order_number": _text(document, "executive_order_number"),
        "proclamation_number": _text(document, "proclamation_number"),
        "is_significant": document.get("significant"),
        "correction_of_number": _corrected(document),
        "html_url": _text(document, "html_url"),
        "measure_kind": measure_kind(document),
        "country_ids": join_ids(h.id for h in find_countries(text) if h.id != "USA"),
        "item_labels": join_ids(h.id for h in find_items(text)),
        "content_sha256": content_hash(document),
    }


def content_hash(document: dict[str, Any]) -> str:
    """sha256 of the requested fields; page views and signed URLs change with every request."""
    stable = {name: document.get(name) for name in FIELDS}
    return hashlib.sha256(orjson.dumps(stable, option=orjson.OPT_SORT_KEYS)).hexdigest()


def measure_kind(document: dict[str, Any]) -> str | None:
    """The kind of the first rule of `measures.yml` that matches, or None."""
    words = f"{document.get('title') or ''} {document.get('action') or ''}".strip()
    parts = _cfr_parts(document)
    for rule in _rules():
        if rule.types and document.get("type") not in rule.types:
            continue
        if rule.title and rule.title.search(words):
            return rule.kind
        if any(
            title == asked and first <= part <= last
            for title, part in parts
            for asked, first, last in rule.parts
        ):
            return rule.kind
    return None


@dataclass(frozen=True)
class MeasureRule:
    """A rule of `measures.yml`: words of the title, or parts of the Code, give a kind."""

    kind: str
    types: frozenset[str]
    title: re.Pattern[str] | None
    #: title, first and last part of the Code of Federal Regulations
    parts: tuple[tuple[int, int, int], ...]


@lru_cache(maxsize=1)
def _rules() -> list[MeasureRule]:
    raw = yaml.safe_load((HERE / "measures.yml").read_text(encoding="utf-8"))["rules"]
    return [
        MeasureRule(
            rule["kind"],
            frozenset(rule.get("types") or ()),
            re.compile(rule["title"], re.IGNORECASE) if "title" in rule else None,
            tuple(_part_range(text) for text in rule.get("cfr") or ()),
        )
        for rule in raw
    ]


def _part_range(text: str) -> tuple[int, int, int]:
    title, _, parts = str(text).partition("/")
    first, _, last = parts.partition("-")
    return int(title), int(first), int(last or first)


def _cfr_parts(document: dict[str, Any]) -> list[tuple[int, int]]:
    """Title and part of each reference that has both as numbers."""
    found = []
    for reference in document.get("cfr_references") or ():
        title, part = str(reference.get("title") or ""), str(reference.get("part") or "")
        if title.isdigit() and part.isdigit():
            found.append((int(title), int(part)))
    return found


def _agency(agency: dict[str, Any]) -> str:
    """The slug of an agency; some have only a printed name."""
    return str(agency.get("slug") or agency.get("raw_name") or agency.get("name") or "unnamed")


def _corrected(document: dict[str, Any]) -> str | None:
    """The document number in the URL of the corrected document, or the text itself."""
    text = _text(document, "correction_of")
    found = _NUMBER_IN_URL.search(text) if text else None
    return found[1] if found else text


def _text(document: dict[str, Any], name: str) -> str | None:
    value = document.get(name)
    return " ".join(str(value).split()) or None if value is not None else None


def _day(document: dict[str, Any], name: str) -> date | None:
    value = document.get(name)
    if not value:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"{name} is not a day: {value!r}") from None
