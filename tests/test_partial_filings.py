"""Filings of some reporters, on different days, complete or not, move nobody else's headline."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from expectations.runner import list_subjects, run_checkpoint
from orchestration.defs.collect_check_results import collect_check_results
from sources.kit.catalog import SourceSpec, catalog
from sources.kit.contract import Parsed
from tests.fixture_world.comtrade import NUMBERS, Declaration, declaration_row
from tests.fixture_world.dbt import build, read
from tests.fixture_world.figures import BASKET, GRAPHITE, OTHER_GRAPHITE
from tests.fixture_world.landing import land_world, part
from tests.fixture_world.worlds import Worlds, keep
from warehouse.paths import DataPaths
from warehouse.release import Published, RunInfo, export_marts, publish
from warehouse.storage.landing import land
from warehouse.storage.load_records import write_load_records_table, write_parameters

pytestmark = [pytest.mark.xdist_group("world"), pytest.mark.timeout(900)]

COUNTRIES = sorted(NUMBERS)
HEADLINE = """
    select
        concat_ws(
            '|', entity_id, item_kind, item_id, stage_id, year, period_type, period_start_date
        ) as cell,
        entity_id, year, round(imports_usd) as imports_usd, round(concern_share, 9) as share,
        round(concern_share_low, 9) as low, round(concern_share_high, 9) as high, source_ids
    from marts.partner_dependency
    where netting = 'gross' and membership_variant = 'none'
"""
BLOC = "BLOC:PAX_SILICA"
BLOC_IMPORTS = f"""
    select
        concat_ws('|', item_kind, item_id, stage_id, year, period_type, period_start_date) as cell,
        round(imports_usd) as imports_usd, bases
    from marts.partner_dependency
    where entity_id = '{BLOC}' and netting = 'gross' and membership_variant = 'as_of_today'
"""
MEMBERS = f"""
    select country_id from marts.bridge_bloc_membership
    where
        bloc_id = '{BLOC}' and membership_type = 'signatory' and party_kind = 'country'
        and valid_to is null
