"""The queries of the Federal Register: searches, fields, and the structure of a result page."""

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

#: The requested fields; others change with every request (`page_views`, the signed URL of the
#: public-inspection PDF).
FIELDS = (
    "document_number", "publication_date", "type", "subtype", "title", "abstract", "action",
    "dates", "effective_on", "signing_date", "agencies", "citation", "docket_ids",
    "regulation_id_numbers", "executive_order_number", "proclamation_number", "significant",
    "correction_of", "html_url", "cfr_references",
)  # fmt: skip


@dataclass(frozen=True)
class Search:
    """One search, requested per window of publication dates."""

    id: str
    types: tuple[str, ...]
    agencies: tuple[str, ...] = ()
    term: str = ""

    def query(self, first: str, last: str) -> str:
        """The URL query for documents published from `first` to `last`, both inclusive."""
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
class ResultPage:
    """One page: the number of documents of the query, the documents of this page, the next page."""

    count: int
    results: list[dict[str, Any]]
    next_page_url: str | None


def read_page(body: Any) -> ResultPage:
    """Read a decoded JSON body; a query without results has no `results`.

    Raises:
        ValueError: the body has another structure.
    """
    if not isinstance(body, dict):
        raise ValueError(f"a {type(body).__name__} instead of an object")
    if body.get("errors"):
        raise ValueError(f"the API reports errors: {body['errors']}")
    count, results = body.get("count"), body.get("results")
    if not isinstance(count, int):
        raise ValueError("it has no count")
    if results is None and count == 0:
        results = []
    if not isinstance(results, list) or not all(isinstance(one, dict) for one in results):
        raise ValueError(f"{count} documents are announced, and `results` is not a list of them")
    if missing := [one for one in results if not one.get("document_number")]:
        raise ValueError(f"{len(missing)} documents have no number")
    return ResultPage(count, results, body.get("next_page_url") or None)


@lru_cache(maxsize=1)
def load_queries() -> tuple[int, tuple[Search, ...]]:
    """The first year, and the searches of `queries.yml`."""
    raw = yaml.safe_load((HERE / "queries.yml").read_text(encoding="utf-8"))
    searches = tuple(
        Search(s["id"], tuple(s["types"]), tuple(s.get("agencies") or ()), s.get("term", ""))
        for s in raw["searches"]
    )
    return int(raw["since_year"]), searches
