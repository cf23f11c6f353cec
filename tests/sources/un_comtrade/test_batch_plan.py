"""Cells and plans: what is asked covers what is wanted, each thing once, however it is split."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from sources.un_comtrade.batch_plan import blocks, chunk_sizes
from sources.un_comtrade.request import ApiRequest
from sources.un_comtrade.settings import selection, settings
from warehouse.paths import DBT_PROJECT

members = st.lists(
    st.integers(1, 999).map(str), min_size=1, max_size=6, unique=True
).map(tuple)  # fmt: skip
cells = st.builds(ApiRequest, st.just("A"), members, members, members, members)


def points(cell: ApiRequest) -> set[tuple[str, str, str, str]]:
    return {
        (r, p, f, c)
        for r in cell.reporters for p in cell.periods for f in cell.flows for c in cell.codes
    }  # fmt: skip


def leaves(cell: ApiRequest) -> Iterator[ApiRequest]:
    halves = cell.split()
    for half in halves:
        yield from leaves(half)
    if not halves:
        yield cell


@given(cells)
def test_splitting_loses_nothing_and_asks_nothing_twice(cell: ApiRequest) -> None:
    first, second = points(cell), [points(half) for half in cell.split()]
    if second:
        assert second[0] | second[1] == first
        assert not second[0] & second[1]
    else:
        assert len(first) == 1


@given(cells)
def test_all_splits_end_at_single_points(cell: ApiRequest) -> None:
    ends = list(leaves(cell))
    assert all(len(points(end)) == 1 for end in ends)
    assert len(ends) == len(points(cell))


def test_the_order_of_splitting() -> None:
    cell = ApiRequest("A", ("842", "156"), ("2022", "2023"), ("M", "X"), ("811292", "284690"))
    order = []
    while halves := cell.split():
        order.append(next(d for d in ("periods", "flows", "codes", "reporters")
                          if getattr(halves[0], d) != getattr(cell, d)))  # fmt: skip
        cell = halves[0]
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
    frame = settings(date(2026, 11, 24), environ)
    filed = {
        (r, p): "2026-01-01"
        for r in frame.reporters for p in frame.years if (int(r), int(p)) not in missing
    }  # fmt: skip
    plan = list(blocks(frame, "A", frame.years, filed))
    landed = [pair for block in plan for pair in block.releases]
    assert sorted(landed) == sorted(filed)
    for block in plan:
        codes = [code for cell in block.cells for code in cell.codes]
        assert sorted(codes) == sorted(frame.codes)
        for cell in block.cells:
            assert set(block.releases) <= set(cell.pairs)
            assert len(cell.periods) <= (12 if has_key else 1)
    keys = [block.cell_key(cell) for block in plan for cell in block.cells]
    assert len(set(keys)) == len(keys)
    assert plan == list(blocks(frame, "A", frame.years, filed))


def test_a_new_release_changes_the_keys_of_its_own_cells_only() -> None:
    frame = settings(date(2026, 11, 24), {"PAX_COMTRADE_PERIODS": "2022-2023"})
    filed = {(r, p): "2026-01-01" for r in frame.reporters for p in frame.years}

    def keys(filed: dict[tuple[str, str], str]) -> set[str]:
        return {b.cell_key(c) for b in blocks(frame, "A", frame.years, filed) for c in b.cells}

    before, after = keys(filed), keys(filed | {("842", "2022"): "2026-11-01"})
    per_pair = -(-len(frame.codes) // chunk_sizes(frame, "A")["codes"])
    assert len(before - after) == len(after - before) == per_pair


def test_the_list_is_what_the_seeds_say() -> None:
    seeds = DBT_PROJECT / "seeds"

    def read(path: str) -> list[dict[str, str]]:
        with (seeds / path).open(encoding="utf-8") as lines:
            return list(csv.DictReader(lines))

    assert set(selection()["codes"]) == {row["hs6"] for row in read("reference/hs_items.csv")}
    code = {row["country_id"]: row["comtrade_code"] for row in read("reference/countries.csv")}
    parties = {
        code[row["country_id"]]
        for row in read("curated/partner_memberships.csv")
        if (row["bloc_id"], row["membership_type"], row["party_kind"])
        == ("BLOC:PAX_SILICA", "signatory", "country")
    }
    assert parties | {"156", "490"} <= set(selection()["reporters"]) <= set(code.values())


def test_what_is_usually_asked() -> None:
    frame = settings(date(2026, 3, 5), {"PAX_COMTRADE_KEY": "k"})
    assert frame.years == tuple(str(year) for year in range(2025, 2016, -1))
    assert (frame.months[0], frame.months[-1], len(frame.months)) == ("202602", "202403", 24)
    assert frame.months[14] == "202412"
