"""Look-through origin: worked examples, the identities, and bounds on random trade."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from warehouse.statistics.origin.batch import origin_table
from warehouse.statistics.origin.lookthrough import (
    export_scales,
    trace_origins,
    trace_origins_unscaled,
)


def matrix(rows: list[list[float]]) -> sparse.csr_array:
    return sparse.csr_array(np.array(rows, dtype=float))


@st.composite
def trade(draw: st.DrawFn) -> tuple[np.ndarray, sparse.csr_array]:
    """Up to eight countries, whole tonnes, loops and closed circles without a producer included."""
    n = draw(st.integers(1, 8))
    amounts = st.one_of(st.just(0), st.just(0), st.integers(1, 1000))
    production = draw(st.lists(amounts, min_size=n, max_size=n))
    flows = draw(st.lists(amounts, min_size=n * n, max_size=n * n))
    dense = np.array(flows, dtype=float).reshape(n, n)
    np.fill_diagonal(dense, 0)
    return np.array(production, dtype=float), sparse.csr_array(dense)


def test_a_hub_passes_on_its_mix() -> None:
    """A digs 60 and B 40; the hub H buys 30 of each and sells 20 to C, so C has 10 of each."""
    flows = matrix([[0, 0, 30, 0], [0, 0, 30, 0], [0, 0, 0, 20], [0, 0, 0, 0]])
    traced = trace_origins(np.array([60.0, 40, 0, 0]), flows)
    assert traced.share[:, 3].tolist() == [0.5, 0.5]
    assert traced.supply.tolist() == [60, 40, 60, 20]
    assert traced.consumption.tolist() == [30, 10, 40, 20]
    assert traced.scale.tolist() == [1, 1, 1, 1]


def test_an_exporter_of_more_than_it_can_have_is_scaled() -> None:
    """The hub buys 30 of A and sells 40 to C and 20 to D: half of each is kept. C buys 10 of B too.

    As declared C has 50: 10 of B, 20 with A behind it, 20 of unknown origin.
    """
    production = np.array([100.0, 50, 0, 0, 0])
    flows = matrix(
        [[0, 0, 30, 0, 0], [0, 0, 0, 10, 0], [0, 0, 0, 40, 20], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]]
    )
    traced = trace_origins(production, flows)
    assert traced.scale.tolist() == [1, 1, 0.5, 1, 1]
    assert traced.supply.tolist() == [100, 50, 30, 30, 10]
    assert traced.share[:, 3] == pytest.approx([2 / 3, 1 / 3])
    assert traced.consumption.sum() == 150
    low, unknown = trace_origins_unscaled(production, flows)
    assert low[:, 3] == pytest.approx([0.4, 0.2])
    assert unknown.tolist() == pytest.approx([0, 0, 0.5, 0.4, 0.5])


def test_two_countries_that_only_trade_with_each_other_have_no_origin() -> None:
    flows = matrix([[0, 0, 5], [0, 0, 7], [0, 9, 0]])
    traced = trace_origins(np.array([0.0, 0, 0]), flows)
    assert traced.supply.tolist() == [0, 0, 0]
    assert traced.scale.tolist() == [0, 0, 0]
    _, unknown = trace_origins_unscaled(np.array([0.0, 0, 0]), flows)
    assert unknown.tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("production", "flows", "expected"),
    [
        ([1.0], [[0, 1], [0, 0]], "shape"),
        ([1.0, -1], [[0, 1], [0, 0]], "production"),
        ([1.0, 1], [[0, np.nan], [0, 0]], "flows"),
        ([1.0, 1], [[1, 0], [0, 0]], "diagonal"),
    ],
)
def test_invalid_numbers_are_refused(
    production: list[float], flows: list[list[float]], expected: str
) -> None:
    with pytest.raises(ValueError, match=expected):
        trace_origins(np.array(production), matrix(flows))


@settings(max_examples=200, deadline=None)
@given(trade())
def test_columns_add_up_to_supply_and_consumption_to_production(
    given_trade: tuple[np.ndarray, sparse.csr_array],
) -> None:
    production, flows = given_trade
    traced = trace_origins(production, flows)
    quantities = traced.share * traced.supply
    np.testing.assert_allclose(quantities.sum(axis=0), traced.supply, rtol=1e-9, atol=1e-9)
    used = (traced.share * traced.consumption).sum(axis=1)
    np.testing.assert_allclose(used, production[traced.producers], rtol=1e-9, atol=1e-9)
    assert (traced.exports <= traced.supply * (1 + 1e-9)).all()


@settings(max_examples=200, deadline=None)
@given(trade())
def test_without_re_exports_origin_is_direct(
    given_trade: tuple[np.ndarray, sparse.csr_array],
) -> None:
    """Whoever imports exports nothing; whoever exports has produced it: equal to the last bit."""
    production, flows = given_trade
    dense = flows.toarray()
    imports_only = np.arange(production.size) % 2 == 1
    dense[imports_only, :] = 0
    dense[:, ~imports_only] = 0
    production = np.where(imports_only, production, production + dense.sum(axis=1))
    traced = trace_origins(production, sparse.csr_array(dense))
    supply = production + dense.sum(axis=0)
    direct = dense + np.diag(production)
    expected = np.divide(direct, supply, out=np.zeros_like(direct), where=supply > 0)
    assert (traced.scale == np.where(supply > 0, 1, traced.scale)).all()
    np.testing.assert_array_equal(traced.share, expected[traced.producers])


@settings(max_examples=200, deadline=None)
@given(trade())
def test_the_scaled_share_lies_within_what_the_declared_flows_allow(
    given_trade: tuple[np.ndarray, sparse.csr_array],
) -> None:
    production, flows = given_trade
    traced = trace_origins(production, flows)
    low, unknown = trace_origins_unscaled(production, flows)
    has_supply = (production + flows.sum(axis=0) + flows.sum(axis=1)) > 0
    np.testing.assert_allclose(
        low.sum(axis=0) + unknown, np.where(has_supply, 1.0, 0.0), rtol=1e-9, atol=1e-9
    )
    has_origin = traced.supply > 1e-6
    assert (traced.share >= low - 1e-9)[:, has_origin].all()
    assert (traced.share <= low + unknown + 1e-9)[:, has_origin].all()


@settings(max_examples=100, deadline=None)
@given(trade())
def test_scales_are_the_largest_that_the_supply_allows(
    given_trade: tuple[np.ndarray, sparse.csr_array],
) -> None:
    """The same as scaling every exporter down again and again until all fit."""
    production, flows = given_trade
    exports = flows.sum(axis=1)
    scale = np.ones(production.size)
    for _ in range(20_000):
        supply = production + flows.T @ scale
        lower = np.minimum(1.0, np.divide(supply, exports, out=scale.copy(), where=exports > 0))
        if np.abs(lower - scale).max() < 1e-13:
            break
        scale = lower
    found = export_scales(production, flows)
    exporting = exports > 0
    # a circle without a producer would keep what it passes round
    reached = found > 0
    np.testing.assert_allclose(
        found[exporting & reached], scale[exporting & reached], rtol=1e-5, atol=1e-5
    )


def table_of(flows: list[tuple[str, str, float]], made: dict[str, float | None]) -> list[dict]:
    """`origin_table` of one case, the content of a tonne known exactly."""
    columns = list(zip(*flows, strict=True)) or [(), (), ()]
    tonnes = pa.array(columns[2], pa.float64())
    return origin_table(
        pa.table(
            {
                "case_id": pa.array(["c"] * len(flows), pa.string()),
                "exporter_id": pa.array(columns[0], pa.string()),
                "importer_id": pa.array(columns[1], pa.string()),
                "flow_t": tonnes,
                "flow_low_t": tonnes,
                "flow_high_t": tonnes,
            }
        ),
        pa.table(
            {
                "case_id": ["c"] * len(made),
                "country_id": list(made),
                "quantity_t": pa.array(made.values(), pa.float64()),
            }
        ),
    ).to_pylist()


def test_the_table_names_hubs_and_direct_suppliers() -> None:
    """NLD buys 30 of CHN and sells 20 to GBR, which buys 20 of MOZ."""
    found = {
        (row["consumer_id"], row["origin_id"]): row
        for row in table_of(
            [("CHN", "NLD", 30), ("NLD", "GBR", 20), ("MOZ", "GBR", 20)], {"CHN": 90, "MOZ": 20}
        )
    }
    chinese, dutch = found["GBR", "CHN"], found["GBR", "NLD"]
    assert (chinese["origin_share"], chinese["direct_share"], chinese["hub_share"]) == (0.5, 0, 0.5)
    assert (dutch["origin_share"], dutch["direct_share"], dutch["top_hub_id"]) == (0, 0.5, None)
    assert chinese["top_hub_id"] == "NLD"
    assert (chinese["origin_share_low"], chinese["origin_share_high"]) == (0.5, 0.5)
    assert found["NLD", "CHN"]["consumption_t"] == 10
    assert found["CHN", "CHN"]["direct_share"] == 1


def test_unnamed_producers_are_where_unlisted_exports_come_from() -> None:
    """Others make 15: ETH and UGA, unlisted, export 20 and 10 more than they import, so 10 and 5.

    MOZ is listed without a figure: its exports of 8 stay unexplained.
    """
    found = table_of(
        [("ETH", "GBR", 20), ("UGA", "GBR", 10), ("MOZ", "GBR", 8)],
        {"CHN": 50, "NES": 15, "MOZ": None},
    )
    (unnamed,) = [r for r in found if (r["consumer_id"], r["origin_id"]) == ("GBR", "NES")]
    assert unnamed["origin_share"] == 1
    assert unnamed["supply_t"] == 15
    assert unnamed["rescaled_ids"] == "ETH|MOZ|UGA"
    assert unnamed["residual_share"] == pytest.approx(23 / 38)
    assert unnamed["origin_share_low"] == pytest.approx(15 / 38)


def test_shares_of_the_imports_leave_out_what_the_country_makes_itself() -> None:
    """GBR makes 40 and buys 20 of the hub NLD, which has 15 of CHN and 10 of MOZ: 12 and 8 of 20.

    FRA sells GBR 5 that nobody made: of the 25 declared, 5 are of unknown origin.
    """
    flows: list[tuple[str, str, float]] = [
        ("CHN", "NLD", 15), ("MOZ", "NLD", 10), ("NLD", "GBR", 20)
    ]  # fmt: skip
    made: dict[str, float | None] = {"CHN": 90, "MOZ": 20, "GBR": 40}
    shares = ("import_origin_share", "import_origin_share_low", "import_origin_share_high")

    def of_britain(flows: list[tuple[str, str, float]]) -> dict[str, dict]:
        found = table_of(flows, made)
        return {row["origin_id"]: row for row in found if row["consumer_id"] == "GBR"}

    certain = of_britain(flows)
    assert [certain["CHN"][name] for name in shares] == pytest.approx([0.6, 0.6, 0.6])
    assert [certain["MOZ"][name] for name in shares] == pytest.approx([0.4, 0.4, 0.4])
    assert [certain["GBR"][name] for name in shares] == pytest.approx([0, 0, 0])
    assert certain["CHN"]["import_residual_share"] == 0
    unsure = of_britain([*flows, ("FRA", "GBR", 5)])
    assert [unsure["CHN"][name] for name in shares] == pytest.approx([0.6, 12 / 25, 17 / 25])
    assert unsure["CHN"]["import_residual_share"] == pytest.approx(0.2)


@settings(max_examples=150, deadline=None)
@given(trade())
def test_shares_of_the_imports_add_up_to_one(
    given_trade: tuple[np.ndarray, sparse.csr_array],
) -> None:
    """Of the scaled imports; those of the declared with what is unknown, but for own goods."""
    production, flows = given_trade
    names = [f"C{index}" for index in range(production.size)]
    coo = flows.tocoo()
    rows = [
        (names[i], names[j], float(tonnes))
        for i, j, tonnes in zip(coo.row, coo.col, coo.data, strict=True)
    ]
    table = table_of(rows, dict(zip(names, map(float, production), strict=True))) if rows else []
    for consumer in {row["consumer_id"] for row in table}:
        mine = [row for row in table if row["consumer_id"] == consumer]
        points = [row["import_origin_share"] for row in mine]
        if points[0] is not None:
            assert sum(points) == pytest.approx(1, abs=1e-9)
        if mine[0]["import_residual_share"] is not None:
            low = sum(row["import_origin_share_low"] for row in mine)
            assert low + mine[0]["import_residual_share"] <= 1 + 1e-9


def test_a_consumer_without_any_producer_behind_it_states_so() -> None:
    found = table_of([("ARE", "GBR", 5)], {"CHN": 50})
    (row,) = [r for r in found if (r["consumer_id"], r["origin_id"]) == ("GBR", "NES")]
    assert (row["origin_share"], row["direct_share"], row["residual_share"]) == (None, None, 1)
    assert (row["origin_share_low"], row["origin_share_high"]) == (0, 1)


def test_no_case_gives_no_row() -> None:
    assert table_of([], {}) == []


def test_a_case_that_cannot_be_traced_is_named() -> None:
    with pytest.raises(ValueError, match=r"^c: flows must be finite"):
        table_of([("CHN", "GBR", -1)], {"CHN": 50})
