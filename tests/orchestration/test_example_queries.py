"""Every example query runs on the release, and its answer is what is known from elsewhere.

The checks state what the publishers print, what other marts give and what arithmetic demands; they
hold bands where a later edition may move a figure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import duckdb
import pytest

from tests.orchestration.conftest import FinishedRun
from warehouse.release.verify import SAMPLES
from warehouse.storage.read_only import reading

pytestmark = pytest.mark.xdist_group("whole_run")

Rows = list[dict[str, Any]]
Connection = duckdb.DuckDBPyConnection
Check = Callable[[Rows, Connection], bool]


def value(release: Connection, sql: str) -> Any:
    found = release.execute(sql).fetchone()
    return found and found[0]


def falls(rows: Rows, column: str) -> bool:
    """Whether a column falls from row to row, NULLs last."""
    known = [row[column] for row in rows if row[column] is not None]
    is_last = all(row[column] is None for row in rows[len(known) :])
    return is_last and all(a >= b for a, b in pairwise(known))


def first(rows: Rows, **cells: Any) -> bool:
    return all(rows[0][name] == cell for name, cell in cells.items())


def between(rows: Rows, column: str, low: float, high: float) -> bool:
    return all(low <= row[column] <= high for row in rows if row[column] is not None)


MEMBERS = "select count(*) from marts.dim_country where party_status = 'signatory'"
OF_THE_STACK = ("BLOC:PAX_SILICA", "JPN", "KOR", "USA")
CHECKS: dict[str, Check] = {
    # USGS, Mineral Commodity Summaries 2025: 750 of 760 tonnes
    "01_gallium_share_by_edition": lambda rows, _: first(
        rows, edition="2025", denominator="printed_total", share_percent=98.7, quantity=750.0
    ),
    "02_suppliers_of_japanese_magnets": lambda rows, _: {"CHN", "PHL", "VNM"}
    <= {row["supplier_id"] for row in rows},
    "03_most_exposed_partners": lambda rows, _: falls(rows, "concern_percent")
    and between(rows, "concern_percent", 50, 100),
    "04_bloc_with_and_without_a_candidate": lambda rows, _: all(
        row["delta_vs_base_pp"] == 0
        for row in rows
        if row["membership_variant"] == "as_of_today" and row["concern_percent"] is not None
    ),
    "05_members_on_a_day": lambda rows, _: {"USA", "JPN", "QAT"}
    <= {row["country_id"] for row in rows}
    and "ITA" not in {row["country_id"] for row in rows},
    "06_measures_in_force": lambda rows, _: falls(rows, "start_date")
    and "CHN-2023-GA-GE" in {row["clause_id"] for row in rows},
    "07_where_a_number_comes_from": lambda rows, _: all(
        len(row["payload_sha256"]) == 64 for row in rows
    ),
    "08_checks_that_did_not_pass": lambda rows, _: all(
        row["severity"] != "critical" for row in rows
    ),
    "09_is_the_october_package_in_force": lambda rows, _: {row["is_in_force"] for row in rows}
    <= {False, None},
    "10_exposure_before_and_after": lambda rows, _: all(
        row["share_low"] <= row["share_high"] for row in rows
    )
    and all(
        row["share_high"] == 0
        for row in rows
        if row["item_id"] == "280530" and row["as_of_date"] == date(2025, 3, 31)
    ),
    "11_exposure_on_any_day": lambda rows, _: falls(rows, "exposure_share_high"),
    "12_what_a_member_depends_on": lambda rows, release: falls(rows, "concern_percent")
    and len(rows) == 15
    and rows[0]["concern_percent"]
    == round(
        100
        * value(
            release,
            "select max(concern_share) from marts.partner_dependency where entity_id = 'JPN'"
            " and year = 2024 and period_type = 'A' and item_kind in ('material', 'good')"
            " and coalesce(basket_share, 0) = 0 and imports_usd >= 1e7",
        ),
        1,
    ),
    "13_suppliers_of_a_member": lambda rows, _: first(rows, supplier="China", supplier_rank=1)
    and 80 <= rows[0]["share_percent"] <= 85
    and sum(row["share_percent"] for row in rows) <= 100.5,
    "14_controls_by_issuer": lambda rows, release: first(rows, issuer="China")
    and sum(row["n_clauses"] for row in rows)
    == value(
        release,
        "select count(*) from marts.policy_timeline where is_current and state = 'active'"
        " and is_counted and direction = 'restrictive'",
    ),
    "15_controls_that_change_soon": lambda rows, release: all(
        row["next_change_date"]
        == value(release, "select as_of_date from marts.publish_info")
        + timedelta(days=row["days_to_next_change"])
        for row in rows
    ),
    "16_most_exposed_today": lambda rows, _: falls(rows, "at_least_percent")
    and all(row["at_least_percent"] <= row["at_most_percent"] <= 100 for row in rows),
    "17_exposure_by_member": lambda rows, release: len(rows) <= value(release, MEMBERS)
    and all(row["n_at_least"] <= row["n_at_most"] <= row["n_items"] for row in rows),
    "18_bloc_most_dependent": lambda rows, _: falls(rows, "concern_percent")
    and "Magnesium metal" in {row["item"] for row in rows},
    # the printed order of world refining and mining
    "19_largest_producers": lambda rows, _: {
        ("Gallium", "China"), ("Niobium", "Brazil"), ("Cobalt", "Congo - Kinshasa")
    }
    <= {(row["material"], row["country"]) for row in rows},
    "20_what_members_produce": lambda rows, _: all(
        (row["members_percent"] or 0) + (row["concern_percent"] or 0) <= 100.2 for row in rows
    )
    and first(rows, material="Gallium"),
    "21_do_projects_close_the_gap": lambda rows, _: all(
        (row["gap_t"] is None) == (row["why_no_gap"] is not None) for row in rows
    )
    and all(
        row["gap_t"]
        == pytest.approx(row["imports_from_concern_t"] - row["expected_new_capacity_t"])
        for row in rows
        if row["gap_t"] is not None
    ),
    "22_how_dependence_moved": lambda rows, _: all(
        row["change_pp"] == pytest.approx(row["percent_2024"] - row["percent_2019"], abs=0.11)
        for row in rows
    ),
    "23_alternatives_to_a_supplier": lambda rows, _: "Japan" in {row["alternative"] for row in rows}
    and "China" not in {row["alternative"] for row in rows},
    "24_if_the_largest_producer_stops": lambda rows, _: first(
        rows, material_id="gallium", producer="CHN"
    ),
    "25_one_material_by_stage": lambda rows, _: {"Compound", "Magnet"}
    <= {row["stage"] for row in rows}
    and all((row["concern_percent"] is None) == (row["why_no_share"] is not None) for row in rows),
    "26_what_the_flags_mean": lambda rows, _: falls(rows, "n_rows")
    and "basket" in {row["quality_flag"] for row in rows},
    "27_instruments_of_members": lambda rows, release: {
        sum(row[n] for n in ("n_held", "n_partial_or_planned", "n_none_found", "n_unknown"))
        for row in rows
    }
    == {value(release, MEMBERS)},
    "28_what_is_about_to_expire": lambda rows, _: between(rows, "days_to_change", 0, 365)
    and len(rows) > 0,
    # USGS prints full reliance for these in every edition
    "29_published_reliance_of_the_us": lambda rows, _: {"arsenic", "fluorspar"}
    <= {row["material_id"] for row in rows if row["reliance_percent"] == 100},
    "30_projects_by_status": lambda rows, release: sum(row["n_projects"] for row in rows)
    == value(
        release,
        "select count(*) from marts.fct_project inner join marts.dim_country using (country_id)"
        " where party_status = 'signatory'",
    ),
    "31_how_figures_were_revised": lambda rows, _: all(
        row["change_pp"] == pytest.approx(row["percent_to"] - row["percent_from"], abs=0.11)
        for row in rows
    ),
    "32_why_a_share_is_missing": lambda rows, _: all(row["why_no_share"] for row in rows),
    "33_find_an_item": lambda rows, _: {"261100", "tungsten"} <= {row["item_id"] for row in rows},
    "34_parties_by_status": lambda rows, release: sum(
        row["party_status"] == "signatory" for row in rows
    )
    == value(release, MEMBERS)
    and {"TWN"} == {r["country_id"] for r in rows if r["party_status"] == "participant"},
    "35_origins_behind_the_supplier": lambda rows, _: first(rows, origin_id="CHN")
    and all(
        row["low_percent"] <= row["origin_percent"] <= row["high_percent"]
        for row in rows
        if row["origin_percent"] is not None
    ),
    # re-exports: more of Britain's graphite is Chinese than China sells to it
    "36_whose_graphite_is_it": lambda rows, _: first(rows, origin_id="CHN")
    and rows[0]["origin_percent"] > rows[0]["direct_percent"]
    and all(row["low_percent"] <= row["origin_percent"] <= row["high_percent"] for row in rows),
    # CEPII, BACI V202601: what Malaysia and Viet Nam sold China in 2024
    "37_who_else_sells_rare_earth_compounds": lambda rows, _: {
        row["alternative_supplier_id"]: row["to_concern_t"] for row in rows
    }.items()
    >= {"MYS": 13_658.0, "VNM": 3_150.0}.items()
    and first(rows, from_concern_t=6_015.0),
    "38_materials_behind_the_ai_stack": lambda rows, _: [
        (row["entity_id"], row["place"]) for row in rows
    ]
    == [(entity, place) for entity in OF_THE_STACK for place in (1, 2, 3)]
    and all(falls([r for r in rows if r["entity_id"] == e], "n_nodes") for e in OF_THE_STACK)
    and all(row["n_clauses"] >= 1 for row in rows),
    # Census: the bundle has goods of the stack for the United States alone
    "39_inputs_of_an_ai_server": lambda rows, _: {row["entity_id"] for row in rows}
    == set(OF_THE_STACK)
    and all((row["concern_percent"] is None) == (row["missing_reason"] is not None) for row in rows)
    and all(
        row["low_percent"] <= row["concern_percent"] <= row["high_percent"]
        for row in rows
        if row["concern_percent"] is not None
    )
    and {row["top_supplier_id"] for row in rows if row["inputs"] == "Wafers"} == {"JPN"}
    and sum(row["entity_id"] == "USA" and row["concern_percent"] is not None for row in rows) > 4,
    "40_exposed_through_third_countries": lambda rows, _: len(rows) == 12
    and all(row["by_producer_low"] <= row["by_producer_high"] <= 100 for row in rows)
    and {"graphite"} <= {row["item_id"] for row in rows}
    and all(row["top_hub_id"] not in (None, row["issuer_id"]) for row in rows),
}  # fmt: skip


@pytest.fixture(scope="module")
def release(whole_run: FinishedRun) -> Iterator[Connection]:
    with reading(whole_run.paths.current / "pax_silica.duckdb") as connection:
        yield connection


def test_every_example_has_a_check() -> None:
    assert sorted(CHECKS) == sorted(path.stem for path in SAMPLES.glob("*.sql"))
    assert len(CHECKS) >= 30


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_an_example_gives_the_known_answer(release: Connection, name: str) -> None:
    found = release.execute((SAMPLES / f"{name}.sql").read_text(encoding="utf-8"))
    columns = [column[0] for column in found.description or ()]
    rows = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
    if not rows:
        # an empty answer is right for what did not happen only
        assert name in ("08_checks_that_did_not_pass", "15_controls_that_change_soon")
    assert not rows or CHECKS[name](rows, release), rows[:5]


def test_a_cell_of_the_dashboard_is_the_cell_of_its_mart(release: Connection) -> None:
    """No row twice, none lost: what the view shows and leaves out adds up to the mart."""
    found = release.execute(
        """
        select
            (select count(*) from analysis.partner_dashboard),
            (
                select count(distinct (
                    entity_id, item_kind, stage_id, year, product_codes,
                    case when coalesce(basket_share, 0) > 0 then '' else item_id end
                ))
                from marts.partner_dependency
                inner join marts.dim_country on entity_id = country_id
                where
                    party_status = 'signatory' and netting = 'gross' and period_type = 'A'
                    and membership_variant = 'none' and item_kind in ('material', 'good')
            ),
            (
                select count(*)
                from analysis.partner_dashboard as shown
                inner join marts.partner_dependency as figures
                    on
                        shown.country_id = figures.entity_id
                        and shown.item_kind = figures.item_kind
                        and split_part(shown.item_ids, '|', 1) = figures.item_id
                        and shown.stage_id = figures.stage_id
                        and shown.year = figures.year
                        and figures.netting = 'gross' and figures.period_type = 'A'
                        and figures.membership_variant = 'none'
                where
                    shown.imports_usd is not distinct from figures.imports_usd
                    and shown.concern_share is not distinct from figures.concern_share
            )
        """
    ).fetchone()
    assert found is not None
    assert found[0] == found[1] == found[2] > 10_000
