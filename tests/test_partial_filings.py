"""Filings of some reporters, on different days, complete or not, move nobody else's headline."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sources.kit.catalog import SourceSpec, catalog
from sources.kit.contract import Parsed
from tests.fixture_world.comtrade import NUMBERS, Declaration, declaration_row
from tests.fixture_world.dbt import build, read
from tests.fixture_world.figures import BASKET, GRAPHITE, OTHER_GRAPHITE
from tests.fixture_world.landing import land_world, part
from tests.fixture_world.worlds import Worlds, keep
from warehouse.paths import DataPaths
from warehouse.storage.landing import land
from warehouse.storage.load_records import write_load_records_table, write_parameters

pytestmark = [pytest.mark.xdist_group("world"), pytest.mark.timeout(900)]

COUNTRIES = sorted(NUMBERS)
HEADLINE = """
    select
        entity_id || '|' || item_kind || '|' || item_id || '|' || stage_id || '|' || year as cell,
        entity_id, year, round(imports_usd) as imports_usd, round(concern_share, 9) as share,
        round(concern_share_low, 9) as low, round(concern_share_high, 9) as high, source_ids
    from marts.partner_dependency
    where netting = 'gross' and membership_variant = 'none' and period_type = 'A'
"""


def filings(seed: int) -> tuple[set[str], list[Parsed]]:
    """Partitions of a few reporters, each with a publication day of its own, and who they are.

    Some lists of partners lack a partner, and their World row says so; some have no World row.
    """
    chance = random.Random(seed)
    reporters = set(chance.sample(COUNTRIES, 2))
    return reporters, list(_partitions(chance, sorted(reporters), catalog()["un_comtrade"]))


def _partitions(chance: random.Random, reporters: list[str], spec: SourceSpec) -> Iterator[Parsed]:
    for n, reporter in enumerate(reporters):
        day = date(2027, 1, 10 + n * 7 + chance.randrange(5))
        rows: list[Mapping[str, Any]] = []
        for year in (2024, 2025, 2026, 2027):
            world = chance.choice(["agrees", "agrees", "differs", "none"])
            for flow in "MX":
                for product in (GRAPHITE, OTHER_GRAPHITE, BASKET):
                    partners = chance.sample([c for c in COUNTRIES if c != reporter], 3)
                    values = {partner: chance.randrange(1, 400) for partner in partners}
                    rows += [
                        declaration_row(Declaration(year, reporter, flow, partner, kusd, product))
                        for partner, kusd in values.items()
                    ]
                    if world != "none":
                        kusd = sum(values.values()) * (1 if world == "agrees" else 3)
                        total = Declaration(year, reporter, flow, "WLD", kusd, product)
                        rows += [declaration_row(total)]
        yield part(spec, day.isoformat(), day, "trade", rows, f"file/{reporter}")


def headlines(database: Path) -> dict[str, dict[str, Any]]:
    return {row["cell"]: row for row in read(database, HEADLINE)}


@pytest.mark.parametrize("seed", [1, 3])
def test_only_importers_that_filed_move(worlds: Worlds, tmp_path: Path, seed: int) -> None:
    paths = DataPaths.at(tmp_path / "data")
    land_world(paths)
    reporters, partitions = filings(seed)
    spec = catalog()["un_comtrade"]
    for parsed in partitions:
        land(spec, parsed, "manual", paths)
    write_load_records_table(paths, catalog())
    write_parameters(paths)
    build(paths, "--resource-type", "seed", "--resource-type", "model",
          "--select", "+partner_dependency", "+bloc_dependency")  # fmt: skip
    before, after = headlines(worlds.world), headlines(keep(paths, "after"))

    moved = {cell for cell in before.keys() | after.keys() if before.get(cell) != after.get(cell)}
    owners = {(after.get(cell) or before[cell])["entity_id"] for cell in moved}
    assert owners <= reporters, {cell for cell in moved if cell.split("|")[0] not in reporters}
    # who did not file 2027 has no 2027, whatever its suppliers filed
    assert {row["entity_id"] for row in after.values() if row["year"] == 2027} <= reporters
    assert moved, "the filings show somewhere: the test could fail"

    own = read(
        paths.database,
        "select distinct period_start_date, edition from marts.fct_trade_reconciled"
        " where source_id = 'pax_silica'",
    )
    assert len({row["period_start_date"] for row in own}) == len(own), "one edition per period"
