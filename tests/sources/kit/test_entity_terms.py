"""Countries, minerals and days in a text; the vocabulary leads to ids that the warehouse has."""

from __future__ import annotations

import csv
from datetime import date

import pytest

from sources.kit.date_parsing import written_days
from sources.kit.entity_terms import VOCABULARY, country_of, distinct, find_countries, find_items
from warehouse.paths import DBT_PROJECT

REFERENCE = DBT_PROJECT / "seeds" / "reference"


def column(path: str, name: str) -> set[str]:
    with (REFERENCE / path).open(encoding="utf-8", newline="") as handle:
        return {row[name] for row in csv.DictReader(handle)}


def vocabulary(name: str) -> list[dict[str, str]]:
    with (VOCABULARY / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_every_alias_leads_to_an_id_of_the_seeds() -> None:
    countries = column("countries.csv", "country_id")
    items = column("item_labels.csv", "label") | column("minerals.csv", "material_id")
    assert {row["country_id"] for row in vocabulary("countries.csv")} <= countries
    assert {row["item_label"] for row in vocabulary("items.csv")} <= items


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
def test_the_longest_name_wins_and_acronyms_keep_their_case(text: str, ids: list[str]) -> None:
    assert distinct(find_countries(text)) == ids


def test_a_name_alone_is_a_country_an_adjective_is_not() -> None:
    assert country_of("Republic of  Korea") == "KOR"
    assert (country_of("Korean"), country_of("Atlantis")) == (None, None)


def test_items_are_labels_of_the_registers() -> None:
    hits = find_items("Rare earth magnets, rare earths, aluminum and tin; nickelodeon, latin")
    assert distinct(hits) == ["permanent_magnets", "rare_earths", "aluminium", "tin"]


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
def test_days_as_they_are_written(text: str, day: date, precision: str) -> None:
    (found,) = written_days(text, year=2026)
    assert (found.day, found.precision) == (day, precision)


def test_a_day_that_is_none_is_not_mended() -> None:
    assert written_days("31 February 2025") == []
