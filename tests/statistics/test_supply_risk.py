"""The published methods: worked examples on paper, invariants, and printed results of others."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.statistics.supply_risk import (
    concentration,
    eu_method,
    geopolrisk,
    method_agreement,
    n_minus,
    network,
    tables,
)

QUANTITY = st.floats(min_value=0, max_value=1e9, allow_subnormal=False)
WEIGHT = st.floats(min_value=0, max_value=1)
NAN = float("nan")

suppliers = st.lists(st.tuples(QUANTITY, WEIGHT), min_size=1, max_size=12).filter(
    lambda rows: sum(quantity for quantity, _ in rows) > 1
)


def arrays(rows: Sequence[tuple[float, ...]]) -> list[concentration.Floats]:
    return [np.array(column) for column in zip(*rows, strict=True)]


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


@given(suppliers, st.randoms())
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


# M8


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


@given(suppliers, suppliers, QUANTITY, st.data())
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


# M13


def test_n_minus_on_paper() -> None:
    """100 t, of which 50 stop that use 20 themselves: 0.5 is left, and 50 serve a use of 80."""
    removed = n_minus.largest_suppliers([50, 25, 25], 1)
    assert removed.tolist() == [True, False, False]
    assert n_minus.n_minus_supply([50, 25, 25], removed) == 0.5
    assert n_minus.n_minus_balance([50, 25, 25], [20, NAN, NAN], removed, 100) == 0.625
    assert np.isnan(n_minus.n_minus_balance([50, 25, 25], [NAN, 1, 1], removed, 100))
    assert np.isnan(n_minus.n_minus_balance([50, 25, 25], [100, 0, 0], removed, 100))
    bucket = n_minus.largest_suppliers([10, 90], 1, is_named=[True, False])
    assert bucket.tolist() == [True, False]
    assert n_minus.apparent_use([10, 1], [5, 0], [3, 2]).tolist()[0] == 12
    assert np.isnan(n_minus.apparent_use([1], [0], [2])).all()


@given(suppliers, st.integers(min_value=1, max_value=3))
def test_n_minus_invariants(rows: list[tuple[float, float]], n: int) -> None:
    supply, use = arrays(rows)
    use = use * supply
    removed = n_minus.largest_suppliers(supply, n)
    left = n_minus.n_minus_supply(supply, removed)
    assert -1e-12 <= left <= 1 - 1 / supply.size + 1e-9
    more = n_minus.n_minus_supply(supply, n_minus.largest_suppliers(supply, n + 1))
    assert more <= left + 1e-12
    balance = n_minus.n_minus_balance(supply, use, removed, float(supply.sum()))
    # who stops uses no more than it makes, so the others have at best what they use
    assert np.isnan(balance) or balance <= 1 + 1e-9


def test_n_minus_of_a_table() -> None:
    supply = pa.table(
        {
            "item": ["a", "a", "a", "b"],
            "supplier_id": ["CHN", "JPN", "NES", "CHN"],
            "supply": [50.0, 25.0, 25.0, None],
            "own_use": [20.0, None, None, None],
            "is_named": [True, True, False, True],
        }
    )
    first, second = tables.n_minus_scores(supply, ["item"]).to_pylist()
    assert (first["removed_ids"], first["n_minus_supply"]) == ("CHN", 0.5)
    assert (first["n_minus_balance"], first["null_reason"]) == (0.625, None)
    assert (second["n_minus_supply"], second["null_reason"]) == (None, "missing_supply")
    two = tables.n_minus_scores(supply, ["item"], n=2).to_pylist()[0]
    assert (two["removed_ids"], two["null_reason"]) == ("CHN|JPN", "missing_own_use")


def test_figures_of_the_energy_agency(shared_data: Path) -> None:
    """Refining in 2024: the three largest have 0.86 of six minerals on average."""
    supply: dict[str, dict[str, float]] = defaultdict(dict)
    with (shared_data / "economics" / "iea_supply_by_country_edition2025.csv").open(
        encoding="utf-8"
    ) as file:
        for row in csv.DictReader(file):
            is_country = row["country"] not in ("TOTAL", "TOP3_SHARE")
            if row["stage"] == "refining" and row["year"] == "2024" and is_country:
                supply[row["mineral_id"]][row["country"]] = float(row["value"])

    def left(mineral: str, n: int) -> float:
        made = np.array(list(supply[mineral].values()))
        named = [country != "Rest of world" for country in supply[mineral]]
        return n_minus.n_minus_supply(made, n_minus.largest_suppliers(made, n, named))

    assert np.mean([1 - left(mineral, 3) for mineral in supply]) == pytest.approx(0.86, abs=0.01)
    assert len(supply) == 6
    one = [left(m, 1) for m in ("rare_earths", "graphite", "cobalt", "lithium")]
    assert one == pytest.approx([0.09, 0.04, 0.22, 0.30], abs=0.02)


# Agreement of methods


def test_rank_correlation_on_paper() -> None:
    """Ranks 1, 2, 3 against 2, 1, 3: 1 - 6 x 2 / (3 x 8) = 0.5."""
    assert method_agreement.ranks([3, 2, NAN, 2]).tolist()[:2] == [1.0, 2.5]
    assert method_agreement.rank_correlation([9, 8, 7], [5, 6, 1]) == pytest.approx(0.5)
    assert np.isnan(method_agreement.rank_correlation([9, 8, NAN], [5, 6, 1]))
    assert np.isnan(method_agreement.rank_correlation([1, 1, 1], [5, 6, 1]))


def test_the_input_that_restores_a_rank() -> None:
    """x recycles nothing by one source and most by the other; its supply differs by little."""
    own = {"supply": np.array([3.0, 2.0, 1.0]), "recycled": np.array([0.0, 0.0, 0.0])}
    other = {"supply": np.array([2.9, 2.0, 1.0]), "recycled": np.array([0.9, 0.0, 0.0])}

    def method(inputs: Mapping[str, concentration.Floats]) -> concentration.Floats:
        return inputs["supply"] * (1 - inputs["recycled"])

    assert method_agreement.main_driver(method, own, other, 0) == "recycled"
    assert method_agreement.main_driver(method, own, own, 0) is None


def test_methods_are_compared_pair_by_pair() -> None:
    """By concentration a, b, c; recycling takes nine tenths of a, which falls to the last
    place and lets the others rise."""
    factors = pa.table(
        {
            "entity": ["J"] * 7,
            "item": ["a", "b", "c", "a", "b", "c", "d"],
            "method_id": ["hhi"] * 3 + ["eu"] * 4,
            "concentration": [0.9, 0.5, 0.3, 0.9, 0.5, 0.3, None],
            "recycling": [1.0, 1.0, 1.0, 0.1, 1.0, 1.0, 1.0],
        }
    )
    rows = method_agreement.compare_methods(
        factors, ["entity"], ["item"], ["concentration", "recycling"]
    ).to_pylist()
    assert [(r["item"], r["rank_a"], r["rank_b"], r["main_driver"]) for r in rows] == [
        ("a", 3, 1, "recycling"), ("b", 1, 2, "recycling"), ("c", 2, 3, "recycling"),
    ]  # fmt: skip
    assert {r["rank_correlation"] for r in rows} == {-0.5}
    assert (rows[0]["half_a"], rows[0]["half_b"]) == ("lower", "upper")
    assert {(r["method_a"], r["method_b"], r["n_items"]) for r in rows} == {("eu", "hhi", 3)}


# M17

STAR = np.zeros((5, 5))
STAR[0, 2] = STAR[1, 2] = 10.0
STAR[2, 3] = STAR[2, 4] = 10.0
STAR_PRODUCTION = [10, 10, 0, 0, 0]


def test_the_centre_of_a_star() -> None:
    """Two producers sell to a hub, which sells to two importers: without it nothing arrives."""
    impact = network.removal_impact(STAR, STAR_PRODUCTION, [False, False, False, True, True])
    assert impact[:3] == pytest.approx([0.5, 0.5, 1.0])
    assert np.isnan(impact[3:]).all()
    dependence = network.hub_dependence(STAR, STAR_PRODUCTION)
    assert dependence[3, 2] == pytest.approx(1, abs=1e-5)
    assert dependence[3, 0] == pytest.approx(0, abs=1e-9)
    out, into = network.strength_shares(STAR)
    assert out.tolist() == [0.25, 0.25, 0.5, 0, 0]
    assert into.tolist() == [0, 0, 0.5, 0.25, 0.25]


def test_chokepoints_of_a_table() -> None:
    names = ["A", "B", "H", "P", "Q"]
    edges = [(names[i], names[j], STAR[i, j]) for i, j in np.argwhere(STAR > 0)]
    flows = pa.table(
        {
            "item": ["x"] * 4,
            "exporter_id": [edge[0] for edge in edges],
            "importer_id": [edge[1] for edge in edges],
            "quantity": [edge[2] for edge in edges],
        }
    )
    production = pa.table({"item": ["x"], "country_id": ["A"], "production": [10.0]})
    rows = network.chokepoints(flows, production, ["P", "Q"], ["item"], 0.3).to_pylist()
    hub = next(row for row in rows if row["country_id"] == "H")
    assert (hub["removal_impact_share"], hub["n_edges"]) == (1.0, 4)
    assert hub["hub_dependence_share"] == pytest.approx(1, abs=1e-5)
    # a producer has a quarter of all exports, less than the three tenths that are tried
    assert [row["removal_impact_share"] for row in rows if row["country_id"] != "H"] == [None] * 4


@given(
    st.lists(st.floats(min_value=0, max_value=1e6), min_size=25, max_size=25),
    st.lists(QUANTITY, min_size=5, max_size=5),
    st.permutations(range(5)),
)
def test_network_invariants(flows: list[float], made: list[float], order: list[int]) -> None:
    flow, production = np.reshape(flows, (5, 5)), np.array(made)
    importers = np.array([False, False, False, True, True])
    impact = network.removal_impact(flow, production, importers)
    known = impact[~np.isnan(impact)]
    assert ((known >= 0) & (known <= 1)).all()
    dependence = network.hub_dependence(flow, production)
    assert ((dependence >= 0) & (dependence <= 1)).all()
    at = np.array(order)
    again = network.removal_impact(flow[np.ix_(at, at)], production[at], importers[at])
    assert np.allclose(again, impact[at], atol=1e-6, equal_nan=True)
    same = network.hub_dependence(flow[np.ix_(at, at)], production[at])
    assert np.allclose(same, dependence[np.ix_(at, at)], atol=1e-6)


def test_an_unknown_flow_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown"):
        network.strength_shares([[0.0, NAN], [0.0, 0.0]])
    with pytest.raises(ValueError, match="square"):
        network.strength_shares([[0, 1]])
