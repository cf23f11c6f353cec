"""The register of projects: marks of what is known and from where, and sums held against figures of
others, so that nothing is counted twice."""

from __future__ import annotations

import csv
from collections import defaultdict
from functools import lru_cache

import pytest

from warehouse.paths import DBT_PROJECT, PROJECT

SEEDS = DBT_PROJECT / "seeds"
ADDITIONS = PROJECT.parent / "shared" / "data" / "policy" / "additions"
Row = dict[str, str]


@lru_cache
def rows(name: str) -> tuple[Row, ...]:
    (path,) = SEEDS.glob(f"*/{name}.csv")
    with path.open(newline="", encoding="utf-8") as file:
        return tuple(csv.DictReader(file, strict=True))


def projects() -> tuple[Row, ...]:
    return rows("infrastructure_projects")


def capacity(
    unit: str, countries: set[str] | None = None, groups: set[str] | None = None,
    excluded: tuple[str, ...] = ("stopped",),
) -> float:  # fmt: skip
    """Nameplate that counts, own knowledge included, of the status groups asked for."""
    group_of = {row["status"]: row["status_group"] for row in rows("project_status_probabilities")}
    return sum(
        float(row["capacity"])
        for row in projects()
        if row["capacity_unit"] == unit
        and row["is_counted"] == "true"
        and (countries is None or row["country_id"] in countries)
        and group_of[row["status"]] not in excluded
        and (groups is None or group_of[row["status"]] in groups)
    )


def signatories() -> set[str]:
    return {
        row["country_id"] for row in rows("partner_memberships")
        if row["membership_type"] == "signatory"
    }  # fmt: skip


def test_every_status_has_a_probability_and_a_group() -> None:
    known = {row["status"] for row in rows("project_status_probabilities")}
    assert {row["status"] for row in projects()} <= known
    groups = {row["status_group"] for row in rows("project_status_probabilities")}
    assert groups == {"planned", "financed", "under_construction", "operating", "stopped"}


def test_every_capacity_has_a_unit_and_evidence() -> None:
    units = {row["capacity_unit"] for row in rows("capacity_units")}
    evidence = {"page seen", "derived from page seen", "repository file", "own knowledge"}
    for row in projects():
        assert bool(row["capacity"]) == bool(row["capacity_unit"]) == bool(row["capacity_evidence"])
        if row["capacity"]:
            assert float(row["capacity"]) > 0, row
            assert row["capacity_unit"] in units, row
            assert row["capacity_evidence"] in evidence, row


def test_own_knowledge_is_marked_and_not_high() -> None:
    for row in projects():
        if row["evidence"] == "own knowledge":
            assert not row["source_url"], row
            assert row["confidence"] != "high" or row["status"] == "cancelled", row
        elif row["evidence"] == "page seen":
            assert row["source_url"].startswith("http"), row
    from_memory = [row for row in projects() if row["capacity_evidence"] == "own knowledge"]
    assert len(from_memory) >= 80


def test_details_are_known_from_the_day_on_which_they_were_compiled() -> None:
    """Never from the announcement of the project, which is older."""
    for row in projects():
        assert row["details_known_from_date"] >= row["known_from_date"], row
        assert row["details_known_from_date"] >= "2026-10-01", row


def test_nothing_counts_twice() -> None:
    by_id = {row["project_id"]: row for row in projects()}
    for row in projects():
        if row["status"] in {"paused", "cancelled"} and row["capacity"]:
            assert row["is_counted"] == "false", row["project_id"]
        for other in filter(None, row["overlaps_with"].split("|")):
            assert other in by_id, row["project_id"]
            both = row["is_counted"] == by_id[other]["is_counted"] == "true"
            assert not both or row["capacity_unit"] != by_id[other]["capacity_unit"], row
    unit_of = {"t/y LiOH.H2O": 129_000, "t/y natural anode": 37_000}
    members = signatories()
    for unit, not_counted in unit_of.items():
        left_out = sum(
            float(row["capacity"]) for row in projects()
            if row["capacity_unit"] == unit and row["is_counted"] == "false"
            and row["country_id"] in members
        )  # fmt: skip
        assert left_out == not_counted, unit


