"""The landed dataset through to the marts, on the real state where it is at hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sources.kit.catalog import catalog, find_source
from tests.fixture_world.dbt import build, read
from tests.sources.eto_chip_explorer.test_parse import FILES
from tests.sources.files import raw_file
from warehouse.paths import DataPaths
from warehouse.storage.landing import declare_tables, land_files
from warehouse.storage.load_records import write_load_records_table, write_parameters

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def landed(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    paths = DataPaths.at(tmp_path_factory.mktemp("eto"))
    declare_tables(paths, catalog().values())
    folder = shared_data / "ai_stack" / "eto"
    files = [raw_file(name, (folder / name).read_bytes()) for name in FILES]
    land_files(find_source("eto_chip_explorer"), files, "manual", paths)
    write_load_records_table(paths, catalog())
    write_parameters(paths, None)
    build(paths, "--select", "+ai_stack_market_exposure", "--indirect-selection", "cautious")
    return paths


def exposure(paths: DataPaths, name: str) -> dict[str, Any]:
    (row,) = read(paths.database, "from marts.ai_stack_market_exposure where node_name = ?", [name])
    return row


@pytest.mark.parametrize(
    ("name", "country", "percent"),
    [
        ("EUV lithography tools", "NLD", 100),
        ("Electronic design automation software", "USA", 96),
        ("Resist processing tools", "JPN", 95),
    ],
)
def test_who_provides_what_only_one_country_provides(
    landed: DataPaths, name: str, country: str, percent: int
) -> None:
    row = exposure(landed, name)
    assert (row["top_provider_id"], round(row["top_provider_share"] * 100)) == (country, percent)


def test_china_has_a_fifth_or_more_of_seven_nodes_of_ninety_six(landed: DataPaths) -> None:
    (found,) = read(
        landed.database,
        """
        select count(*) as n_nodes, count(*) filter (where china_share >= 0.2) as n_china
        from (
            select node_id, max(market_share) filter (where country_id = 'CHN') as china_share
            from marts.fct_market_share
            where provider_kind = 'country' and is_latest_edition
            group by node_id
            having count(market_share) > 0
        )
        """,
    )
    assert (found["n_nodes"], found["n_china"]) == (96, 7)


def test_a_known_provider_without_a_share_is_missing(landed: DataPaths) -> None:
    row = exposure(landed, "Photoresists")
    assert (row["n_providers"], row["n_shares"], row["concern_share"]) == (4, 0, None)
    assert row["missing_reason"]
