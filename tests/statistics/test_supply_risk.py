"""The published methods: worked examples on paper, invariants, and printed results of others."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.statistics.supplier_rows import NAN, QUANTITY, SUPPLIERS, WEIGHT, arrays
from warehouse.statistics.supply_risk import (
    concentration,
    eu_method,
    tables,
)

# M1 and M3


def test_governance_weights_on_paper() -> None:
    """WGI 0.5: (2.5 - 0.5) / 5 = 0.4, and 4 of 10 for the EU; -3 is beyond the scale."""
    assert concentration.instability([0.5, -3, NAN]).tolist()[:2] == [0.4, 1.0]
    assert concentration.eu_governance_weight([0.5]).tolist() == [4.0]
    assert concentration.instability([NAN], default=0.5).tolist() == [0.5]
    assert np.isnan(concentration.instability([NAN])).all()


def test_weighted_hhi_on_paper() -> None:
    """0.6 and 0.4 with weights 5 and 2 and an export tax of 1.1 on the first: 1.98 + 0.32."""
    assert concentration.weighted_herfindahl([0.6, 0.4], [5, 2], [1.1, 1]) == pytest.approx(2.3)
    assert concentration.herfindahl([0.6, 0.4]) == pytest.approx(0.52)


def test_unknown_is_not_zero() -> None:
    assert np.isnan(concentration.supplier_shares([1, NAN])).all()
    assert np.isnan(concentration.supplier_shares([0, 0])).all()
    assert np.isnan(concentration.weighted_herfindahl([0.5, 0.5], [NAN, 1]))
    assert concentration.weighted_herfindahl([1, 0], [0.5, NAN]) == 0.5
    with pytest.raises(ValueError, match="negative"):
        concentration.supplier_shares([1, -1])
    with pytest.raises(ValueError, match="add up"):
        concentration.herfindahl([0.8, 0.8])


def test_shares_that_rounding_lifts_above_one_are_shares() -> None:
    assert concentration.herfindahl([0.1 + 0.2 + 0.7, 0.0]) == pytest.approx(1)
    assert concentration.herfindahl([np.nextafter(1, 2)]) == pytest.approx(1)
    with pytest.raises(ValueError, match="add up"):
        concentration.herfindahl([1.01])


@given(SUPPLIERS, st.randoms())
def test_weighted_hhi_invariants(rows: list[tuple[float, float]], order: object) -> None:
    quantity, weight = arrays(rows)
    share = concentration.supplier_shares(quantity)
    hhi = concentration.herfindahl(share)
    assert 1 / share.size - 1e-9 <= hhi <= 1 + 1e-9
    weighted = concentration.weighted_herfindahl(share, weight)
    assert -1e-12 <= weighted <= hhi + 1e-12
    assert concentration.weighted_herfindahl(share, np.ones(share.size)) == pytest.approx(hhi)
    backwards = concentration.weighted_herfindahl(share[::-1], weight[::-1])
    assert backwards == pytest.approx(weighted, abs=1e-12)
    if share.size > 1:  # a merger never lowers the concentration
        merged = concentration.herfindahl([share[0] + share[1], *share[2:]])
        assert merged >= hhi - 1e-12


@given(st.lists(st.floats(min_value=-4, max_value=4), min_size=1))
def test_instability_is_a_share_and_falls_with_governance(estimates: list[float]) -> None:
    weight = concentration.instability(sorted(estimates))
    assert ((weight >= 0) & (weight <= 1)).all()
    assert (np.diff(weight) <= 0).all()


def test_hhi_variants_of_a_table() -> None:
    """Shares 0.6 and 0.4; g of stability 0.4 and 0.5, of all six 0.5 and none."""
    shares = pa.table(
        {
            "item": ["a", "a", "b"],
            "share": [0.6, 0.4, 1.0],
            "wgi_pv": [0.5, 0.0, 2.5],
            "wgi_avg6": [0.0, None, -2.5],
            "trade_factor": [1.0, 1.0, 1.1],
        }
    )
    first, second = tables.governance_hhi(shares, ["item"]).to_pylist()
    assert first["hhi_wgi_pv"] == pytest.approx(0.36 * 0.4 + 0.16 * 0.5)
    assert first["hhi_wgi_avg6"] is None
    assert first["hhi_wgi_avg6_default"] == pytest.approx(0.36 * 0.5 + 0.16 * 0.5)
    assert (first["n_missing_wgi"], first["null_reason"]) == (1, "missing_governance")
    assert (second["hhi_wgi_pv"], second["hhi_eu"], second["null_reason"]) == (0.0, 10.0, None)
    assert second["hhi_eu_trade"] == pytest.approx(11)


# M6


def test_supply_risk_on_paper() -> None:
    """HHI 3.5 and 1.1, IR 0.34: 3.5 x 0.17 + 1.1 x 0.83 = 1.508; a tenth recycled: 1.3572."""
    assert eu_method.supply_risk(3.5, 1.1, 0.34, 0.0, 1.0)[0] == pytest.approx(1.508)
    assert eu_method.supply_risk(3.5, 1.1, 0.34, 0.1, 1.0)[0] == pytest.approx(1.3572)
    only = eu_method.supply_risk(2.4, NAN, NAN, 0.0, 1.0, "global_only")
    assert only.tolist() == [2.4]
    assert np.isnan(eu_method.supply_risk(3.5, 1.1, 0.34, NAN, 1.0)[0])
    with pytest.raises(ValueError, match="eol_rir is a share"):
        eu_method.supply_risk(3.5, 1.1, 0.34, 28, 1.0)
    with pytest.raises(ValueError, match="supply_used"):
        eu_method.supply_risk(3.5, 1.1, 0.34, 0.1, 1.0, "GS + EUS")


def test_import_reliance_and_importance_on_paper() -> None:
    """(30 - 10) / (20 + 30 - 10) = 0.5; an exporter has 0; nothing used has none."""
    reliance = eu_method.import_reliance([30, 5, 0, 10], [10, 30, 0, NAN], [20, 40, 0, 5])
    assert reliance.tolist()[:2] == [0.5, 0.0]
    assert np.isnan(reliance[2:]).all()
    # 0.6 of 10 and 0.4 of 5 are 8, of which a substitute leaves 0.9
    importance = eu_method.economic_importance([0.6, 0.4], [200, 100], 0.9, 200)
    assert importance == pytest.approx(7.2)
    assert np.isnan(eu_method.economic_importance([1.0], [NAN], 0.9, 200))
    assert eu_method.is_critical([1.0, 0.99, NAN, NAN], [2.8, 9, 9, 2]) == [
        True, False, None, False,
    ]  # fmt: skip
    assert eu_method.bottleneck_stage({"ore": 1.0, "refined": 2.0, "metal": NAN}) == "refined"
    assert eu_method.bottleneck_stage({"ore": NAN}) is None


HHI_EU = st.floats(min_value=0, max_value=12)


@given(HHI_EU, HHI_EU, WEIGHT, WEIGHT, WEIGHT, st.floats(min_value=0, max_value=2))
def test_supply_risk_invariants(
    gs: float, eus: float, ir: float, rir: float, si: float, more: float
) -> None:
    risk = eu_method.supply_risk(gs, eus, ir, rir, si)[0]
    assert -1e-12 <= risk <= max(gs, eus) + 1e-9
    assert eu_method.supply_risk(gs, eus, 0, rir, si)[0] == pytest.approx(eus * (1 - rir) * si)
    assert eu_method.supply_risk(gs, eus, ir, 1, si)[0] == 0
    assert eu_method.supply_risk(gs + more, eus, ir, rir, si)[0] >= risk - 1e-12
    assert eu_method.supply_risk(gs, eus + more, ir, rir, si)[0] >= risk - 1e-12


@given(QUANTITY, QUANTITY, QUANTITY)
def test_import_reliance_is_a_share(m: float, x: float, p: float) -> None:
    (reliance,) = eu_method.import_reliance([m], [x], [p])
    assert np.isnan(reliance) or 0 <= reliance <= 1


def printed_2017(economics: Path) -> pa.Table:
    """The inputs of the EU's assessment of 2017 as printed, without the two group averages."""
    with (economics / "eu_crm2017_results.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["si_sr"]]

    def number(column: str, divisor: float = 1) -> list[float | None]:
        return [float(row[column]) / divisor if row[column] else None for row in rows]

    return pa.table(
        {
            "material": [row["material"] for row in rows],
            "printed": number("supply_risk"),
            "hhi_wgi_t_global": number("hhi_wgi_t_global"),
            "hhi_wgi_t_sourcing": pa.array(number("hhi_wgi_t_eu"), pa.float64()),
            "import_reliance_share": number("import_reliance_pct", 100),
            "eol_rir_share": number("eol_rir_pct", 100),
            "si_sr": number("si_sr"),
            "supply_used": [eu_method.PRINTED_SUPPLY_USED[row["supply_used"]] for row in rows],
        }
    )


def test_supply_risk_of_2017_from_its_printed_inputs(shared_data: Path) -> None:
    """Inputs are printed with one decimal, so a result differs by a few tenths at most."""
    found = tables.eu_supply_risk(printed_2017(shared_data / "economics"), ["material"])
    assert found["null_reason"].null_count == found.num_rows >= 77
    gap = np.abs(found["supply_risk"].to_numpy() - found["printed"].to_numpy())
    assert [int((gap <= limit + 1e-9).sum()) for limit in (0.1, 0.15, 0.2)] >= [60, 72, 75]
    assert gap.max() <= 0.3


def test_missing_inputs_are_named() -> None:
    case = {
        "hhi_wgi_t_global": 2.4, "hhi_wgi_t_sourcing": None, "import_reliance_share": None,
        "eol_rir_share": 0.0, "si_sr": 1.0,
    }  # fmt: skip
    found = tables.eu_supply_risk(
        pa.Table.from_pylist(
            [
                {"item": "a", **case, "supply_used": "global_only"},
                {"item": "b", **case, "supply_used": "global_and_sourcing"},
                {"item": "c", **case, "si_sr": None, "supply_used": "global_only"},
            ]
        ),
        ["item"],
    )
    assert found["supply_risk"].to_pylist() == [2.4, None, None]
    assert found["null_reason"].to_pylist() == [
        None, "missing_hhi_wgi_t_sourcing", "missing_si_sr",
    ]  # fmt: skip


def test_importance_of_a_table() -> None:
    """0.6 of the largest sector and 0.4 of one half as large: 8, of which 0.9 stay."""
    uses = pa.table(
        {
            "material": ["a", "a", "b", "c"],
            "use_share": [0.6, 0.4, 1.0, 1.0],
            "value_added": [200.0, 100.0, 100.0, None],
            "largest_value_added": [200.0, 200.0, 200.0, 200.0],
            "si_ei": [0.9, 0.9, None, 1.0],
        }
    )
    rows = tables.economic_importance(uses, ["material"]).to_pylist()
    assert rows[0]["economic_importance"] == pytest.approx(7.2)
    assert [row["null_reason"] for row in rows] == [None, "missing_si_ei", "missing_value_added"]
    assert [row["economic_importance"] for row in rows[1:]] == [None, None]
