"""The five-country world through all rooms of dbt: every number here is worked out on paper in
`tests/world/README.md`, in thousand USD and tonnes as there.

Three builds of one home serve the module: a world in which the second editions do not exist, the
whole world as known on the same day between the editions, and the whole world.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pytest import approx

from tests.world.dbt import build, marts_of, read
from tests.world.figures import BETWEEN
from tests.world.landing import land_world
from warehouse.rooms import Rooms

Row = dict[str, Any]
BLOC = "BLOC:PAX_SILICA"
GRAPHITE = {"item_kind": "material", "item_id": "graphite", "stage_id": "ore"}
GALLIUM = {"item_kind": "material", "item_id": "gallium", "stage_id": "refined"}
BASKET = {"item_kind": "product", "item_id": "811292"}


@dataclass(frozen=True)
class Worlds:
    """One home, built three times; a copy of its database after each."""

    rooms: Rooms
    before: Path
    between: Path
    world: Path


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Worlds:
    rooms = Rooms.at(tmp_path_factory.mktemp("world"))
    data = ("--resource-type", "seed", "--resource-type", "model")
    land_world(rooms, as_known_on=BETWEEN, with_second_editions=False)
    build(rooms, *data)
    before = keep(rooms, "before")
    land_world(rooms, as_known_on=BETWEEN)
    build(rooms, *data)
    between = keep(rooms, "between")
    land_world(rooms)
    build(rooms, "--exclude-resource-type", "unit_test")
    return Worlds(rooms, before, between, keep(rooms, "world"))


def keep(rooms: Rooms, name: str) -> Path:
    return Path(shutil.copy(rooms.database, rooms.home / f"{name}.duckdb"))


@pytest.fixture(scope="module")
def world(worlds: Worlds) -> Path:
    """Everything known: both editions, Germany a member."""
    return worlds.world


@pytest.fixture(scope="module")
def between(worlds: Worlds) -> Path:
    """Both editions landed, built as known on a day between them."""
    return worlds.between


@pytest.fixture(scope="module")
def before(worlds: Worlds) -> Path:
    """The second editions never landed; same day of knowledge."""
    return worlds.before


def rows(database: Path, table: str, **key: Any) -> list[Row]:
    conditions = " and ".join(f"{column} = ?" for column in key) or "true"
    return read(database, f"select * from marts.{table} where {conditions}", list(key.values()))


def one(database: Path, table: str, **key: Any) -> Row:
    found = rows(database, table, **key)
    assert len(found) == 1, f"{len(found)} rows of {table} where {key}"
    return found[0]


# --- production ---


@pytest.mark.parametrize(
    ("edition", "denominator", "country", "expected"),
    [
        ("2026", "sum_rows", "CHN", 70 / 98),
        ("2026", "printed_total", "CHN", 70 / 100),
        ("2026", "sum_rows", "CAN", 18 / 98),
        ("2026", "sum_rows", "NES", 10 / 98),
        ("2026", "sum_rows", "USA", None),  # withheld is not zero
        ("2027", "sum_rows", "CHN", 77 / 110),
        ("2027", "printed_total", "CHN", 77 / 110),
        ("2027", "sum_rows", "USA", 5 / 110),
    ],
)
def test_production_share_of_2025_names_its_denominator(
    world: Path, edition: str, denominator: str, country: str, expected: float | None
) -> None:
    row = one(
        world,
        "production_share",
        material_id="graphite",
        stage_id="ore",
        year=2025,
        edition=edition,
        denominator=denominator,
        country_id=country,
    )
    assert row["production_share"] == (None if expected is None else approx(expected))


def test_production_is_ranked_among_named_countries(world: Path) -> None:
    key = {"material_id": "graphite", "year": 2026, "denominator": "sum_rows"}
    ranks = {row["country_id"]: row["rank"] for row in rows(world, "production_share", **key)}
    assert ranks == {"CHN": 1, "CAN": 2, "USA": 3, "NES": None}  # other countries are no rival


# --- what editions did to numbers ---


@pytest.mark.parametrize(
    ("country", "kind", "change", "relative"),
    [
        ("CHN", "revised", 7, 77 / 70 - 1),
        ("CAN", "confirmed", 0, 0),
        ("USA", "disclosed", None, None),  # nothing is subtracted from a withheld number
        ("NES", "confirmed", 0, 0),
        ("WLD", "revised", 10, 0.1),
    ],
)
def test_revision_of_2025(
    world: Path, country: str, kind: str, change: float | None, relative: float | None
) -> None:
    row = one(world, "vintage_revision", material_id="graphite", country_id=country)
    assert (row["year"], row["edition_from"], row["edition_to"]) == (2025, "2026", "2027")
    assert row["days_between"] == 364  # 2026-02-06 to 2027-02-05
    assert row["revision_kind"] == kind
    assert row["quantity_abs_change"] == (None if change is None else approx(change))
    assert row["quantity_rel_change"] == (None if relative is None else approx(relative))


def test_revised_share_moves_with_every_row_of_the_edition(world: Path) -> None:
    china = one(world, "vintage_revision", material_id="graphite", country_id="CHN")
    assert china["production_share_from"] == approx(70 / 98)
    assert china["production_share_to"] == approx(77 / 110)
    assert china["printed_share_from"] == approx(0.70)
    assert china["production_share_change_pp"] == approx((77 / 110 - 70 / 98) * 100)
    assert (china["rank_from"], china["rank_to"], china["rank_change"]) == (1, 1, 0)
    states = one(world, "vintage_revision", material_id="graphite", country_id="USA")
    assert (states["value_status_from"], states["quantity_from"]) == ("withheld", None)
    assert states["quantity_to"] == 5


# --- quality: grades, coverage, payloads, words ---


def card(database: Path, kind: str, subject: str, period: str) -> Row:
    key = {"subject_kind": kind, "subject_id": subject, "period": period}
    return one(database, "quality_scorecard", **key)


def test_reporter_is_graded_by_its_worst_measure(world: Path) -> None:
    states = card(world, "reporter", "USA|cepii_baci", "2025")
    assert states["unmapped_share"] == approx(10 / 140)  # of graphite 100 and basket 40
    assert states["missing_weight_share"] == approx(30 / 140)
    assert states["basket_share"] == approx(40 / 140)
    # unmapped 0.071 is C (to 0.10), basket 0.286 is C (above 0.25), missing weight 0.214 is B
    assert (states["grade"], states["grade_reasons"]) == ("C", "basket_share|unmapped_share")


def test_unknown_partner_shows_in_the_partner_material(world: Path) -> None:
    japan = card(world, "partner_material", "JPN|graphite|ore", "2026")
    assert japan["unmapped_share"] == approx(0.2)
    assert (japan["grade"], japan["is_publishable"]) == ("D", False)  # above 0.10


def test_withheld_and_unnamed_output_lower_the_material(world: Path) -> None:
    first = card(world, "material", "graphite|ore", "2024")
    assert first["coverage_share"] == approx(0.8)  # 50 + 30 named of 100 printed
    assert first["withheld_share"] == approx(1 / 3)  # the United States among three countries
    later = card(world, "material", "graphite|ore", "2025")
    assert later["coverage_share"] == approx(100 / 110)
    assert later["withheld_share"] == 0


def test_a_tier_without_figures_is_not_covered_and_no_zero(world: Path) -> None:
    chips = card(world, "importer_tier", "JPN|chip", "2025")
    assert (chips["coverage_status"], chips["coverage_share"]) == ("not_covered", 0)
    assert (chips["grade"], chips["is_publishable"]) == ("D", False)
    ores = card(world, "importer_tier", "JPN|raw", "2025")
    assert ores["coverage_status"] == "incomplete"  # natural graphite, and no other ore
    assert ores["coverage_share"] == approx(1 / ores["n_rows"])


@pytest.mark.parametrize(
    ("source", "edition", "days"),
    [("usgs_mcs", "2027", 0), ("cepii_baci", "V202701", 15), ("worldbank_wgi", "2025", 499)],
)
def test_freshness_counts_from_the_newest_evidence(
    world: Path, source: str, edition: str, days: int
) -> None:
    """The newest evidence is the production edition of 2027-02-05."""
    assert card(world, "source", source, edition)["freshness_days"] == days


def test_superseded_edition_is_not_called_stale(world: Path) -> None:
    assert card(world, "source", "usgs_mcs", "2026")["freshness_days"] is None


def test_provenance_leads_to_bytes_that_lie_there(worlds: Worlds) -> None:
    found = rows(worlds.world, "provenance", mart="supplier_share", lineage_id="cepii_baci@V202601")
    assert sorted(row["n_rows"] for row in found) == [3, 19]  # a payload per year
    for row in found:
        sha256 = row["payload_sha256"]
        assert (worlds.rooms.raw / sha256[:2] / sha256).is_file()
        assert (row["licence_id"], row["redistribution"]) == ("etalab-2.0", "derived")


def test_dictionary_has_every_column_of_every_mart(world: Path) -> None:
    built = read(
        world,
        "select table_name as mart, column_name, ordinal_position as column_position"
        " from information_schema.columns where table_schema = 'marts'",
    )
    told = read(world, "select mart, column_name, column_position from marts.data_dictionary")
    assert sorted(map(str, told)) == sorted(map(str, built))
    units = read(world, "select * from marts.data_dictionary where column_name = 'unit'")
    assert [row["unit"] for row in units] == ["text"]


# --- two clocks ---


def differing(left: Path, right: Path, mart: str, where: str = "true") -> int:
    """Rows that one of two homes has and the other has not."""
    either = f"(select * from {{a}}.marts.{mart} where {where})"
    sql = f"""
        select count(*) as n from (
            ({either.format(a="l")} except all {either.format(a="r")})
            union all
            ({either.format(a="r")} except all {either.format(a="l")})
        )
    """
    with duckdb.connect() as connection:
        connection.execute(f"attach '{left}' as l (read_only)")
        connection.execute(f"attach '{right}' as r (read_only)")
        counted = connection.execute(sql).fetchone()
    assert counted is not None
    return int(counted[0])


def test_later_editions_leave_no_trace_in_an_earlier_day(between: Path, before: Path) -> None:
    assert marts_of(between) == marts_of(before)
    assert {mart: differing(between, before, mart) for mart in marts_of(between)} == dict.fromkeys(
        marts_of(between), 0
    )


def test_on_a_day_between_only_first_editions_are_known(between: Path) -> None:
    editions = {row["edition"] for row in rows(between, "production_share")}
    assert editions == {"2026"}
    assert rows(between, "vintage_revision") == []
    assert {row["year"] for row in rows(between, "fct_trade_reconciled")} == {2024, 2025}
    latest = read(between, "select max(known_from_date) as day from marts.dim_source_edition")
    assert latest[0]["day"] <= BETWEEN


def test_members_on_a_day_between(between: Path) -> None:
    """Seven founders, then QAT, ARE, IND, SWE: eleven states."""
    members = read(
        between,
        "select count(*) as n from marts.bridge_bloc_membership"
        " where bloc_id = ? and membership_type = 'signatory' and party_kind = 'country'",
        [BLOC],
    )
    assert members == [{"n": 11}]


@pytest.mark.parametrize("mart", ["supplier_share", "bloc_dependency"])
def test_a_later_accession_never_alters_earlier_periods(
    world: Path, between: Path, mart: str
) -> None:
    """Germany signs on 2026-06-23; 2025 as of the period is the same before and after."""
    where = "membership_variant = 'as_of_period' and period_end_date <= date '2025-12-31'"
    assert differing(world, between, mart, where) == 0
    today = "membership_variant = 'as_of_today'"
    assert differing(world, between, mart, today) > 0
