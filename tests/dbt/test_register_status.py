"""The statuses that the register of the checkout prints agree with what its dates and relations
give, or `policy_conflicts` has the reason; in a run a disagreement is a warning."""

from __future__ import annotations

import duckdb
import pytest

from tests.fixture_world.worlds import Worlds

# the test's SQL is that of the five-country world, which has the whole register
pytestmark = [pytest.mark.xdist_group("world"), pytest.mark.timeout(900)]

CHECK = "tests/registers/assert_status_agrees_or_is_explained.sql"


def test_printed_statuses_agree_or_are_explained(worlds: Worlds) -> None:
    path = worlds.paths.dbt_target / "compiled" / "pax_silica" / CHECK
    sql = path.read_text().replace('"warehouse".', "")
    with duckdb.connect(str(worlds.world), read_only=True) as connection:
        found = connection.execute(sql).fetchall()
    assert found == []
