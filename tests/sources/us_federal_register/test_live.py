"""Live access to the Federal Register against a fake API with the publisher's faults."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sources.kit.catalog import find_source
from sources.kit.contract import Parsed
from sources.kit.errors import SourceUnavailableError
from sources.kit.http import HttpClient
from sources.us_federal_register import fetch
from sources.us_federal_register.parse import content_hash, measure_kind
from sources.us_federal_register.queries import Search
from tests.sources.us_federal_register.conftest import Register, documents
from warehouse.paths import DataPaths
from warehouse.storage.landing import land_files

SPEC = find_source("us_federal_register")


@pytest.fixture(autouse=True)
def one_search(monkeypatch: pytest.MonkeyPatch, register: Register) -> None:
    """One search instead of six, and the fake API's limit on paging."""
    monkeypatch.setattr(fetch, "load_queries", lambda: (2025, (Search("bis", ("RULE",)),)))
    monkeypatch.setattr(fetch, "MAX_PAGED", register.max_paged)


def parsed() -> Parsed:
    with HttpClient("us_federal_register", attempts=3, first_wait=0.0, redirects=False) as http:
        (partition,) = SPEC.parse(list(fetch.fetch("2025", http)))
    return partition


def numbers(partition: Parsed) -> list[str]:
    return sorted(partition.tables["documents"]["document_number"].to_pylist())


@pytest.mark.parametrize("count", [1, 3, 7, 12, 13, 250])
def test_no_document_is_missing_whatever_their_number(register: Register, count: int) -> None:
    """12 is what can be paged here, 60 what is counted: 250 are split several times."""
    register.stored = documents(count)
    assert numbers(parsed()) == [d["document_number"] for d in register.stored]


def test_a_query_without_documents_has_no_results(register: Register) -> None:
    register.stored = []
    assert parsed().tables["documents"].num_rows == 0


def test_a_day_with_too_many_documents_is_an_error(register: Register) -> None:
    register.stored = documents(13, per_day=13)
    with pytest.raises(SourceUnavailableError, match="13 documents on one day, 12 can be paged"):
        parsed()


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("foreign", r"next page is on another host: http://127\.0\.0\.2:9"),
        ("loop", "an earlier page as next"),
        ("twice", "3 different documents received, 7 were announced"),
        ("null", "7 documents are announced, and `results` is not a list"),
        ("bot", "web page, not data"),
        ("errors", "answered 400.*per_page"),
        ("moved", "answered 302"),
        ("half", "not whole JSON"),
        ("cut", "no response"),
        ("503", "answered 503, after 3 attempts"),
    ],
)
def test_a_lasting_fault_is_an_error(register: Register, fault: str, message: str) -> None:
    register.always = fault
    with pytest.raises(SourceUnavailableError, match=message):
        parsed()


@pytest.mark.parametrize("fault", ["twice", "loop", "cut", "429", "503"])
def test_a_temporary_fault_is_retried(register: Register, fault: str) -> None:
    register.faults = ["", fault]
    assert len(numbers(parsed())) == 7


def test_the_client_of_the_source_follows_no_redirect(register: Register) -> None:
    register.always = "moved"
    with fetch.client() as http, pytest.raises(SourceUnavailableError, match="answered 302"):
        list(fetch.fetch("2025", http))
    assert len(register.requests) == 1


def test_lands_and_lands_again_unchanged(register: Register, data_dir: DataPaths) -> None:
    def live() -> list[str]:
        with HttpClient("us_federal_register", first_wait=0.0, redirects=False) as http:
            files = list(fetch.fetch("2025", http))
        return [one.outcome for one in land_files(SPEC, files, "live", data_dir)]

    assert live() == ["landed"]
    assert live() == ["unchanged"]


def test_fields_that_change_with_every_request_are_not_in_the_hash(register: Register) -> None:
    one = documents(1)[0]
    viewed = {**one, "page_views": {"count": 99}, "public_inspection_pdf_url": "x.pdf?1743770708"}
    assert content_hash(one) == content_hash(viewed)
    assert content_hash(one) != content_hash({**one, "title": "Other"})


def test_numbers_are_keys_only_with_their_day_and_corrections_are_linked(
    register: Register,
) -> None:
    again = {**documents(1)[0], "publication_date": "2025-03-01", "type": "Correction"}
    again["correction_of"] = f"{register.url}/api/v1/documents/2025-00000?publication_date=2025"
    register.stored = [*documents(1), again]
    rows = parsed().tables["documents"].to_pylist()
    assert [(r["document_number"], r["correction_of_number"]) for r in rows] == [
        ("2025-00000", None),
        ("2025-00000", "2025-00000"),
    ]
    assert rows[0]["agency_slugs"] == "AN OFFICE WITHOUT ID|industry-office"


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        ({"title": "Additions to the Entity List", "type": "Rule"}, "entity_listing"),
        ({"title": "Additions to the Entity List", "type": "Proposed Rule"}, "investigation"),
        ({"title": "Revisions to the Export Administration Regulations"}, "export_control"),
        (
            {"title": "Adjusting Imports of Copper", "type": "Presidential Document"},
            "import_tariff",
        ),
        ({"title": "Meeting of a Committee", "type": "Notice"}, None),
    ],
)
def test_kinds_follow_the_rules(document: dict[str, Any], kind: str | None) -> None:
    assert measure_kind(document) == kind


def test_the_query_has_no_field_that_changes() -> None:
    query = Search("x", ("RULE",), ("industry-and-security-bureau",)).query(
        "2025-01-01", "2025-12-31"
    )
    assert "page_views" not in query
    assert "public_inspection" not in query
    assert "conditions%5Bagencies%5D%5B%5D=industry-and-security-bureau" in query


def test_a_real_document_is_parsed(shared_data: Any) -> None:
    path = shared_data / "policy/samples/federal_register/document_2025-05887.json"
    from sources.us_federal_register.parse import _row

    row = _row(json.loads(path.read_bytes()))
    assert (row["citation"], row["country_ids"]) == ("90 FR 14957", "CHN")
    assert row["agency_slugs"] == "commerce-department|international-trade-administration"
