"""What is asked of the Federal Register: its searches, fields and one answer's shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import yaml

SOURCE = "us_federal_register"
HERE = Path(__file__).resolve().parent
PER_PAGE = 1000

#: Asked by name, so that `page_views` and the stamped address of the public-inspection PDF, which
#: change with every call, never come.
FIELDS = (
    "document_number", "publication_date", "type", "subtype", "title", "abstract", "action",
    "dates", "effective_on", "signing_date", "agencies", "citation", "docket_ids",
    "regulation_id_numbers", "executive_order_number", "proclamation_number", "significant",
    "correction_of", "html_url",
)  # fmt: skip


@dataclass(frozen=True)
class Search:
    """One question, asked per window of publication days."""

    id: str
    types: tuple[str, ...]
    agencies: tuple[str, ...] = ()
    term: str = ""

    def query(self, first: str, last: str) -> str:
        """The address' query for documents published from `first` to `last`, both inclusive."""
        pairs: list[tuple[str, str | Sequence[str]]] = [
            ("fields[]", FIELDS),
            ("per_page", str(PER_PAGE)),
            ("order", "oldest"),
            ("conditions[publication_date][gte]", first),
            ("conditions[publication_date][lte]", last),
            ("conditions[type][]", self.types),
            ("conditions[agencies][]", self.agencies),
        ]
        if self.term:
            pairs.append(("conditions[term]", self.term))
        return urlencode(pairs, doseq=True)


@dataclass(frozen=True)
class Answer:
    """One page: how many documents the question has, those of this page, and the next page."""

    count: int
    results: list[dict[str, Any]]
    next_page_url: str | None


def read_answer(body: Any) -> Answer:
    """A decoded body; `ValueError` says why it is no answer. No hits come without `results`."""
    if not isinstance(body, dict):
        raise ValueError(f"a {type(body).__name__} instead of an object")
    if body.get("errors"):
        raise ValueError(f"it refused: {body['errors']}")
    count, results = body.get("count"), body.get("results")
    if not isinstance(count, int):
        raise ValueError("it has no count")
    if results is None and count == 0:
        results = []
    if not isinstance(results, list) or not all(isinstance(one, dict) for one in results):
        raise ValueError(f"{count} documents are announced, and `results` is no list of them")
    if missing := [one for one in results if not one.get("document_number")]:
        raise ValueError(f"{len(missing)} documents have no number")
    return Answer(count, results, body.get("next_page_url") or None)


@lru_cache(maxsize=1)
def settings() -> tuple[int, tuple[Search, ...]]:
    """The first year, and the searches of `queries.yml`."""
    raw = yaml.safe_load((HERE / "queries.yml").read_text(encoding="utf-8"))
    searches = tuple(
        Search(s["id"], tuple(s["types"]), tuple(s.get("agencies") or ()), s.get("term", ""))
        for s in raw["searches"]
    )
    return int(raw["since_year"]), searches
