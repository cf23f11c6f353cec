"""Requests and plans: they cover the selection, each item once, however they are split."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from sources.un_comtrade.batch_plan import chunk_sizes, plan_batches
from sources.un_comtrade.request import ApiRequest
from sources.un_comtrade.settings import load_selection, load_settings
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
    seeds = DBT_PROJECT / "seeds"

    def read(path: str) -> list[dict[str, str]]:
        with (seeds / path).open(encoding="utf-8") as lines:
            return list(csv.DictReader(lines))

    revisions = ("valid_hs2012", "valid_hs2017", "valid_hs2022")
    codes = {
        row["hs6"]
        for row in read("reference/hs_items.csv")
        if "true" in {row[revision] for revision in revisions}
    }
    assert set(load_selection()["codes"]) == codes
    code = {row["country_id"]: row["comtrade_code"] for row in read("reference/countries.csv")}
    parties = {
        code[row["country_id"]]
        for row in read("curated/partner_memberships.csv")
        if (row["bloc_id"], row["membership_type"], row["party_kind"])
        == ("BLOC:PAX_SILICA", "signatory", "country")
    }
    assert parties | {"156", "490"} <= set(load_selection()["reporters"]) <= set(code.values())


def test_default_settings() -> None:
    settings = load_settings(date(2026, 3, 5), {"PAX_COMTRADE_KEY": "k"})
    assert settings.years == tuple(str(year) for year in range(2025, 2016, -1))
    assert (settings.months[0], settings.months[-1], len(settings.months)) == (
        "202602",
        "202403",
        24,
    )
    assert settings.months[14] == "202412"
