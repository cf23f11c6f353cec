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
        ({"title": "A Title Without the Words",
          "cfr_references": [{"title": 15, "part": 744, "citation_url": None}]}, "export_control"),
        ({"title": "A Title", "cfr_references": [{"title": "31", "part": "850"}]},
         "investment_screening"),
        ({"title": "A Title", "cfr_references": [{"title": 40, "part": 52}, {}]}, None),
    ],
)  # fmt: skip
def test_kinds_follow_the_rules(document: dict[str, Any], kind: str | None) -> None:
    assert measure_kind(document) == kind


#: Titles as published, with the kind that the act is.
PUBLISHED = (
    ("Implementation of Additional Export Controls: Certain Advanced Computing and Semiconductor "
     "Manufacturing Items; Supercomputer and Semiconductor End Use; Entity List Modification",
     "Rule", "export_control"),
    ("Implementation of Additional Export Controls: Certain Advanced Computing Items; "
     "Supercomputer and Semiconductor End Use; Updates and Corrections", "Rule", "export_control"),
    ("Implementation of Certain 2021 Wassenaar Arrangement Decisions on Four Section 1758 "
     "Technologies", "Rule", "export_control"),
    ("Commerce Control List Additions and Revisions; Implementation of Controls on Advanced "
     "Technologies Consistent With Controls Implemented by International Partners", "Rule",
     "export_control"),
    ("Framework for Artificial Intelligence Diffusion", "Rule", "export_control"),
    ("Implementation of Additional Due Diligence Measures for Advanced Computing Integrated "
     "Circuits; Amendments and Clarifications; and Extension of Comment Period", "Rule",
     "export_control"),
    ("Revision to License Review Policy for Advanced Computing Commodities", "Rule",
     "export_control"),
    ("Enhanced Favorable Treatment for the United Arab Emirates Under the Export Administration "
     "Regulations", "Rule", "export_control"),
    ("Additions and Revisions to the Entity List and Conforming Removal From the Unverified List",
     "Rule", "entity_listing"),
    ("Entity List Additions", "Rule", "entity_listing"),
    ("Additions and Modifications to the Entity List; Removals From the Validated End-User (VEU) "
     "Program", "Rule", "entity_listing"),
    ("Expansion of End-User Controls To Cover Affiliates of Certain Listed Entities", "Rule",
     "entity_listing"),
    ("Addressing United States Investments in Certain National Security Technologies and Products "
     "in Countries of Concern", "Presidential Document", "investment_screening"),
    ("Regulating Imports With a Reciprocal Tariff To Rectify Trade Practices That Contribute to "
     "Large and Persistent Annual United States Goods Trade Deficits", "Presidential Document",
     "import_tariff"),
    ("Notice of Modification: China's Acts, Policies and Practices Related to Technology Transfer, "
     "Intellectual Property and Innovation", "Notice", "import_tariff"),
    ("2,4-Dichlorophenoxyacetic Acid From the People's Republic of China: Final Affirmative "
     "Countervailing Duty Determination", "Notice", "import_tariff"),
    ("Notice of Request for Public Comments on Section 232 National Security Investigation of "
     "Imports of Semiconductors and Semiconductor Manufacturing Equipment", "Notice",
     "investigation"),
    ("2022 Final List of Critical Minerals", "Notice", "critical_mineral_list"),
    ("America's Supply Chains", "Presidential Document", "strategy"),
    ("Immediate Measures To Increase American Mineral Production", "Presidential Document",
     "strategy"),
)  # fmt: skip


def test_published_titles_have_the_kind_of_their_act() -> None:
    wrong = {
        title: (found, kind)
        for title, document_type, kind in PUBLISHED
        if (found := measure_kind({"title": title, "type": document_type})) != kind
    }
    assert not wrong


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
