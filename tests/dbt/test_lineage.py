"""The sources of a mart, as dbt reads them from its own graph; licences are applied to them."""

from __future__ import annotations

import pytest

from tests.fixture_world.dbt import read
from tests.fixture_world.worlds import Worlds
from warehouse.release.dbt_manifest import Mart, read_catalog

pytestmark = [pytest.mark.xdist_group("world"), pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def marts(worlds: Worlds) -> dict[str, Mart]:
    catalog = read_catalog(worlds.paths.dbt_target / "manifest.json", worlds.world)
    return {mart.name: mart for mart in catalog}


def test_sources_and_registers_of_a_mart(marts: dict[str, Mart]) -> None:
    assert marts["dim_country"].sources == ()
    assert marts["fct_governance"].sources == ("worldbank_wgi",)
    assert "policy_register" in marts["policy_timeline"].registers
    assert "run" not in {source for mart in marts.values() for source in mart.sources}


def test_a_source_is_not_carried_beyond_a_derivation(marts: dict[str, Mart]) -> None:
    assert "un_comtrade" in marts["fct_trade_reported"].carried
    assert "un_comtrade" in marts["event_effect"].sources
    assert "un_comtrade" not in marts["event_effect"].carried
    # a derivation of one source ends no other
    assert "us_census" in marts["event_effect"].carried


def test_the_dictionary_names_the_inputs(worlds: Worlds, marts: dict[str, Mart]) -> None:
    for row in read(worlds.world, "select distinct mart, sources from marts.data_dictionary"):
        mart = marts[row["mart"]]
        assert row["sources"] == ", ".join(sorted([*mart.sources, *mart.registers])), mart.name
