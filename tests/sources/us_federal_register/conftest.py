"""A loopback Federal Register that speaks API v1, with its limits and its faults."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.sources.fake_publisher import spoilings
from tests.sources.loopback import Answer, listening

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
class Register:
    """`always` is a fault of every answer; `moods` are those of the next ones, once each.

    `pages_at_most` is the publisher's limit on paging, `counts_at_most` the one on counting.
    """

    held: list[Document] = field(default_factory=lambda: documents(7))
    per_page: int = 3
    pages_at_most: int = 12
    counts_at_most: int = 60
    always: str = ""
    moods: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def body(self, query: dict[str, list[str]], mood: str) -> Document:
        first = query["conditions[publication_date][gte]"][0]
        last = query["conditions[publication_date][lte]"][0]
        found = [d for d in self.held if first <= d["publication_date"] <= last]
        page = int(query.get("page", ["1"])[0])
        shown = found[: self.pages_at_most][(page - 1) * self.per_page : page * self.per_page]
        answer: Document = {"count": min(len(found), self.counts_at_most), "total_pages": None}
        if not found:
            return answer  # no `results` at all
        pages = -(-min(len(found), self.pages_at_most) // self.per_page)
        answer["results"] = shown
        if page < pages:
            named = page if mood == "loop" else page + 1
            again = {**query, "page": [str(named)]}
            host = "http://127.0.0.2:9" if mood == "foreign" else self.url
            answer["next_page_url"] = f"{host}/api/v1/documents.json?{urlencode(again, doseq=True)}"
        if mood == "twice" and page > 1:
            answer["results"] = found[: self.per_page]
        if mood == "null":
            answer["results"] = None
        return answer

    def respond(self, path: str, headers: Mapping[str, str]) -> Answer:
        self.asked.append(path)
        mood = self.moods.pop(0) if self.moods else self.always
        query = parse_qs(urlsplit(path).query)
        answer = Answer(json.dumps(self.body(query, mood)).encode())
        elsewhere = {"Location": "http://127.0.0.2:9/api/v1/documents.json"}
        own = {
            "bot": Answer(b"<!DOCTYPE html><h1>Request Access</h1>"),
            "errors": Answer(b'{"errors": {"per_page": "is too large"}}', 400),
            "moved": Answer(b"", 302, headers=elsewhere),
        }
        return {**spoilings(answer), **own}.get(mood, answer)


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Iterator[Register]:
    register = Register()
    with listening(register.respond) as register.url:
        monkeypatch.setenv("PAX_FEDERAL_REGISTER_BASE_URL", register.url)
        yield register
