"""Requests and plans: they cover the selection, each item once, however they are split."""

from __future__ import annotations

import csv
import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from statistics import mean

import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

from sources.kit.catalog import find_source
from sources.un_comtrade.batch_plan import chunk_sizes, plan_batches
from sources.un_comtrade.request import ApiRequest
from sources.un_comtrade.settings import Settings, load_selection, load_settings
from warehouse.paths import DBT_PROJECT

members = st.lists(
    st.integers(1, 999).map(str), min_size=1, max_size=6, unique=True
).map(tuple)  # fmt: skip
requests = st.builds(ApiRequest, st.just("A"), members, members, members, members)


def points(request: ApiRequest) -> set[tuple[str, str, str, str]]:
    dimensions = (request.reporters, request.periods, request.flows, request.codes)
    return set(itertools.product(*dimensions))


def leaves(request: ApiRequest) -> Iterator[ApiRequest]:
    halves = request.split()
    for half in halves:
        yield from leaves(half)
    if not halves:
        yield request


@given(requests)
def test_splitting_covers_every_point_once(request: ApiRequest) -> None:
    first, second = points(request), [points(half) for half in request.split()]
    if second:
        assert second[0] | second[1] == first
        assert not second[0] & second[1]
    else:
        assert len(first) == 1


@given(requests)
def test_all_splits_end_at_single_points(request: ApiRequest) -> None:
    ends = list(leaves(request))
    assert all(len(points(end)) == 1 for end in ends)
    assert len(ends) == len(points(request))


def test_the_order_of_splitting() -> None:
    request = ApiRequest("A", ("842", "156"), ("2022", "2023"), ("M", "X"), ("811292", "284690"))
    order = []
    while halves := request.split():
        order.append(next(d for d in ("periods", "flows", "codes", "reporters")
                          if getattr(halves[0], d) != getattr(request, d)))  # fmt: skip
        request = halves[0]
    assert order == ["periods", "flows", "codes", "reporters"]


@given(
    rows=st.sampled_from([500, 5_000, 100_000, 250_000]),
    n_codes=st.integers(1, 220),
    n_reporters=st.integers(1, 12),
    has_key=st.booleans(),
    missing=st.sets(st.tuples(st.integers(1, 12), st.integers(2019, 2024)), max_size=10),
)
def test_a_plan_covers_what_was_filed_and_nothing_else(
    rows: int, n_codes: int, n_reporters: int, has_key: bool, missing: set[tuple[int, int]]
) -> None:
    environ = {
        "PAX_COMTRADE_ROWS": str(rows), "PAX_COMTRADE_KEY": "k" if has_key else "",
        "PAX_COMTRADE_PERIODS": "2019-2024",
        "PAX_COMTRADE_REPORTERS": ",".join(str(n) for n in range(1, n_reporters + 1)),
        "PAX_COMTRADE_CODES": ",".join(f"{n:06}" for n in range(n_codes)),
    }  # fmt: skip
    settings = load_settings(date(2026, 11, 24), environ)
    filed = {
        (r, p): "2026-01-01"
        for r in settings.reporters for p in settings.years if (int(r), int(p)) not in missing
    }  # fmt: skip
    plan = list(plan_batches(settings, "A", settings.years, filed))
    landed = [pair for batch in plan for pair in batch.releases]
    assert sorted(landed) == sorted(filed)
    for batch in plan:
        codes = [code for request in batch.requests for code in request.codes]
        assert sorted(codes) == sorted(settings.codes)
        for request in batch.requests:
            assert set(batch.releases) <= set(request.pairs)
            assert len(request.periods) <= (12 if has_key else 1)
    keys = [batch.request_key(request) for batch in plan for request in batch.requests]
    assert len(set(keys)) == len(keys)
    assert plan == list(plan_batches(settings, "A", settings.years, filed))