"""


def filings(seed: int) -> tuple[set[str], list[Parsed]]:
    """Partitions of a few reporters, each with a publication day of its own, and who they are.

    Some lists of partners lack a partner, and their World row says so; some have no World row.
    One reporter may file imports or exports alone, one year, or one month, each in a revision of
    the HS of its own.
    """
    chance = random.Random(seed)
    reporters = set(chance.sample(COUNTRIES, chance.choice([1, 2, 2, 3])))
    return reporters, list(_partitions(chance, sorted(reporters), catalog()["un_comtrade"]))


def _partitions(chance: random.Random, reporters: list[str], spec: SourceSpec) -> Iterator[Parsed]:
    for n, reporter in enumerate(reporters):
        day = date(2027, 1, 10 + n * 7 + chance.randrange(5))
        flows = chance.choice(["MX", "MX", "M", "X"])
        years = chance.choice([[2024, 2025, 2026, 2027], [2024, 2025, 2026, 2027], [2026]])
        stated: dict[str, Any] = {"classification_code": chance.choice(["H4", "H5", "H6"])}
        in_month = chance.random() < 0.3
        rows: list[Mapping[str, Any]] = []
        for year in years:
            if in_month:
                stated |= {"freq_code": "M", "ref_month": 3, "period": f"{year}03"}
            world = chance.choice(["agrees", "agrees", "differs", "none"])
            for flow in flows:
                for product in (GRAPHITE, OTHER_GRAPHITE, BASKET):
                    partners = chance.sample([c for c in COUNTRIES if c != reporter], 3)
                    values = {partner: chance.randrange(1, 400) for partner in partners}
                    if world != "none":
                        values["WLD"] = sum(values.values()) * (1 if world == "agrees" else 3)
                    rows += [
                        {
                            **declaration_row(
                                Declaration(year, reporter, flow, partner, kusd, product)
                            ),
                            **stated,
                        }
                        for partner, kusd in values.items()
                    ]
        yield part(spec, day.isoformat(), day, "trade", rows, f"file/{reporter}")


def slice_of_baci(seed: int) -> tuple[set[int], Parsed]:
    """One code of a year or two in a later edition or another revision, and the years."""
    chance = random.Random(seed)
    spec = catalog()["cepii_baci"]
    nomenclature = chance.choice(["HS1992", "HS2017", "HS2022"])
    years = set(chance.sample([2024, 2025, 2026], chance.choice([1, 2])))
    rows = [
        {
            "year": year,
            "exporter_code": exporter,
            "importer_code": importer,
            "code_system": "iso3",
            "nomenclature": nomenclature,
            "product_code": OTHER_GRAPHITE,
            "value_kusd": float(chance.randrange(1, 400)),
            "quantity_t": None,
            "is_truncated": False,
        }
        for year in sorted(years)
        for exporter in COUNTRIES
        for importer in COUNTRIES
        if exporter != importer
    ]
    name = f"V202801/{nomenclature}"
    return years, part(spec, "V202801", date(2028, 1, 20), "flows", rows, name)


def built(paths: DataPaths, *, with_tests: bool = False) -> Path:
    """The working database, with everything and its tests or as much as the headline needs."""
    write_load_records_table(paths, catalog())
    write_parameters(paths)
    if with_tests:
        build(paths, "--exclude-resource-type", "unit_test")
    else:
        build(paths, "--resource-type", "seed", "--resource-type", "model",
              "--select", "+partner_dependency", "+bloc_dependency")  # fmt: skip
    return keep(paths, "after")


def released(paths: DataPaths) -> Published:
    """The release of the working database, after the mart checks, as a run makes it."""
    manifest = paths.dbt_target / "manifest.json"
    export_marts(paths, manifest)
    run_checkpoint(paths, "marts", list_subjects("marts"))
    return publish(paths, manifest, collect_check_results(paths), RunInfo("subset"))


def differences(before: Mapping[str, object], after: Mapping[str, object]) -> set[str]:
    return {cell for cell in before.keys() | after.keys() if before.get(cell) != after.get(cell)}


def headlines(database: Path) -> dict[str, dict[str, Any]]:
    return {row["cell"]: row for row in read(database, HEADLINE)}


@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=pytest.mark.long) for n in (3, 12))])
def test_only_importers_that_filed_move(worlds: Worlds, tmp_path: Path, seed: int) -> None:
    """Seeds beside the first also publish."""
    paths = DataPaths.at(tmp_path / "data")
    land_world(paths)
    reporters, partitions = filings(seed)
    spec = catalog()["un_comtrade"]
    for parsed in partitions:
        land(spec, parsed, "manual", paths)
    database = built(paths, with_tests=seed != 1)
    before, after = headlines(worlds.world), headlines(database)

    moved = differences(before, after)
    owners = {(after.get(cell) or before[cell])["entity_id"] for cell in moved}
    assert owners <= reporters, {cell for cell in moved if cell.split("|")[0] not in reporters}
    # who did not file 2027 has no 2027, whatever its suppliers filed
    assert {row["entity_id"] for row in after.values() if row["year"] == 2027} <= reporters
    assert moved, "the filings show somewhere: the test could fail"
    bloc_moves_with_its_members(worlds.world, database, reporters)

    own = read(
        paths.database,
        "select distinct period_type, period_start_date, edition from marts.fct_trade_reconciled"
        " where source_id = 'pax_silica' and period_type <> 'T12M'",
    )
    periods = {(row["period_type"], row["period_start_date"]) for row in own}
    assert len(periods) == len(own), "one edition per period"
    if seed != 1:
        assert released(paths).is_current


def bloc_moves_with_its_members(before: Path, after: Path, reporters: set[str]) -> None:
    """What the bloc imports moves by exactly what the imports of its reporting members do."""
    members = {row["country_id"] for row in read(after, MEMBERS)} & reporters
    old, new = headlines(before), headlines(after)
    blocs = [{row["cell"]: row for row in read(file, BLOC_IMPORTS)} for file in (before, after)]
    compared = blocs[0].keys() & blocs[1].keys()
    assert compared, "the bloc has imports"
    assert blocs[0].keys() <= blocs[1].keys(), "nothing of the bloc is lost"
    for cell in compared:
        keys = [f"{member}|{cell}" for member in members]
        moves = sum(_usd(new.get(key)) - _usd(old.get(key)) for key in keys)
        move = _usd(blocs[1][cell]) - _usd(blocs[0][cell])
        assert move == pytest.approx(moves, abs=2), cell


def _usd(row: Mapping[str, Any] | None) -> float:
    """No row and no imports add nothing to the bloc."""
    return (row["imports_usd"] or 0.0) if row else 0.0


@pytest.mark.parametrize("seed", [5, pytest.param(2, marks=pytest.mark.long)])
def test_slice_of_a_later_edition_moves_its_code_only(
    worlds: Worlds, tmp_path: Path, seed: int
) -> None:
    paths = DataPaths.at(tmp_path / "data")
    land_world(paths)
    years, parsed = slice_of_baci(seed)
    land(catalog()["cepii_baci"], parsed, "manual", paths)
    before, after = headlines(worlds.world), headlines(built(paths, with_tests=seed == 2))
    assert before.keys() <= after.keys(), "nothing is lost"
    moved = [cell.split("|") for cell in differences(before, after)]
    assert {item for _, _, item, *_ in moved} <= {OTHER_GRAPHITE, "graphite"}
    assert {int(year) for _, kind, _, _, year, *_ in moved if kind == "product"} <= years
    assert moved, "the slice shows somewhere: the test could fail"
