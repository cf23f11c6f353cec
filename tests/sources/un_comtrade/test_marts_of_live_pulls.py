"""Live pulls through to the marts: a day of publication for every reporter, one files again."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from sources.kit.catalog import catalog
from tests.fixture_world.dbt import build, read
from tests.fixture_world.worlds import keep
from tests.sources.un_comtrade.conftest import fetch_and_land, reason
from tests.sources.un_comtrade.fake_api.dataset import COD, JPN, REPORTERS, YEARS
from tests.sources.un_comtrade.fake_api.server import FakeComtrade
from warehouse.paths import DataPaths
from warehouse.storage.landing import declare_tables
from warehouse.storage.load_records import write_load_records_table, write_parameters

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]

FILED_AGAIN = date(2026, 11, 20)
FLOWS = """
    select
        importer_id || '|' || exporter_id || '|' || product_code || '|' || year as flow,
        importer_id, exporter_id, edition, period_start_date, year, known_from_date,
        round(value_usd) as value_usd
    from marts.fct_trade_reconciled
    where source_id = 'pax_silica' and period_type = 'A'
"""
HEADLINES = """
    select entity_id || '|' || item_id || '|' || stage_id || '|' || year as cell, year, imports_usd,
        source_ids, known_from_date
    from marts.partner_dependency
    where netting = 'gross' and membership_variant = 'none' and period_type = 'A'
"""


def built(paths: DataPaths, name: str, as_known_on: date | None = None) -> Path:
    """The working database after the models that the headline stands on."""
    write_load_records_table(paths, catalog())
    write_parameters(paths, as_known_on)
    build(paths, "--resource-type", "seed", "--resource-type", "model",
          "--select", "+partner_dependency", "+bloc_dependency")  # fmt: skip
    return keep(paths, name)


def by(rows: list[dict[str, Any]], key: str) -> dict[str, dict[str, Any]]:
    assert len({row[key] for row in rows}) == len(rows), f"one row per {key}"
    return {row[key]: row for row in rows}


def test_late_filing_moves_the_flows_of_its_reporter_only(
    fake_api: FakeComtrade, data_dir: DataPaths
) -> None:
    declare_tables(data_dir, catalog().values())
    for n, reporter in enumerate(REPORTERS):
        for year in YEARS:
            if not (reporter == COD and year == "2023"):
                day = date(int(year) + 1, 3, 1) + timedelta(days=17 * n)
                fake_api.revise(reporter, year, day.isoformat())
    fetch_and_land(data_dir)
    assert reason(data_dir) == ""
    first = built(data_dir, "first")

    before = read(first, FLOWS)
    editions = {(row["period_start_date"], row["edition"]) for row in before}
    assert len(editions) == len(YEARS), "one reconciliation per period, whoever published when"
    assert {row["year"] for row in by(read(first, HEADLINES), "cell").values()} == {
        int(year) for year in YEARS
    }

    fake_api.revise(JPN, "2022", FILED_AGAIN.isoformat(), factor=1.5)
    fetch_and_land(data_dir)
    assert reason(data_dir) == ""
    second = built(data_dir, "second")
    old, new = by(before, "flow"), by(read(second, FLOWS), "flow")
    assert old.keys() == new.keys(), "nothing appears and nothing is lost"
    moved = {flow for flow in old if old[flow]["value_usd"] != new[flow]["value_usd"]}
    assert moved
    # a reconciled flow stands on both declarations: that of Japan is one of them
    assert {new[flow]["year"] for flow in moved} == {2022}
    assert all("JPN" in (new[flow]["importer_id"], new[flow]["exporter_id"]) for flow in moved)
    assert {new[flow]["known_from_date"] for flow in moved} == {FILED_AGAIN}

    earlier = built(data_dir, "earlier", FILED_AGAIN - timedelta(days=1))
    assert read(earlier, FLOWS + "order by flow") == read(first, FLOWS + "order by flow")