def test_a_new_release_changes_the_keys_of_its_own_requests_only() -> None:
    settings = load_settings(date(2026, 11, 24), {"PAX_COMTRADE_PERIODS": "2022-2023"})
    filed = {(r, p): "2026-01-01" for r in settings.reporters for p in settings.years}

    def keys(filed: dict[tuple[str, str], str]) -> set[str]:
        return {
            b.request_key(c)
            for b in plan_batches(settings, "A", settings.years, filed)
            for c in b.requests
        }

    before, after = keys(filed), keys(filed | {("842", "2022"): "2026-11-01"})
    per_pair = -(-len(settings.codes) // chunk_sizes(settings, "A")["codes"])
    assert len(before - after) == len(after - before) == per_pair


def test_the_selection_is_that_of_the_seeds() -> None:
    revisions = ("valid_hs2012", "valid_hs2017", "valid_hs2022")
    codes = {
        row["hs6"]
        for row in seed("reference/hs_items.csv")
        if "true" in {row[revision] for revision in revisions}
    }
    assert set(load_selection()["codes"]) == codes
    code = {row["country_id"]: row["comtrade_code"] for row in seed("reference/countries.csv")}
    numbers = {code[country_id] for country_id in parties()}
    assert numbers | {"156", "490"} <= set(load_selection()["reporters"]) <= set(code.values())


def test_the_short_plan_asks_parties_and_their_suppliers_for_separable_codes() -> None:
    settings = load_settings(date(2026, 11, 24), {})
    assert (settings.plan, settings.years, settings.months) == ("short", ("2025", "2024"), ())
    importers, exporters = (
        {r for part in settings.parts if part.flows == (flow,) for r in part.reporters}
        for flow in ("M", "X")
    )
    code = {row["country_id"]: row["comtrade_code"] for row in seed("reference/countries.csv")}
    assert importers == {code[country_id] for country_id in parties()}
    assert {"156", "490"} <= exporters
    assert not importers & exporters
    items: dict[str, list[dict[str, str]]] = {}
    for row in seed("reference/hs_items.csv"):
        items.setdefault(row["hs6"], []).append(row)
    separable = {
        hs6
        for hs6, rows in items.items()
        if {row["exclusivity"] for row in rows} == {"exclusive"}
        and any(row["valid_hs2017"] == row["valid_hs2022"] == "true" for row in rows)
    }
    assert {frozenset(part.codes) for part in settings.parts} == {frozenset(separable)}


def test_the_plan_without_a_key_is_under_500_requests() -> None:
    """With every year filed and as many partners as in BACI, full pages and their halves counted;
    what a key or the whole plan asks for is thousands of previews."""
    settings = load_settings(date(2026, 11, 24), {})
    requests = planned(settings)
    n_partners = partners_by_code()
    assert len(requests) < 450

    def n_sent(request: ApiRequest) -> int:
        rows = sum(n_partners(request.reporters[0], request.flows[0], c) for c in request.codes)
        return 1 if rows < settings.rows else 1 + sum(map(n_sent, request.split()))

    n_lists = 1
    assert n_lists + sum(map(n_sent, requests)) < 500 <= settings.calls
    assert [r.periods for r in requests] == sorted((r.periods for r in requests), reverse=True)
    whole = load_settings(date(2026, 11, 24), {"PAX_COMTRADE_PLAN": "whole"})
    assert len(planned(whole)) > 50_000


def planned(settings: Settings) -> list[ApiRequest]:
    """The requests of all batches if everybody has filed everything."""
    reporters = {r for part in settings.parts for r in part.reporters}
    found: list[ApiRequest] = []
    for freq, periods in settings.periods.items():
        filed = {(r, p): "2026-06-15" for r in reporters for p in periods}
        for batch in plan_batches(settings, freq, periods, filed):
            found += batch.requests
    return found


def partners_by_code() -> Callable[[str, str, str], float]:
    """Partners, and World, of a reporter's flow of one code in 2024; of a code that is not
    bundled, the mean of the reporter."""
    flows = pq.read_table(
        find_source("cepii_baci").bundled / "flows",
        columns=["year", "nomenclature", "exporter_code", "importer_code", "product_code"],
        filters=[("year", "=", 2024), ("nomenclature", "=", "HS2017")],
    ).to_pylist()
    number = {row["country_id"]: row["comtrade_code"] for row in seed("reference/countries.csv")}
    counts: Counter[tuple[str, str, str]] = Counter()
    for row in flows:
        counts[number.get(row["importer_code"], ""), "M", row["product_code"]] += 1
        counts[number.get(row["exporter_code"], ""), "X", row["product_code"]] += 1
    means = {
        pair: mean(n for (reporter, flow, _), n in counts.items() if (reporter, flow) == pair)
        for pair in {key[:2] for key in counts}
    }

    def n_rows(reporter: str, flow: str, code: str) -> float:
        return 1 + counts.get((reporter, flow, code), means.get((reporter, flow), 10.0))

    return n_rows


def seed(path: str) -> list[dict[str, str]]:
    with (DBT_PROJECT / "seeds" / path).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def parties() -> set[str]:
    return {
        row["country_id"]
        for row in seed("curated/partner_memberships.csv")
        if (row["bloc_id"], row["membership_type"], row["party_kind"])
        == ("BLOC:PAX_SILICA", "signatory", "country")
    }


def test_default_settings() -> None:
    settings = load_settings(date(2026, 3, 5), {"PAX_COMTRADE_KEY": "k"})
    assert settings.years == tuple(str(year) for year in range(2025, 2016, -1))
    assert (settings.months[0], settings.months[-1], len(settings.months)) == (
        "202602",
        "202403",
        24,
    )
    assert settings.months[14] == "202412"
