"""The curated registers as files: every row parses, is dated, unique, and leads somewhere."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Any

import pytest
import yaml

from warehouse.paths import DBT_PROJECT

CURATED = DBT_PROJECT / "seeds" / "curated"
REFERENCE = DBT_PROJECT / "seeds" / "reference"
KEYS = {
    "concern_lists": ("list_id",),
    "concern_members": ("list_id", "country_id", "valid_from"),
    "infrastructure_projects": ("project_id",),
    "mofcom_reference_codes": ("announcement", "item", "reference_code_raw"),
    "partner_instruments": ("country_id", "instrument_type", "instrument_name"),
    "partner_memberships": ("bloc_id", "country_id", "membership_type", "valid_from"),
    "material_groups": ("group_id", "label"),
    "policy_clause_products": ("clause_ref", "product_code"),
    "policy_clauses": ("clause_id",),
    "policy_conflicts": ("event_id", "field"),
    "policy_excluded_targets": ("event_id", "country_id"),
    "policy_register": ("event_id",),
    "project_status_probabilities": ("status", "valid_from"),
    "timeline": ("timeline_id",),
}
BASES = {"announced", "published", "inferred", "compiled"}
NEWEST = max(date.today(), date(2026, 11, 23))  # nobody knows the future
LARGEST = 3000  # seeds load row by row; a larger list is a source
Row = dict[str, str]


@lru_cache
def rows(name: str, folder: str = "curated") -> tuple[Row, ...]:
    path = DBT_PROJECT / "seeds" / folder / f"{name}.csv"
    with path.open(newline="", encoding="utf-8") as file:
        return tuple(csv.DictReader(file, strict=True))


def types(name: str) -> dict[str, str]:
    declared: Any = yaml.safe_load((CURATED / "_curated__seeds.yml").read_text(encoding="utf-8"))
    (seed,) = (s for s in declared["seeds"] if s["name"] == name)
    return dict(seed["config"]["column_types"])


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def ids(name: str, column: str, folder: str = "curated") -> set[str]:
    return {row[column] for row in rows(name, folder)}


def parts(text: str) -> Iterator[str]:
    return (part for part in text.split("|") if part)


def test_every_curated_seed_is_tested() -> None:
    assert {path.stem for path in CURATED.glob("*.csv")} >= set(KEYS)


@pytest.mark.parametrize("name", KEYS)
def test_every_cell_has_its_declared_type(name: str) -> None:
    readers: dict[str, Any] = {
        "date": date.fromisoformat,
        "integer": int,
        "double": float,
        "boolean": {"true": True, "false": False}.__getitem__,
        "varchar": str,
    }
    declared = types(name)
    for number, row in enumerate(rows(name), start=2):
        assert list(row) == list(declared), f"{name}.csv:{number} has other columns"
        for column, text in row.items():
            assert text == text.strip(), f"{name}.csv:{number} {column} has loose white space"
            if text:
                readers[declared[column]](text)


@pytest.mark.parametrize("name", KEYS)
def test_keys_are_unique_and_whole(name: str) -> None:
    """Rows need no order: marts sort their own."""
    keys = [tuple(row[column] for column in KEYS[name]) for row in rows(name)]
    assert len(keys) == len(set(keys))
    assert all(all(key) for key in keys)


@pytest.mark.parametrize("name", KEYS)
def test_every_row_has_known_from_date_and_basis(name: str) -> None:
    for row in rows(name):
        known = day(row["known_from_date"])
        assert known is not None, row
        assert known <= NEWEST, row
        assert row["known_from_basis"] in BASES, row
        if row.get("announced_date"):
            assert (row["known_from_date"], row["known_from_basis"]) == (
                row["announced_date"],
                "announced",
            )


@pytest.mark.parametrize("path", sorted([*CURATED.glob("*.csv"), *REFERENCE.glob("*.csv")]),
                         ids=lambda path: path.stem)  # fmt: skip
def test_a_seed_is_small(path: Any) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) < LARGEST


def test_an_end_has_a_day_on_which_it_was_known_and_a_kind() -> None:
    for row in rows("policy_register"):
        assert bool(row["end_date"]) == bool(row["end_known_from_date"]) == bool(row["end_kind"])
        assert row["end_kind"] in {"", "expires", "ended", "withdrawn"}
        if row["end_date"]:
            assert row["end_date"] >= row["effective_date"], row["event_id"]
            assert row["end_known_from_date"] >= row["known_from_date"], row["event_id"]
    for row in rows("partner_memberships"):
        assert bool(row["valid_to"]) == bool(row["valid_to_known_from_date"])
        assert not row["valid_to"] or row["valid_to"] > row["valid_from"]


def test_parents_exist_and_have_a_relation() -> None:
    relations = {"suspends", "extends", "ends", "amends", "implements"}
    relations |= {"supersedes", "replaces", "follows", "reaffirms"}
    events = ids("policy_register", "event_id") | ids("policy_clauses", "clause_id")
    for row in rows("policy_register"):
        assert set(parts(row["parent_event_ids"])) <= events, row["event_id"]
        assert bool(row["parent_event_ids"]) == bool(row["relation_to_parent"])
        assert row["relation_to_parent"] in relations | {""}
        assert row["event_id"] not in set(parts(row["parent_event_ids"]))


def test_the_register_is_complete() -> None:
    counts = {name: len(rows(name)) for name in KEYS}
    assert counts["policy_register"] >= 228
    assert counts["partner_memberships"] >= 40
    assert counts["timeline"] >= 36
    assert counts["policy_excluded_targets"] >= 190
    assert counts["infrastructure_projects"] >= 321
    assert counts["partner_instruments"] >= 354
    assert counts["mofcom_reference_codes"] >= 80
    assert {row["country_id"] for row in rows("concern_members")} >= {"CHN", "RUS", "IRN", "PRK"}


def test_every_party_issuer_and_target_is_a_country_of_ours() -> None:
    countries = ids("countries", "country_id", "reference")
    for row in rows("policy_register"):
        assert set(parts(row["issuer_ids"])) <= countries, row["event_id"]
        assert set(parts(row["target_ids"])) <= countries, row["event_id"]
    for name in ("partner_memberships", "partner_instruments", "concern_members"):
        assert ids(name, "country_id") <= countries
    for row in rows("infrastructure_projects"):
        assert {row["country_id"], *parts(row["owner_country_ids"])} <= countries
    for row in rows("timeline"):
        assert set(parts(row["country_ids"])) <= countries, row["timeline_id"]


def test_every_item_label_is_mapped() -> None:
    labels = ids("item_labels", "label", "reference")
    for name in ("policy_register", "infrastructure_projects", "mofcom_reference_codes"):
        for row in rows(name):
            assert set(parts(row["item_labels"])) <= labels, row


def test_hs_codes_are_six_digits_of_text_with_a_basis() -> None:
    for row in rows("policy_register"):
        codes = list(parts(row["hs6_codes"]))
        assert all(re.fullmatch(r"\d{6}", code) for code in codes), row["event_id"]
        assert bool(codes) == bool(row["hs6_basis"]), row["event_id"]
    for row in rows("mofcom_reference_codes"):
        read = row["reference_code_corrected"] or row["reference_code_raw"]
        assert read[:6] == row["hs6"], row
        assert len(row["reference_code_raw"]) == int(row["code_length"])
        assert bool(row["reference_code_corrected"]) == bool(row["correction_reason"])


def test_references_to_events_exist() -> None:
    events = ids("policy_register", "event_id")
    assert ids("mofcom_reference_codes", "event_id") <= events
    assert ids("policy_conflicts", "event_id") <= events
    assert ids("policy_excluded_targets", "event_id") <= events
    assert ids("partner_instruments", "event_id") - {""} <= events


def test_institutions_are_marked_and_sources_given() -> None:
    for row in rows("partner_memberships"):
        is_institution = row["country_id"] in {"EUU", "OED"}
        assert (row["party_kind"] == "institution") == is_institution
    for name in KEYS.keys() - {
        "policy_conflicts",
        "mofcom_reference_codes",
        "project_status_probabilities",
    }:
        for row in rows(name):
            assert row["source_title"], row
            assert row["source_url"].startswith("http") or is_without_page(row), row


def is_without_page(row: Row) -> bool:
    """What is from own knowledge, a look-up without a hit or a file of a repository is marked."""
    marks = {row.get("verified_via", ""), row.get("evidence", "")}
    without = {"unverified", "lookup_no_hit", "own knowledge", "repository file"}
    return not row["source_url"] and bool(marks & without)


def test_own_knowledge_is_marked_and_never_high() -> None:
    for row in rows("partner_instruments"):
        assert (row["evidence"] == "own knowledge") == (row["verified_via"] == "unverified"), row
        assert row["evidence"] != "own knowledge" or row["confidence"] in {"medium", "low"}, row
    for row in rows("policy_register") + rows("policy_excluded_targets"):
        assert row["verified_via"] != "own_knowledge" or row["confidence"] != "high", row


def test_an_instrument_has_a_state_that_fits_its_status() -> None:
    types = ids("instrument_types", "instrument_type", "reference")
    fitting = {
        "held": {"in_force"}, "partial": {"in_force", "superseded", "suspended"},
        "planned": {"announced"}, "none_found": {""}, "none_stated": {""},
    }  # fmt: skip
    for row in rows("partner_instruments"):
        assert row["instrument_type"] in types, row
        assert row["status"] in fitting[row["state"]], row
        assert bool(row["valid_from"]) == (row["date_precision"] in {"day", "month"}), row
        if row["valid_from"]:
            assert row["start_year"] == row["valid_from"][:4], row
        assert not row["counterpart_ids"] or row["joint_instrument_id"], row
        assert row["country_id"] not in row["counterpart_ids"].split("|"), row


def test_no_law_against_a_party_counts_as_its_own_instrument() -> None:
    """The American easing for the Emirates is no export control law of theirs."""
    names = {(row["country_id"], row["instrument_name"]) for row in rows("partner_instruments")}
    assert ("ARE", "US licensing treatment for chip exports to the UAE eased") not in names
    assert not any(row["instrument_type"] == "investment_screening"
                   for row in rows("partner_instruments"))  # fmt: skip
