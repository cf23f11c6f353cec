"""Disruption and joint re-allocation: worked examples, enumeration of vertices, invariants."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.statistics.random_world import enumerate_changes, enumerate_shortages, random_world
from warehouse.statistics.disruption.cover import covers
from warehouse.statistics.disruption.linear_program import NotSolvedError
from warehouse.statistics.disruption.reallocation import reallocate
from warehouse.statistics.disruption.shortages import find_shortages
from warehouse.statistics.disruption.world import InvalidWorldError, World


def two_partners(**changes: object) -> World:
    """A stops; it gave 80 of Q's 100 and 20 of R's 100; B gave the rest and 60 to others."""
    world = World(
        suppliers=("A", "B"),
        partners=("Q", "R"),
        base=np.array([[80.0, 20.0], [20.0, 80.0]]),
        lost_share=np.array([1.0, 0.0]),
        third_exports=np.array([0.0, 60.0]),
        spare=np.array([0.0, 0.0]),
        stock=np.zeros(2),
        is_barred=np.zeros((2, 2), dtype=bool),
    )
    return replace(world, **changes)  # type: ignore[arg-type]


def test_alone_each_partner_lacks_what_it_has_lost() -> None:
    assert two_partners().shortage_alone.tolist() == [80.0, 20.0]


def test_half_of_other_exports_goes_to_the_partner_that_is_worst_off() -> None:
    """30 of B's 60 for others can come: all to Q, whose share falls from 0.8 to 0.5; R has 0.2."""
    found = find_shortages(two_partners(third_floor_share=0.5), uses_stock=False)
    assert found.shortage == pytest.approx([50.0, 20.0])
    assert found.worst_share == pytest.approx(0.5)
    assert found.supplier_worth == pytest.approx([1.0, 1.0])


def test_a_partner_gives_up_to_its_limit() -> None:
    """R may lack 0.35: it gives 15 to Q, and 30 come from elsewhere: 80 - 45 = 35, both 0.35."""
    world = two_partners(third_floor_share=0.5, sharing_limit_share=0.6)
    found = find_shortages(world, uses_stock=False)
    assert found.shortage == pytest.approx([35.0, 35.0])
    plan = reallocate(world, found.shortage, uses_stock=False)
    assert plan.added == pytest.approx(np.array([[0, 0], [45.0, 0]]))
    assert plan.cut == pytest.approx(np.array([[0, 0], [0, 15.0]]))


def test_stock_is_drawn_before_a_delivery_changes() -> None:
    world = two_partners(stock=np.array([100.0, 0.0]), third_floor_share=0.5)
    found = find_shortages(world, uses_stock=True)
    assert found.shortage == pytest.approx([0.0, 0.0], abs=1e-9)
    plan = reallocate(world, found.shortage, uses_stock=True)
    assert plan.drawn == pytest.approx([80.0, 0.0])
    assert plan.added == pytest.approx(np.array([[0, 0], [0, 20.0]]))


def test_a_barred_link_gets_nothing_more() -> None:
    barred = np.array([[False, False], [True, False]])
    world = two_partners(third_floor_share=0.5, is_barred=barred)
    found = find_shortages(world, uses_stock=False)
    assert found.shortage == pytest.approx([80.0, 0.0], abs=1e-9)


def test_a_plan_for_impossible_shortages_is_infeasible() -> None:
    with pytest.raises(NotSolvedError, match="infeasible"):
        reallocate(two_partners(), np.array([0.0, 0.0]), uses_stock=False)


def test_no_lost_delivery_leaves_no_shortage() -> None:
    found = find_shortages(two_partners(lost_share=np.zeros(2)), uses_stock=False)
    assert found.shortage.tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"stock": np.zeros(3)}, "shape"),
        ({"spare": np.array([0.0, -1.0])}, "negative"),
        ({"spare": np.array([0.0, np.nan])}, "unknown"),
        ({"lost_share": np.array([1.5, 0.0])}, "0 to 1"),
    ],
)
def test_a_world_that_contradicts_itself_is_refused(
    changes: dict[str, object], problem: str
) -> None:
    with pytest.raises(InvalidWorldError, match=problem):
        two_partners(**changes)


