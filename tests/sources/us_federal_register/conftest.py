"""A fake Federal Register with API v1, its limits and its faults."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.sources.fake_publisher import FakePublisher, Request, Response

Document = dict[str, Any]
FIRST_DAY = date(2025, 1, 1)


def documents(count: int, per_day: int = 10, kind: str = "Rule") -> list[Document]:
    """Invented documents, `per_day` a day from the first of the year."""
    return [
        {
            "document_number": f"2025-{number:05d}",
            "publication_date": (FIRST_DAY + timedelta(days=number // per_day)).isoformat(),
            "type": kind,
            "title": f"Addition No. {number} to the Entity List",
            "abstract": None,
            "action": None,
            "agencies": [
                {"raw_name": "AN OFFICE WITHOUT ID"},
                {"slug": "industry-office", "id": 1},
            ],
            "effective_on": None,
            "dates": "Effective at once.",
            "citation": f"90 FR {number}",
            "page_views": {"count": number},
        }
        for number in range(count)
    ]


@dataclass
class Register(FakePublisher):
    """Pages of `stored` documents, at most `max_paged` per query, counted up to `max_counted`."""

    stored: list[Document] = field(default_factory=lambda: documents(7))
    per_page: int = 3
    max_paged: int = 12
    max_counted: int = 60

    def body(self, query: dict[str, list[str]], fault: str) -> Document:
        first = query["conditions[publication_date][gte]"][0]
        last = query["conditions[publication_date][lte]"][0]
        found = [d for d in self.stored if first <= d["publication_date"] <= last]
        page = int(query.get("page", ["1"])[0])
        shown = found[: self.max_paged][(page - 1) * self.per_page : page * self.per_page]
        answer: Document = {"count": min(len(found), self.max_counted), "total_pages": None}
        if not found:
            return answer  # no `results` at all
        pages = -(-min(len(found), self.max_paged) // self.per_page)
        answer["results"] = shown
        if page < pages:
            named = page if fault == "loop" else page + 1
            again = {**query, "page": [str(named)]}
            host = "http://127.0.0.2:9" if fault == "foreign" else self.url
            answer["next_page_url"] = f"{host}/api/v1/documents.json?{urlencode(again, doseq=True)}"
        if fault == "twice" and page > 1:
            answer["results"] = found[: self.per_page]
        if fault == "null":
            answer["results"] = None
        return answer

    def respond(self, request: Request, fault: str) -> Response:
        query = parse_qs(urlsplit(request.target).query)
        response = Response(json.dumps(self.body(query, fault)).encode())
        elsewhere = {"Location": "http://127.0.0.2:9/api/v1/documents.json"}
        own = {
            "bot": Response(b"<!DOCTYPE html><h1>Request Access</h1>"),
            "errors": Response(b'{"errors": {"per_page": "is too large"}}', 400),
            "moved": Response(b"", 302, headers=elsewhere),
        }
        return own.get(fault, response)


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Iterator[Register]:
    with Register().serving() as register:
        monkeypatch.setenv("PAX_FEDERAL_REGISTER_BASE_URL", register.url)
        yield register