def test_sums_fit_the_figures_of_the_geological_survey() -> None:
    """Mineral Commodity Summaries 2026, capacity tables: magnesium of the signatories 119,000 t,
    64,000 t of them stopped, titanium sponge 91,700 t; the register may be 1 % off."""
    members = signatories()
    assert capacity("t/y Mg", members, {"operating"}) == pytest.approx(119_000 - 64_000, rel=0.01)
    assert capacity("t/y Ti metal", members, {"operating"}) == pytest.approx(91_700, rel=0.01)


def test_gallium_is_a_share_of_what_the_world_makes() -> None:
    """762 t of primary gallium in 2024: a plan for more than half of it would be a mistake."""
    announced = capacity("t/y Ga", signatories())
    assert announced == pytest.approx(230, abs=1)
    assert 0.2 < announced / 762 < 0.5


def test_magnets_outside_china_do_not_overshoot() -> None:
    """About 23,750 t ran and 60,000 t were in development outside China in 2025."""
    assert capacity("t/y magnets") == pytest.approx(54_200, abs=1)
    assert capacity("t/y magnets", groups={"operating"}) == pytest.approx(8_200, abs=1)


@pytest.mark.parametrize(
    ("units", "country", "figure_of"),
    [
        ({"t/y NdPr oxide": 1.0}, "USA", "NdPr: United States"),
        ({"t/y NdPr oxide": 1.0}, "MYS", "NdPr: Malaysia"),
        ({"t/y NdPr eq. in conc.": 1.0}, "AUS", "Rare earths mined, Australia"),
        ({"t/y Li2CO3": 1.0, "t/y LiOH.H2O": 0.88, "t/y LCE": 1.0}, "ARG",
         "Lithium chemicals, Argentina"),
        ({"t/y Li2CO3": 1.0, "t/y LiOH.H2O": 0.88, "t/y LCE": 1.0}, "CHL",
         "Lithium chemicals, Chile"),
    ],
)  # fmt: skip
def test_sums_fit_the_outside_figures_beside_the_checkout(
    units: dict[str, float], country: str, figure_of: str
) -> None:
    """The figures are no part of the checkout; half to double of them is a fit."""
    path = ADDITIONS / "README_projects.md"
    if not path.is_file():
        pytest.skip("the outside figures are not beside the checkout")
    line = next(line for line in path.read_text().splitlines() if line.startswith(f"| {figure_of}"))
    figure = line.split("|")[3]
    thousands = float(figure.split("= ")[-1].split(": ")[-1].split()[0]) * 1000
    ours = sum(
        factor
        * capacity(unit, {country}, {"operating", "under_construction", "financed", "planned"})
        for unit, factor in units.items()
    )
    assert 0.5 < ours / thousands < 2, (ours, thousands)


def test_sums_agree_with_the_table_of_the_compilers() -> None:
    """Announced capacity by material, stage and unit of signatories, as the compilers added it up;
    the first register's own corrections are in both."""
    path = ADDITIONS / "projects_capacity_2030_2026-11.csv"
    if not path.is_file():
        pytest.skip("the table is not beside the checkout")
    ours: dict[str, float] = defaultdict(float)
    theirs: dict[str, float] = defaultdict(float)
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["scope"] == "signatory":
                theirs[row["capacity_unit"]] += float(row["announced_total"])
    for unit in theirs:
        ours[unit] = capacity(unit, signatories())
    apart = {
        unit: (ours[unit], theirs[unit]) for unit in theirs
        if abs(ours[unit] - theirs[unit]) > 0.005 * max(ours[unit], theirs[unit])
    }  # fmt: skip
    assert not apart
