"""Hubs after a control: worked numbers, planted hubs, and worlds without any."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from warehouse.statistics.rerouting.batch import reroute_table
from warehouse.statistics.rerouting.candidates import NoSeriesError, find_hubs

N_SEEDS = 200


def random_flows(
    seed: int, *, has_hub: bool, n_hubs: int = 12, n_years: int = 14, noise: float = 0.25
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Direct, in- and outflows; the direct flow falls by four fifths in the last year.

    With a hub 30 to 70 % of what is lost travels through it, up to a fifth of that stays there.
    """
    rng = np.random.default_rng(seed)
    direct = 1000 * np.exp(noise * rng.normal(size=n_years))
    direct[-1] *= 0.2
    sizes = 10 ** rng.uniform(0.5, 2.5, (2, n_hubs, 1))
    inflow, outflow = sizes * np.exp(noise * rng.normal(size=(2, n_hubs, n_years)))
    hub = int(rng.integers(n_hubs))
    if has_hub:
        moved = 800 * rng.uniform(0.3, 0.7)
        inflow[hub, -1] += moved
        outflow[hub, -1] += moved * rng.uniform(0.8, 1.0)
    return direct, inflow, outflow, hub


def steady(last: list[float], n_years: int = 9) -> np.ndarray:
    """Flows of 100 and 110 in turn, and the given last year."""
    before = [100.0 if year % 2 else 110.0 for year in range(n_years - 1)]
    return np.array([[*before, value] for value in last])


def test_what_goes_around_is_the_smaller_of_both_excesses() -> None:
    """Expected are 310 / 3 or 320 / 3; 200 more come in and 150 more go out: 150 are matched."""
    direct = steady([10.0])[0]
    expected = direct[-4:-1].mean()
    found = find_hubs(direct, steady([expected + 200, 105]), steady([expected + 150, 105]))
    hub = found.hubs[0]
    assert found.lost == pytest.approx(expected - 10)
    assert (hub.index, hub.matched) == (0, pytest.approx(150))
    assert hub.coverage_share == pytest.approx(150 / (expected - 10))
    assert hub.balance_share == pytest.approx(0.75)
    assert hub.is_candidate
    assert 0 <= hub.evidence_score <= 1


def test_short_series_and_flows_that_did_not_fall_are_named() -> None:
    flows = steady([10.0], 7)
    with pytest.raises(NoSeriesError, match="6 years before the measure, 8 are needed"):
        find_hubs(flows[0], flows, flows)
    with pytest.raises(NoSeriesError, match="has not fallen"):
        find_hubs(steady([500.0])[0], steady([10.0]), steady([10.0]))


def test_a_planted_hub_is_among_the_first_two() -> None:
    hits = 0
    for seed in range(N_SEEDS):
        direct, inflow, outflow, hub = random_flows(seed, has_hub=True)
        found = [one.index for one in find_hubs(direct, inflow, outflow).hubs if one.is_candidate]
        hits += hub in found[:2]
    assert hits >= 0.9 * N_SEEDS


def test_without_rerouting_there_is_hardly_ever_a_candidate() -> None:
    false = 0
    for seed in range(N_SEEDS):
        direct, inflow, outflow, _ = random_flows(10_000 + seed, has_hub=False)
        false += any(one.is_candidate for one in find_hubs(direct, inflow, outflow).hubs)
    assert false <= 0.05 * N_SEEDS


@pytest.mark.parametrize("seed", range(20))
def test_invariants(seed: int) -> None:
    """No more is matched than came in or went out; scores and probabilities are shares."""
    direct, inflow, outflow, _ = random_flows(seed, has_hub=seed % 2 == 0, noise=0.4)
    found = find_hubs(direct, inflow, outflow)
    for hub in found.hubs:
        assert 0 < hub.matched <= min(hub.inflow_excess, hub.outflow_excess)
        assert 0 <= hub.evidence_score <= 1
        assert 1 / (1 + found.n_placebo) <= hub.p_placebo <= 1
    outflows = sum(hub.outflow_excess for hub in found.hubs)
    assert sum(hub.matched for hub in found.hubs) <= outflows + 1e-9


def test_a_table_has_hubs_or_the_reason() -> None:
    years = range(2010, 2020)
    direct, hub = steady([10.0], 10)[0], steady([300.0], 10)[0]
    lines = {("CHN", "JPN"): direct, ("CHN", "VNM"): hub, ("VNM", "JPN"): hub}
    flows = [
        {"nomenclature": "HS1992", "product_code": "250410", "exporter_id": exporter,
         "importer_id": importer, "year": year, "kg": kg}
        for (exporter, importer), line in lines.items()
        for year, kg in zip(years, line, strict=True)
    ]  # fmt: skip
    measure = {"event_id": "E", "exporter_id": "CHN", "product_code": "250410",
               "nomenclature": "HS1992", "last_year": 2018, "post_year": 2019,
               "missing_reason": None}  # fmt: skip
    late = measure | {"event_id": "L", "missing_reason": "no year after the measure is loaded"}
    found = reroute_table(
        pa.Table.from_pylist([measure, late]), pa.Table.from_pylist(flows),
        pa.table({"importer_id": ["JPN", "KOR"]}),
    ).to_pylist()  # fmt: skip
    assert [(row["event_id"], row["importer_id"], row["hub_id"]) for row in found] == [
        ("E", "JPN", "VNM"), ("L", "NONE", "NONE"),
    ]  # fmt: skip
    assert found[0]["is_candidate"]
    assert found[1]["missing_reason"] == "no year after the measure is loaded"
