"""GeoPolRisk on paper, its invariants, and of a table."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.statistics.supplier_rows import NAN, QUANTITY, SUPPLIERS, arrays
from warehouse.statistics.supply_risk import (
    geopolrisk,
    tables,
)


def test_geopolrisk_on_paper() -> None:
    """Production 60 and 40: HHI 0.52. Imports 50 at g 0.4 and 30 at 0.5 beside 20 of its own:
    35 / 100 = 0.35, score 0.182; at 2 kUSD a tonne 0.364 / 0.409412948."""
    one = geopolrisk.geopolrisk([50, 30], [0.4, 0.5], [60, 40], 20, 2.0)
    assert (one.hhi_production, one.import_risk) == pytest.approx((0.52, 0.35))
    assert one.score == pytest.approx(0.182)
    assert one.characterization_factor == pytest.approx(0.364 / 0.409412948, rel=1e-12)
    assert one.null_reason is None


def test_geopolrisk_netted_on_paper() -> None:
    """Without the 30 tonnes of a member: 20 / (50 + 20) = 2/7; the published form, with g 0 for
    the member, has 20 / 100."""
    netted = geopolrisk.geopolrisk_netted([50, 30], [0.4, 0.5], [False, True], [60, 40], 20)
    assert netted.import_risk == pytest.approx(2 / 7)
    published = geopolrisk.geopolrisk([50, 30], [0.4, 0.0], [60, 40], 20)
    assert published.import_risk == pytest.approx(0.2)
    assert np.isnan(netted.characterization_factor)


def test_geopolrisk_states_why_there_is_none() -> None:
    reasons = [
        geopolrisk.geopolrisk(*case).null_reason
        for case in (
            ([0], [0.5], [1], 0),
            ([1], [NAN], [1], 0),
            ([1], [0.5], [0], 0),
            ([NAN], [0.5], [1], 0),
            ([], [], [1], 0),
        )
    ]
    assert reasons == [
        "no_trade_and_no_production", "missing_governance", "no_production", "missing_quantity",
        "no_trade_and_no_production",
    ]  # fmt: skip


@given(SUPPLIERS, SUPPLIERS, QUANTITY, st.data())
def test_geopolrisk_invariants(
    imports: list[tuple[float, float]],
    production: list[tuple[float, float]],
    own: float,
    data: st.DataObject,
) -> None:
    f, g = arrays(imports)
    made, _ = arrays(production)
    inner = np.array(data.draw(st.lists(st.booleans(), min_size=f.size, max_size=f.size)))
    one = geopolrisk.geopolrisk(f, g, made, own)
    assert -1e-12 <= one.score <= one.hhi_production + 1e-12 <= 1 + 1e-9
    assert geopolrisk.geopolrisk(f, g, made, own + 1).score <= one.score + 1e-12
    netted = geopolrisk.geopolrisk_netted(f, g, inner, made, own)
    if not inner.any():
        assert netted == one or np.isnan(netted.characterization_factor)
        assert netted.score == one.score
    elif netted.null_reason is None:  # the published form understates the risk of a bloc
        published = geopolrisk.geopolrisk(f, np.where(inner, 0, g), made, own)
        assert published.score <= netted.score + 1e-9


def test_geopolrisk_of_a_table() -> None:
    imports = pa.table(
        {
            "importer": ["B", "B", "J"],
            "supplier": ["CHN", "JPN", "CHN"],
            "import_quantity": [50.0, 30.0, 10.0],
            "instability": [0.4, 0.5, 0.4],
            "is_intra_bloc": [False, True, False],
        }
    )
    production = pa.table({"importer": ["B", "B", "J"], "production_quantity": [60.0, 40.0, 100.0]})
    importers = pa.table(
        {
            "importer": ["B", "J", "K"],
            "domestic_production": [20.0, 0.0, 0.0],
            "price": [2.0, None, None],
            "is_same_basis": [True, False, True],
        }
    )
    rows = tables.geopolrisk_scores(imports, production, importers, ["importer"]).to_pylist()
    assert [(row["importer"], row["variant"], row["null_reason"]) for row in rows] == [
        ("B", "geopolrisk_lib", None),
        ("B", "geopolrisk_netted", None),
        ("J", "geopolrisk_lib", "basis_mismatch"),
        ("J", "geopolrisk_netted", "basis_mismatch"),
        ("K", "geopolrisk_lib", "no_trade_and_no_production"),
        ("K", "geopolrisk_netted", "no_trade_and_no_production"),
    ]
    assert rows[0]["score"] == pytest.approx(0.52 * 0.2)
    assert rows[1]["score"] == pytest.approx(0.52 * 2 / 7)
    assert rows[2]["score"] is None
