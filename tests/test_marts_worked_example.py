"""The five-country fixture data through all layers of dbt: `tests/fixture_world/README.md` derives
every number of this module, in thousand USD and tonnes as there.

Three builds serve the module: without the second editions, with all data as known on the same day
between the editions, and with all data.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.fixture_world.dbt import marts_of, read
from tests.fixture_world.figures import BETWEEN
from tests.fixture_world.worlds import Worlds
from warehouse.storage.read_only import literal

# the first test waits for three builds
approx = pytest.approx
pytestmark = [pytest.mark.xdist_group("world"), pytest.mark.timeout(900)]

Row = dict[str, Any]
BLOC = "BLOC:PAX_SILICA"
GRAPHITE = {"item_kind": "material", "item_id": "graphite", "stage_id": "ore"}
GALLIUM = {"item_kind": "material", "item_id": "gallium", "stage_id": "refined"}
BASKET = {"item_kind": "product", "item_id": "811292"}


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


# --- suppliers ---


def shares(database: Path, entity: str, year: int, item: Row, **key: Any) -> dict[str, float]:
    key = {"netting": "gross", "membership_variant": "none"} | key
    found = rows(database, "supplier_share", entity_id=entity, year=year, **item, **key)
    return {row["supplier_id"]: row["value_share"] for row in found}


@pytest.mark.parametrize(
    ("importer", "year", "expected"),
    [
        ("JPN", 2024, {"CHN": 0.8, "CAN": 0.2}),
        ("JPN", 2025, {"CHN": 0.6, "CAN": 0.2, "DEU": 0.1, "USA": 0.1}),
        ("USA", 2025, {"CHN": 0.5, "DEU": 0.3, "JPN": 0.2}),
        ("CAN", 2025, {"CHN": 0.8, "JPN": 0.2}),
        ("DEU", 2025, {"CHN": 0.3, "CAN": 0.3, "USA": 0.4}),
        ("JPN", 2026, {"CHN": 0.4, "CAN": 0.2, "DEU": 0.2, "NES": 0.2}),
    ],
)
def test_supplier_shares_of_graphite(
    world: Path, importer: str, year: int, expected: dict[str, float]
) -> None:
    assert shares(world, importer, year, GRAPHITE) == approx(expected)
    product = {"item_kind": "product", "item_id": "250410"}
    assert shares(world, importer, year, product) == approx(expected)


def test_ranking_by_weight_is_its_own(world: Path) -> None:
    key = {"entity_id": "JPN", "year": 2025, **GRAPHITE}
    found = {row["supplier_id"]: row for row in rows(world, "supplier_share", **key)}
    weights = {supplier: row["weight_share"] for supplier, row in found.items()}
    assert weights == approx({"CHN": 0.6, "CAN": 0.3, "DEU": 0.08, "USA": 0.02})  # 30,15,4,1 of 50
    assert found["CHN"]["value_usd"] == 60_000
    assert found["CHN"]["net_weight_kg"] == 30_000
    assert [found[x]["rank"] for x in ("CHN", "CAN")] == [1, 2]
    assert found["CHN"]["is_concern"]
    assert not found["CAN"]["is_concern"]


def test_one_unknown_weight_leaves_all_weight_shares_unknown(world: Path) -> None:
    found = rows(world, "supplier_share", entity_id="USA", year=2025, **GRAPHITE)
    assert {row["weight_share"] for row in found} == {None}


def test_unresolved_partners_stay_in_the_denominator(world: Path) -> None:
    expected = {"CHN": 0.25, "CAN": 0.5, "NES": 0.2, "UNMAPPED": 0.05}
    assert shares(world, "USA", 2025, BASKET) == approx(expected)


def test_a_basket_is_marked_wherever_it_stands_for_a_material(world: Path) -> None:
    found = rows(world, "supplier_share", entity_id="JPN", year=2025, **GALLIUM)
    assert {row["supplier_id"]: row["value_usd"] for row in found} == {"CHN": 30e3, "DEU": 10e3}
    for row in found:
        assert (row["is_basket"], row["basket_share"]) == (True, 1)
        # the share of gallium in the basket is unknown: from zero to one, and no number
        assert (row["value_share_low"], row["value_share_high"]) == (0, 1)
        assert row["value_share"] is None
        assert row["missing_reason"] == "the possible values lie too far apart"


@pytest.mark.parametrize(
    ("variant", "netting", "year", "expected"),
    [
        ("as_of_period", "extra", 2025, {"CHN": 110 / 170, "CAN": 20 / 170, "DEU": 40 / 170}),
        (
            "as_of_period",
            "gross",
            2025,
            {"CHN": 0.55, "DEU": 0.2, "CAN": 0.1, "JPN": 0.1, "USA": 0.05},
        ),
        ("as_of_today", "extra", 2025, {"CHN": 140 / 190, "CAN": 50 / 190}),
        ("as_of_period", "extra", 2026, {"CHN": 115 / 155, "CAN": 20 / 155, "NES": 20 / 155}),
    ],
)
def test_bloc_buys_as_one_importer(
    world: Path, variant: str, netting: str, year: int, expected: dict[str, float]
) -> None:
    key = {"membership_variant": variant, "netting": netting}
    assert shares(world, BLOC, year, GRAPHITE, **key) == approx(expected)


def test_before_the_founding_no_member_imports(world: Path) -> None:
    key = {"membership_variant": "as_of_period", "netting": "extra"}
    assert shares(world, BLOC, 2024, GRAPHITE, **key) == {}
    row = one(world, "bloc_dependency", year=2024, membership_variant="as_of_period", **GRAPHITE)
    assert row["n_members"] == 0
    assert (row["concern_share"], row["supplier_hhi"], row["extra_imports_usd"]) == (None,) * 3


# --- concentration ---


@pytest.mark.parametrize(
    ("entity", "year", "item", "expected"),
    [
        ("JPN", 2024, GRAPHITE, 0.68),
        ("USA", 2024, GRAPHITE, 1.0),  # a single supplier
        ("JPN", 2025, GRAPHITE, 0.42),
        ("USA", 2025, GRAPHITE, 0.38),
        ("CAN", 2025, GRAPHITE, 0.68),
        ("DEU", 2025, GRAPHITE, 0.34),
        ("CHN", 2025, GRAPHITE, 0.5),
        ("JPN", 2025, BASKET, 0.625),
        ("USA", 2025, BASKET, 0.355),
    ],
)
def test_import_concentration(
    world: Path, entity: str, year: int, item: Row, expected: float
) -> None:
    key = {"scope": "entity_imports", "entity_id": entity, "year": year}
    assert one(world, "concentration", **key, **item)["hhi"] == approx(expected)


@pytest.mark.parametrize(
    ("year", "item", "expected", "top"),
    [
        (2024, GRAPHITE, 0.9**2 + 0.1**2, 0.9),
        (2025, GRAPHITE, 0.2853125, 0.45),
        (2025, BASKET, 0.33875, 0.5),
    ],
)
def test_world_export_concentration(
    world: Path, year: int, item: Row, expected: float, top: float
) -> None:
    row = one(world, "concentration", scope="world_exports", year=year, **item)
    assert row["hhi"] == approx(expected)
    assert (row["top1_id"], row["top1_share"]) == ("CHN", approx(top))
    assert row["cr_concern_share"] == approx(top)


def test_bloc_concentration_extra_and_gross(world: Path) -> None:
    key = {"scope": "entity_imports", "entity_id": BLOC, "year": 2025, **GRAPHITE}
    period = {"membership_variant": "as_of_period"}
    extra = one(world, "concentration", netting="extra", **period, **key)
    assert extra["hhi"] == approx(141 / 289)
    gross = one(world, "concentration", netting="gross", **period, **key)
    assert gross["hhi"] == approx(0.365)
    today = one(world, "concentration", netting="extra", membership_variant="as_of_today", **key)
    assert today["hhi"] == approx(221 / 361)


def test_governance_weights_each_square(world: Path) -> None:
    """g = (2.5 - estimate) / 5: CHN 0.6, CAN 0.3, DEU 0.4, USA 0.5."""
    row = one(
        world, "concentration", scope="entity_imports", entity_id="JPN", year=2025, **GRAPHITE
    )
    expected = 0.36 * 0.6 + 0.04 * 0.3 + 0.01 * 0.4 + 0.01 * 0.5
    assert row["hhi_wgi"] == approx(expected)


def test_production_concentration_is_bounded_by_the_unnamed(world: Path) -> None:
    key = {"scope": "world_production", "year": 2025, "edition": "2027", **GRAPHITE}
    row = one(world, "concentration", denominator="sum_rows", **key)
    named = (77**2 + 18**2 + 5**2) / 110**2
    assert row["hhi_low"] == approx(named)
    assert row["hhi_high"] == approx(named + 2 * 5**2 / 110**2)  # two unnamed of 5 t each
    assert row["hhi_low"] <= row["hhi"] <= row["hhi_high"]
    assert row["residual_share"] == approx(10 / 110)


# --- dependency ---


def test_partner_dependency_of_japan(world: Path) -> None:
    row = one(world, "partner_dependency", entity_id="JPN", year=2025, **GRAPHITE)
    assert (row["imports_usd"], row["exports_usd"]) == (100_000, 30_000)  # to USA 20, CAN 10
    assert row["imports_t"] == approx(50)
    assert row["concern_share"] == approx(0.6)
    assert row["concern_share_weight"] == approx(0.6)
    assert (row["top_supplier_id"], row["top_supplier_share"]) == ("CHN", approx(0.6))
    assert row["supplier_hhi"] == approx(0.42)
    assert row["yoy_concern_share_pp"] == approx(-20)  # from 0.8 in 2024
    assert row["basket_share"] == 0


def test_partner_dependency_keeps_unresolved_partners(world: Path) -> None:
    states = one(world, "partner_dependency", entity_id="USA", year=2025, **BASKET)
    assert states["concern_share"] == approx(0.25)
    # every unresolved partner may be a country of concern
    assert states["concern_share_low"] == approx(0.25)
    assert states["concern_share_high"] == approx(0.5)


@pytest.mark.parametrize(
    ("variant", "year", "gross", "intra", "concern", "hhi"),
    [
        ("as_of_period", 2025, 200, 30, 11 / 17, 141 / 289),
        ("as_of_today", 2025, 300, 110, 14 / 19, 221 / 361),
        ("candidate:CAN", 2025, 350, 170, 1, 1),
        ("as_of_period", 2026, 300, 145, 23 / 31, 561 / 961),
        ("as_of_today", 2024, 200, 0, 0.9, 0.82),
    ],
)
def test_bloc_dependency(
    world: Path, variant: str, year: int, gross: float, intra: float, concern: float, hhi: float
) -> None:
    row = one(world, "bloc_dependency", membership_variant=variant, year=year, **GRAPHITE)
    assert row["gross_imports_usd"] == approx(gross * 1000)
    assert row["intra_imports_usd"] == approx(intra * 1000)
    assert row["extra_imports_usd"] == approx((gross - intra) * 1000)
    assert row["concern_share"] == approx(concern)
    assert row["supplier_hhi"] == approx(hhi)


def test_accession_of_canada_raises_the_share_of_concern(world: Path) -> None:
    row = one(world, "bloc_dependency", membership_variant="candidate:CAN", year=2025, **GRAPHITE)
    assert row["delta_vs_base_pp"] == approx((1 - 14 / 19) * 100)


@pytest.mark.parametrize(
    ("variant", "year", "n_members"),
    [("as_of_period", 2025, 7), ("as_of_today", 2025, 24), ("candidate:CAN", 2025, 25)],
)
def test_members_are_counted_by_date(world: Path, variant: str, year: int, n_members: int) -> None:
    """The European Union signed too; it is no state and has no flows of its own."""
    row = one(world, "bloc_dependency", membership_variant=variant, year=year, **GRAPHITE)
    assert row["n_members"] == n_members


def test_most_exposed_member(world: Path) -> None:
    """Extra-bloc imports 2025 as of the period: JPN 60/90, USA 50/80."""
    row = one(world, "bloc_dependency", membership_variant="as_of_period", year=2025, **GRAPHITE)
    assert row["most_exposed_member_id"] == "JPN"
    assert row["most_exposed_share"] == approx(2 / 3)
    assert row["dispersion_pp"] == approx((2 / 3 - 5 / 8) * 100)


@pytest.mark.parametrize(
    ("method", "criterion", "year", "value", "passed"),
    [
        ("GEODEP", "IMPORT_HHI", 2025, 0.42, True),
        ("GEODEP", "WORLD_EXPORT_HHI", 2025, 0.2853125, False),
        ("GEODEP", "IMPORT_EXPORT_RATIO", 2025, 100 / 30, True),
        ("GEODEP", "IMPORT_EXPORT_RATIO", 2024, 9999, True),  # Japan sold nothing
        ("GEODEP", "IMPORT_HHI", 2024, 0.68, True),
        ("GEODEP", "WORLD_EXPORT_HHI", 2024, 0.82, True),
        ("EC_CDI", "CDI1", 2025, 0.42, True),
        ("EC_CDI", "CDI2", 2025, 1.0, True),
        ("EC_CDI", "CDI3", 2025, 100 / 30, True),
        ("EC_CDI", "CDI3", 2024, None, True),
    ],
)
def test_dependency_criteria_of_japan(
    world: Path, method: str, criterion: str, year: int, value: float | None, passed: bool
) -> None:
    row = one(
        world,
        "dependency_tests",
        entity_id="JPN",
        product_code="250410",
        year=year,
        method_id=method,
        criterion_id=criterion,
    )
    assert row["criterion_value"] == (None if value is None else approx(value))
    assert row["is_passed"] is passed


@pytest.mark.parametrize(
    ("method", "year", "dependent"),
    [
        ("EC_CDI", 2025, True),  # all three criteria hold in the year
        ("GEODEP", 2024, None),  # one year seen, two of three needed: open
        ("GEODEP", 2025, False),  # 2024 passes, 2025 does not
        ("GEODEP", 2026, False),
    ],
)
def test_dependency_by_method(world: Path, method: str, year: int, dependent: bool | None) -> None:
    found = rows(
        world,
        "dependency_tests",
        entity_id="JPN",
        product_code="250410",
        year=year,
        method_id=method,
    )
    assert {row["is_dependent_by_method"] for row in found} == {dependent}


# --- reliance and use, agreement, taking suppliers away ---


@pytest.mark.parametrize(
    ("material", "edition", "method", "ratio", "operator", "exporter"),
    [
        ("graphite", "2026", "published", 0.75, ">", False),
        ("graphite", "2026", "identity", None, "=", False),  # what is mined is withheld
        ("graphite", "2027", "published", 0.8, "=", False),
        ("graphite", "2027", "identity", 0.8, "=", False),  # (30 - 10) / (5 + 30 - 10)
        ("germanium", "2026", "published", 0.5, ">", False),  # above one half, not one half
        ("beryllium", "2026", "published", None, "=", True),  # a net exporter, not zero
    ],
)
def test_reliance_of_the_united_states(
    world: Path, material: str, edition: str, method: str, ratio: float | None, operator: str,
    exporter: bool,
) -> None:  # fmt: skip
    key = {"country_id": "USA", "year": 2025, "source_id": "usgs_mcs"}
    row = one(
        world, "net_import_reliance", material_id=material, edition=edition, method=method, **key
    )
    assert row["nir_ratio"] == (None if ratio is None else approx(ratio))
    assert (row["nir_operator"], row["is_net_exporter"]) == (operator, exporter)


def test_reliance_by_trade_alone_is_named_so(world: Path) -> None:
    """Japan 2025 bought for 100 and sold for 30."""
    key = {"country_id": "JPN", "material_id": "graphite", "year": 2025}
    row = one(world, "net_import_reliance", **key)
    assert (row["method"], row["nir_ratio"]) == ("trade_only_proxy", approx(0.7))
    assert row["ac_t"] is None


def test_use_of_graphite_adds_up(world: Path) -> None:
    row = one(world, "apparent_consumption", material_id="graphite", year=2025, edition="2027")
    assert (row["consumption_quantity"], row["balance_quantity"]) == (25, 25)
    assert (row["primary_production_quantity"], row["stock_change_status"]) == (5, "not_listed")
    first = one(world, "apparent_consumption", material_id="graphite", year=2025, edition="2026")
    assert (first["primary_production_status"], first["balance_quantity"]) == ("withheld", None)
    states = one(world, "partner_dependency", entity_id="USA", year=2025, **GRAPHITE)
    assert (states["nir_ratio"], states["apparent_consumption_t"]) == (approx(0.8), 25)


@pytest.mark.parametrize(
    ("country", "agreement_class", "ratio"),
    [
        ("CHN", "differ", 1.1),
        ("CAN", "agree", 1),
        ("USA", "one_missing", None),  # withheld in the first edition
        ("WLD", "differ", 1.1),
    ],
)
def test_editions_side_by_side(
    world: Path, country: str, agreement_class: str, ratio: float | None
) -> None:
    row = one(world, "source_agreement", material_id="graphite", country_id=country, year=2025)
    assert (row["edition_a"], row["edition_b"]) == ("2026", "2027")
    assert row["agreement_class"] == agreement_class
    assert row["quantity_ratio"] == (None if ratio is None else approx(ratio))


@pytest.mark.parametrize(
    ("scope", "removal", "left", "removed"),
    [
        ("world", "top1", 33 / 110, "CHN"),
        ("world", "top2", 15 / 110, "CAN|CHN"),  # other countries stay, they are nobody
        ("world", "concern", 33 / 110, "CHN"),
        ("world", "member:USA", 105 / 110, "USA"),
        ("JPN", "top1", 0.4, "CHN"),
        ("JPN", "top2", 0.2, "CAN|CHN"),
        ("USA", "concern", 0.5, "CHN"),
    ],
)
def test_what_is_left_without(
    world: Path, scope: str, removal: str, left: float, removed: str
) -> None:
    key = {"material_id": "graphite", "stage_id": "ore", "year": 2025}
    row = one(world, "n_minus", scope=scope, removal=removal, **key)
    assert (row["n1_supply_share"], row["removed_ids"]) == (approx(left), removed)
    # 5 t fewer, and 25 t fewer to be used
    balance = 105 / 85 if removal == "member:USA" else None
    assert row["n1_balance_ratio"] == (None if balance is None else approx(balance))


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


# --- quality: grades, coverage, payloads, descriptions ---


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
    chips = card(world, "importer_tier", "JPN|chip", "2024")
    assert (chips["coverage_status"], chips["coverage_share"]) == ("not_covered", 0)
    assert (chips["grade"], chips["is_publishable"]) == ("D", False)
    chips = card(world, "importer_tier", "JPN|chip", "2025")
    assert chips["coverage_status"] == "incomplete"  # memory and logic, and no other chip
    assert chips["coverage_share"] == approx(2 / chips["n_rows"])
    ores = card(world, "importer_tier", "JPN|raw", "2025")
    # both codes of natural graphite and bauxite, and no other ore
    assert ores["coverage_status"] == "incomplete"
    assert ores["coverage_share"] == approx(3 / ores["n_rows"])


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


def test_provenance_leads_to_landed_files(worlds: Worlds) -> None:
    found = rows(worlds.world, "provenance", mart="supplier_share", lineage_id="cepii_baci@V202601")
    assert sorted(row["n_rows"] for row in found) == [4, 37]  # a payload per year
    for row in found:
        sha256 = row["payload_sha256"]
        assert (worlds.paths.raw / sha256[:2] / sha256).is_file()
        assert (row["licence_id"], row["redistribution"]) == ("etalab-2.0", "derived")


def test_dictionary_has_every_column_of_every_mart(world: Path) -> None:
    built = read(
        world,
        "select table_name as mart, column_name, ordinal_position as column_position"
        " from information_schema.columns where table_schema = 'marts'",
    )
    listed = read(world, "select mart, column_name, column_position from marts.data_dictionary")
    assert sorted(map(str, listed)) == sorted(map(str, built))
    itself = one(world, "data_dictionary", mart="data_dictionary", column_name="unit")
    assert (itself["unit"], itself["null_meaning"]) == ("text", "never null")


# --- origins behind suppliers, and what stands behind a chip ---

BAUXITE = {"material_id": "bauxite", "stage_id": "ore", "year": 2025}


@pytest.mark.parametrize(
    ("consumer", "origin", "share", "low", "high", "direct", "hub"),
    [
        ("JPN", "IDN", 0.5, 0.5, 0.5, 0.125, "HKG"),
        ("JPN", "GIN", 0.5, 0.5, 0.5, 0.375, "HKG"),
        ("JPN", "HKG", 0, 0, 0, 0.5, None),  # it sells, and digs nothing
        ("HKG", "IDN", 0.75, 0.75, 0.75, 0.75, None),
        ("DEU", "IDN", 0.8, 0.8, 0.8, 0.8, None),  # nobody stands between
        ("CAN", "IDN", 0.2, 1 / 9, 5 / 9, 0, "MYS"),
        ("CAN", "GIN", 0.8, 4 / 9, 8 / 9, 0.8, None),
    ],
)
def test_origin_of_bauxite(
    world: Path, consumer: str, origin: str, share: float, low: float, high: float,
    direct: float, hub: str | None,
) -> None:  # fmt: skip
    row = one(world, "origin_lookthrough", consumer_id=consumer, origin_id=origin, **BAUXITE)
    found = [row[f"origin_share{end}"] for end in ("", "_low", "_high")]
    assert found == approx([share, low, high])
    assert row["direct_share"] == approx(direct)
    assert row["top_hub_id"] == hub
    assert row["is_rescaled"] is (consumer == "CAN")


def test_exports_beyond_the_supply_are_named(world: Path) -> None:
    row = one(world, "origin_coverage", **BAUXITE)
    assert (row["state"], row["rescaled_ids"]) == ("traced", "MYS")
    assert row["unexplained_export_share"] == approx(8 / 120)
    assert (row["production_t"], row["consumption_t"]) == approx((150, 150))


@pytest.mark.parametrize(
    ("entity", "direct", "indirect"),
    [
        ("JPN", [0.125, 0.125], [0.5, 0.5]),
        ("DEU", [0.8, 0.8], [0.8, 0.8]),
        ("CAN", None, [1 / 9, 5 / 9]),  # it buys nothing of Indonesia itself
        (BLOC, [0.35, 0.35], [0.6, 0.6]),
    ],
)
def test_a_ban_reaches_through_the_re_exporter(
    world: Path, entity: str, direct: list[float] | None, indirect: list[float]
) -> None:
    """Indonesia's ban of 2023 covers the code whole; there is no year before it."""
    key = {"entity_id": entity, "netting": "gross", "item_id": "bauxite", "stage_id": "ore",
           "is_as_of_date": True, "issuer_is_concern": False}  # fmt: skip
    found = {
        (row["path"], row["window_rule"]): row for row in rows(world, "control_exposure", **key)
    }
    for rule in ("pre_effective", "trailing_to_t"):
        row = found["indirect", rule]
        assert [row["exposure_share_low"], row["exposure_share_high"]] == approx(indirect, abs=1e-9)
        assert row["active_clause_ids"] == "IDN-2023-BAUXITE-BAN"
        assert (row["share_basis"], row["base_imports_usd"]) == ("net_weight", None)
        sold = found.get(("direct", rule))
        if direct is None:
            assert sold is None
        else:
            assert sold is not None
            assert [sold["exposure_share_low"], sold["exposure_share_high"]] == approx(direct)
    assert not any(row["is_headline"] for row in found.values())


