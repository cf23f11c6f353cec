"""Countries, minerals and dates in a text; aliases map to ids of the seeds."""

from __future__ import annotations

import csv
from datetime import date

import pytest

from sources.kit.date_parsing import find_dates
from sources.kit.entity_terms import (
    ALIASES,
    distinct_ids,
    find_countries,
    find_country,
    find_items,
)
from warehouse.paths import DBT_PROJECT

REFERENCE = DBT_PROJECT / "seeds" / "reference"


def column(path: str, name: str) -> set[str]:
    with (REFERENCE / path).open(encoding="utf-8", newline="") as handle:
        return {row[name] for row in csv.DictReader(handle)}


def aliases(name: str) -> list[dict[str, str]]:
    with (ALIASES / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_every_alias_leads_to_an_id_of_the_seeds() -> None:
    countries = column("countries.csv", "country_id")
    items = column("item_labels.csv", "label") | column("minerals.csv", "material_id")
    assert {row["country_id"] for row in aliases("countries.csv")} <= countries
    assert {row["item_label"] for row in aliases("items.csv")} <= items


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Korea and North Korea", ["KOR", "PRK"]),
        ("the U.S. told us that the US and UK agreed", ["USA", "GBR"]),
        ("the DRC and the Democratic Republic of the Congo", ["COD"]),
        ("JAPAN, Chinese officials; a turkey", ["JPN", "CHN"]),
        ("Indonesia-based miners in India", ["IDN", "IND"]),
        ("the two superpowers", []),
    ],
)
def test_the_longest_alias_matches_and_acronyms_are_case_sensitive(
    text: str, ids: list[str]
) -> None:
    assert distinct_ids(find_countries(text)) == ids


def test_a_name_is_a_country_and_an_adjective_is_not() -> None:
    assert find_country("Republic of  Korea") == "KOR"
    assert (find_country("Korean"), find_country("Atlantis")) == (None, None)


def test_items_are_labels_of_the_registers() -> None:
    hits = find_items("Rare earth magnets, rare earths, aluminum and tin; nickelodeon, latin")
    assert distinct_ids(hits) == ["permanent_magnets", "rare_earths", "aluminium", "tin"]


@pytest.mark.parametrize(
    ("text", "day", "precision"),
    [
        ("on 4 April 2025,", date(2025, 4, 4), "day"),
        ("On April 4th, 2025 it", date(2025, 4, 4), "day"),
        ("(2025-04-04)", date(2025, 4, 4), "day"),
        ("in Dec. 2025", date(2025, 12, 1), "month"),
        ("by Aug. 1", date(2026, 8, 1), "day"),
        ("1 August", date(2026, 8, 1), "day"),
    ],
)
def test_written_dates(text: str, day: date, precision: str) -> None:
    (found,) = find_dates(text, year=2026)
    assert (found.day, found.precision) == (day, precision)


def test_an_invalid_date_is_ignored() -> None:
    assert find_dates("31 February 2025") == []