def check_against_vertices(seed: int) -> None:
    world = random_world(seed)
    scale = max(1.0, float(world.demand.sum()))
    for uses_stock in (False, True):
        found = find_shortages(world, uses_stock=uses_stock)
        expected = enumerate_shortages(world, uses_stock=uses_stock)
        assert found.shortage == pytest.approx(expected, abs=1e-6 * scale), seed
        plan = reallocate(world, found.shortage, uses_stock=uses_stock)
        least, low, high = enumerate_changes(world, found.shortage, uses_stock=uses_stock)
        is_own = np.array(world.suppliers)[:, None] == np.array(world.partners)[None, :]
        change = (np.where(is_own, 0.5, 1.0) * plan.added).sum() + plan.cut.sum()
        assert change == pytest.approx(least, abs=1e-6 * scale), seed
        used = (plan.added > 0) | (plan.cut > 0)
        plan_low = world.delivered + plan.added_low - plan.cut_high
        plan_high = world.delivered + plan.added_high - plan.cut_low
        assert plan_low[used] == pytest.approx(low[used], abs=1e-6 * scale), seed
        assert plan_high[used] == pytest.approx(high[used], abs=1e-6 * scale), seed


@pytest.mark.parametrize("seed", range(15))
def test_equals_the_enumeration_of_vertices(seed: int) -> None:
    check_against_vertices(seed)


@pytest.mark.long
@pytest.mark.parametrize("first", range(0, 500, 50))
def test_equals_the_enumeration_of_vertices_on_500_worlds(first: int) -> None:
    for seed in range(first, first + 50):
        check_against_vertices(seed)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Worlds of up to ten nodes; hypothesis shrinks the seed and the size."""
    seed = draw(st.integers(0, 2**32 - 1))
    return random_world(seed, max_nodes=draw(st.integers(2, 10)))


def check_invariants(world: World) -> None:
    """The invariants of M14: flow kept, nothing below zero, more help never raises the worst."""
    scale = max(1.0, float(world.demand.sum()))
    near = 1e-6 * scale
    worst = {}
    for policy, uses_stock in (("sharing", False), ("sharing_plus_stock", True)):
        found = find_shortages(world, uses_stock=uses_stock)
        plan = reallocate(world, found.shortage, uses_stock=uses_stock)
        worst[policy] = found.worst_share
        assert all(solve.status == "optimal" for solve in (*found.solves, *plan.solves))
        new = world.delivered + plan.added - plan.cut
        assert new.sum(axis=0) + plan.drawn + found.shortage == pytest.approx(
            world.demand, abs=3 * near
        )
        assert (new.sum(axis=1) <= world.delivered.sum(axis=1) + world.slack + 3 * near).all()
        assert (new >= -near).all()
        assert (found.shortage >= 0).all()
        assert (plan.drawn <= (world.stock if uses_stock else 0) + near).all()
        assert (plan.added[world.is_barred] == 0).all()
        assert (found.shortage <= world.shortage_limit + near).all()
        assert (plan.added_low <= plan.added).all()
        assert (plan.added <= plan.added_high).all()
        for cover in covers(world, plan, uses_stock=uses_stock):
            assert np.isnan(cover.alone) or cover.joint <= cover.alone + 3 * near
        more = replace(world, spare=world.spare + 1.0, stock=world.stock + 1.0)
        helped = find_shortages(more, uses_stock=uses_stock).worst_share
        assert helped <= found.worst_share + 1e-6
    demand = np.where(world.demand > 0, world.demand, np.inf)
    assert worst["sharing_plus_stock"] <= worst["sharing"] + 1e-6
    assert worst["sharing"] <= (world.shortage_alone / demand).max() + 1e-6
    unhurt = replace(world, lost_share=np.zeros(len(world.suppliers)))
    assert find_shortages(unhurt, uses_stock=False).shortage.max() <= near


@settings(max_examples=60, deadline=None, derandomize=True)
@given(worlds())
def test_invariants(world: World) -> None:
    check_invariants(world)


@pytest.mark.long
@settings(max_examples=2000, deadline=None)
@given(worlds())
def test_invariants_in_2000_worlds(world: World) -> None:
    check_invariants(world)