def test_a_basket_has_no_indirect_exposure(world: Path) -> None:
    paths = {row["path"] for row in rows(world, "control_exposure", item_id="gallium")}
    assert paths == {"direct"}, "no row, not a row of nothing"


@pytest.mark.parametrize(
    ("node", "own", "weakest", "index", "measured", "behind"),
    [
        ("X_HBM", 0.1, 0.4, 0.46, 2, 2),
        ("X_ACCELERATOR", None, 0.4, 0.568, 3, 7),
    ],
)
def test_stack_behind_a_chip_of_japan(
    world: Path, node: str, own: float | None, weakest: float, index: float, measured: int,
    behind: int,
) -> None:  # fmt: skip
    row = one(world, "ai_stack_exposure", entity_id="JPN", node_id=node, year=2025)
    assert row["concern_share"] == (own and approx(own))
    assert (row["missing_reason"] is None) is (own is not None)
    assert (row["weakest_link_share"], row["weakest_link_good_id"]) == (approx(weakest), "g_wafers")
    assert row["composite_index"] == approx(index)
    assert (row["n_goods_behind_measured"], row["n_goods_behind"]) == (measured, behind)
    assert row["completeness_share"] == approx(measured / behind)


# --- knowledge time ---


def differing(left: Path, right: Path, mart: str, where: str = "true", columns: str = "*") -> int:
    """Rows that only one of two databases has."""
    either = f"(select {columns} from {{a}}.marts.{mart} where {where})"
    sql = f"""
        select count(*) as n from (
            ({either.format(a="l")} except all {either.format(a="r")})
            union all
            ({either.format(a="r")} except all {either.format(a="l")})
        )
    """
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(str(left))} as l (read_only)")
        connection.execute(f"attach {literal(str(right))} as r (read_only)")
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


@pytest.mark.parametrize(
    ("mart", "columns"),
    [
        ("supplier_share", "*"),
        # the base that accessions are compared with is today's, and output of 2025 was revised
        (
            "bloc_dependency",
            "* exclude (delta_vs_base_pp, bloc_production_share, lineage_id)",
        ),
    ],
)
def test_a_later_accession_never_alters_earlier_periods(
    world: Path, between: Path, mart: str, columns: str
) -> None:
    """Germany signs on 2026-06-23; 2025 as of the period is the same before and after."""
    where = "membership_variant = 'as_of_period' and period_end_date <= date '2025-12-31'"
    assert rows(world, mart, membership_variant="as_of_period", year=2025)
    assert differing(world, between, mart, where, columns) == 0
    today = "membership_variant = 'as_of_today' and year = 2025"
    assert differing(world, between, mart, today, columns) > 0
