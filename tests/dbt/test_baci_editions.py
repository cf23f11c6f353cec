"""Random years of BACI in three revisions and three editions: each good counts once."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from sources.kit.catalog import catalog
from tests.fixture_world.dbt import build, read
from tests.fixture_world.landing import part
from warehouse.paths import DataPaths
from warehouse.storage.landing import declare_tables, land, land_bundle
from warehouse.storage.load_records import write_load_records_table, write_parameters

pytestmark = pytest.mark.timeout(600)

EDITIONS = {
    "V202401": date(2024, 1, 31),
    "V202501": date(2025, 1, 31),
    "V202601": date(2026, 1, 31),
}
#: What each code holds, after the United Nations' lists: within an edition HS2017 counts before
#: HS2022 before HS1992.
GOODS: dict[str, dict[str, str]] = {
    "HS2017": {
        "252800": "sodium borate, other borate",
        "282520": "lithium hydroxide",
        "810320": "tantalum",
        "810330": "tantalum scrap",
        "811292": "gallium, hafnium",
    },
    "HS2022": {
        "252800": "sodium borate, other borate",
        "282520": "lithium hydroxide",
        "810320": "tantalum",
        "810330": "tantalum scrap",
        "811231": "hafnium",
        "811292": "gallium",
    },
    "HS1992": {
        "252810": "sodium borate",
        "252890": "other borate",
        "282520": "lithium hydroxide",
        "810310": "tantalum, tantalum scrap",
    },
}
SHORT = {"HS1992": "HS92", "HS2017": "HS17", "HS2022": "HS22"}
#: Each year is a draw of its own.
YEARS = range(1996, 2022)
PAIRS = [("CHN", "JPN"), ("CHN", "KOR"), ("USA", "JPN")]
CodeYear = tuple[str, str, str, int]


def draw(seed: int) -> dict[CodeYear, list[dict[str, Any]]]:
    """Flows by edition, revision, code and year; about half of all code years exist."""
    rng = random.Random(seed)
    world: dict[CodeYear, list[dict[str, Any]]] = {}
    for edition in EDITIONS:
        for nomenclature, codes in GOODS.items():
            for code in codes:
                for year in YEARS:
                    if rng.random() < 0.5:
                        world[edition, nomenclature, code, year] = [
                            _flow(nomenclature, code, year, pair, rng.randint(1, 9_999))
                            for pair in rng.sample(PAIRS, rng.randint(1, 3))
                        ]
    return world


def _flow(nomenclature: str, code: str, year: int, pair: Any, kusd: int) -> dict[str, Any]:
    return {
        "year": year,
        "exporter_code": pair[0],
        "importer_code": pair[1],
        "code_system": "iso3",
        "nomenclature": nomenclature,
        "product_code": code,
        "value_kusd": float(kusd),
        "quantity_t": None,
        "is_truncated": False,
    }


def expected(world: dict[CodeYear, Any]) -> Iterator[CodeYear]:
    """Newest edition first, then by revision: a code counts unless goods of it are counted under
    its own number or in another revision."""
    newest, revisions = sorted(EDITIONS, reverse=True), list(GOODS)
    for year in YEARS:
        counted: list[tuple[str, str]] = []
        for edition in newest:
            for nomenclature in revisions:
                new = [
                    (nomenclature, code)
                    for code in GOODS[nomenclature]
                    if (edition, nomenclature, code, year) in world
                    and not any(_overlap((nomenclature, code), other) for other in counted)
                ]
                counted += new
                yield from ((edition, n, code, year) for n, code in new)


def _overlap(one: tuple[str, str], other: tuple[str, str]) -> bool:
    if one[0] == other[0]:
        return one[1] == other[1]
    goods, others = (set(GOODS[n][code].split(", ")) for n, code in (one, other))
    return one[1] == other[1] or bool(goods & others)


@pytest.fixture(scope="module", params=[1, 2])
def landed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[CodeYear, list[dict[str, Any]]], DataPaths]:
    world, sources = draw(request.param), catalog()
    paths = DataPaths.at(tmp_path_factory.mktemp("baci_editions") / "data")
    declare_tables(paths, sources.values())
    land_bundle(sources["un_hs"], paths)
    for edition, known_from in EDITIONS.items():
        for nomenclature, short in SHORT.items():
            for year in YEARS:
                rows = [
                    row
                    for (e, n, _, y), flows in world.items()
                    if (e, n, y) == (edition, nomenclature, year)
                    for row in flows
                ]
                if rows:
                    name = f"{edition}/{short}/{year}"
                    parsed = part(sources["cepii_baci"], edition, known_from, "flows", rows, name)
                    land(sources["cepii_baci"], parsed, "manual", paths)
    write_load_records_table(paths, dict(sources))
    write_parameters(paths)
    selection = ("--select", "+int_trade__reconciled", "assert_baci_goods_count_once")
    build(
        paths,
        *(*selection, "--indirect-selection", "cautious"),
        *("--exclude-resource-type", "unit_test"),
    )
    return world, paths


def test_each_code_year_counts_in_one_edition_and_revision(landed: Any) -> None:
    world, paths = landed
    rows = read(
        paths.database,
        "select distinct edition, nomenclature, product_code, cast(year as integer) as year "
        "from intermediate.int_trade__reconciled "
        "where source_id = 'cepii_baci' and is_preferred_series",
    )
    found = {(r["edition"], r["nomenclature"], r["product_code"], r["year"]) for r in rows}
    assert found == set(expected(world))


def test_flows_and_values_are_those_of_the_counted_code_years(landed: Any) -> None:
    world, paths = landed
    wanted = {
        (edition, nomenclature, code, year, flow["exporter_code"], flow["importer_code"]): (
            flow["value_kusd"] * 1000
        )
        for edition, nomenclature, code, year in expected(world)
        for flow in world[edition, nomenclature, code, year]
    }
    rows = read(
        paths.database,
        "select * from intermediate.int_trade__reconciled "
        "where source_id = 'cepii_baci' and is_preferred_series",
    )
    columns = ("edition", "nomenclature", "product_code", "year", "exporter_id", "importer_id")
    found = [(*(r[column] for column in columns), r["value_usd"]) for r in rows]
    assert sorted(found) == sorted((*key, value) for key, value in wanted.items())


def test_no_good_is_lost_and_none_counts_twice(landed: Any) -> None:
    _, paths = landed
    rows = read(
        paths.database,
        "select nomenclature, product_code, year, is_preferred_series "
        "from intermediate.int_trade__baci_editions where is_latest",
    )
    assert rows
    for year in YEARS:
        of_year = [r for r in rows if r["year"] == year]
        counted = [r for r in of_year if r["is_preferred_series"]]
        counted_goods = [
            good
            for r in counted
            for good in GOODS[r["nomenclature"]][r["product_code"]].split(", ")
        ]
        assert len(counted_goods) == len(set(counted_goods))
        for row in of_year:
            goods = set(GOODS[row["nomenclature"]][row["product_code"]].split(", "))
            # a code of several goods gives way to any of them, so that none is added twice
            assert goods & set(counted_goods), row


def test_all_editions_stay_facts_and_a_replaced_one_has_its_last_day(landed: Any) -> None:
    world, paths = landed
    rows = read(
        paths.database,
        "select edition, nomenclature, product_code, year, max(known_to_date) as known_to_date "
        "from intermediate.int_trade__reconciled where source_id = 'cepii_baci' group by all",
    )
    assert len(rows) == len(world)
    for row in rows:
        key = (row["nomenclature"], row["product_code"], row["year"])
        later = [day for e, day in EDITIONS.items() if e > row["edition"] and (e, *key) in world]
        assert row["known_to_date"] == (min(later) if later else None), row
