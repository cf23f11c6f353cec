"""The marts of origins on the bundled figures: known magnitudes, and the identities in full."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from tests.orchestration.conftest import FinishedRun

pytestmark = pytest.mark.xdist_group("whole_run")


def rows(run: FinishedRun, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(run.paths.current / "pax_silica.duckdb"), read_only=True) as release:
        return release.execute(sql).fetchall()


@pytest.mark.parametrize(
    ("consumer", "direct", "origin"), [("USA", 0.48, 0.53), ("GBR", 0.23, 0.32)]
)
def test_graphite_of_china_looked_through(
    whole_run: FinishedRun, consumer: str, direct: float, origin: float
) -> None:
    """Natural graphite, tonnes, mean of 2022 to 2024: within 3 points of an independent figure."""
    (found,) = rows(
        whole_run,
        f"""
        select avg(direct_share), avg(origin_share), min(origin_share_low), max(origin_share_high)
        from marts.origin_lookthrough
        where
            consumer_id = '{consumer}' and origin_id = 'CHN'
            and material_id = 'graphite' and stage_id = 'ore' and year between 2022 and 2024
        """,
    )
    assert found[0] == pytest.approx(direct, abs=0.03)
    assert found[1] == pytest.approx(origin, abs=0.03)
    assert found[2] < found[1] < found[3]


def test_what_is_produced_is_used_somewhere(whole_run: FinishedRun) -> None:
    """Per material, year and named producer, over all consumers."""
    found = rows(
        whole_run,
        """
        select material_id, stage_id, year, origin_id
        from marts.origin_lookthrough
        group by material_id, stage_id, year, origin_id
        having abs(
            sum(consumption_from_origin_t)
            / sum(production_t) filter (where consumer_id = origin_id) - 1
        ) > 1e-9 and origin_id <> 'NES'
        """,
    )
    assert found == []


def test_every_material_with_flows_and_production_is_traced_or_states_why(
    whole_run: FinishedRun,
) -> None:
    states = dict(rows(whole_run, "select state, count(*) from marts.origin_coverage group by 1"))
    assert states["traced"] > 40
    assert states["no_production"] > 0
    (ghosts,) = rows(
        whole_run,
        """
        select count(*)
        from marts.origin_lookthrough
        anti join (from marts.origin_coverage where is_traced) using (material_id, stage_id, year)
        """,
    )
    assert ghosts == (0,)


def test_who_else_could_sell_rare_earth_compounds_to_japan(whole_run: FinishedRun) -> None:
    """284690 in 2024: Japan has 6,015 t of China, to which Malaysia and Viet Nam sell more."""
    found = rows(
        whole_run,
        """
        select alternative_supplier_id, imports_from_concern_t, uncommitted_t_low, cover_share
        from marts.diversification_option
        where
            entity_id = 'JPN' and item_kind = 'product' and item_id = '284690' and year = 2024
            and alternative_supplier_id in ('MYS', 'VNM')
        order by alternative_supplier_id
        """,
    )
    assert [row[0] for row in found] == ["MYS", "VNM"]
    assert [round(row[1]) for row in found] == [6015, 6015]
    assert [round(row[2]) for row in found] == [13658, 3150]
    assert [row[3] for row in found] == [1, pytest.approx(3150.168 / 6015.108)]
