"""Recovery of the truth in months, in sums of twelve, and for late reporters.

Errors are the mean of |ln(value / truth)|, so that gross ones count. All has landed before the
first build; as known on `EARLY` two large reporters had not filed yet.
"""

from __future__ import annotations

from datetime import date

import pytest

from tests.sources.un_comtrade.fake_api import dataset, mirror_flows
from tests.sources.un_comtrade.fake_api.mirror_flows import FIRST, PRODUCTS, SECOND
from tests.statistics.mirror_fixture import CELL, Known, errors, fetch_row, land_and_build
from warehouse.paths import DataPaths

pytestmark = [pytest.mark.xdist_group("mirror_flows"), pytest.mark.timeout(900)]

#: Repair label of late reporters -> side that has not filed.
LABELS = {"exporter_not_filed": "exporter_id", "importer_not_filed": "importer_id"}


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Known:
    return land_and_build(
        DataPaths.at(tmp_path_factory.mktemp("mirror_flows")), mirror_flows.draw()
    )


@pytest.mark.parametrize(("period_type", "at_most"), [("M", 0.115), ("A", 0.085)])
def test_ours_is_closer_to_the_truth_than_either_report(
    known: Known, period_type: str, at_most: float
) -> None:
    found = errors(known.late, f"period_type = '{period_type}' and sidedness = 'two_sided'")
    assert found["ours"] < at_most
    assert all(found["ours"] < 0.85 * error for rule, error in found.items() if rule != "ours")


def test_ours_is_closer_over_all_declared_flows(known: Known) -> None:
    for period_type in "MA":
        found = errors(known.late, f"period_type = '{period_type}'")
        assert all(found["ours"] < 0.9 * error for rule, error in found.items() if rule != "ours")


@pytest.mark.parametrize(("period_type", "off"), [("M", 0.06), ("A", 0.03), ("T12M", 0.06)])
def test_the_level_is_that_of_the_truth(known: Known, period_type: str, off: float) -> None:
    (level,) = fetch_row(
        known.late,
        f"""select sum(value_usd) / sum(truth) from flows
        where truth > 0 and period_type = '{period_type}'""",
    )
    assert level == pytest.approx(1, abs=off)


@pytest.mark.parametrize(
    ("where", "least", "most"),
    [
        ("period_type = 'M' and sidedness = 'two_sided'", 0.90, 0.97),
        ("period_type = 'A' and sidedness = 'two_sided'", 0.90, 0.98),
        ("period_type = 'M' and sidedness <> 'two_sided'", 0.85, 0.95),
        ("period_type = 'A' and sidedness <> 'two_sided'", 0.85, 0.95),
        # reports that differ much: a band of two numbers is easily too narrow there
        ("period_type = 'M' and abs(log_gap) > 0.4", 0.88, 0.98),
        # the errors of twelve months are added without cancelling: never too narrow
        ("period_type = 'T12M'", 0.95, 1.0),
    ],
)
def test_nine_in_ten_bands_contain_the_truth(
    known: Known, where: str, least: float, most: float
) -> None:
    (held,) = fetch_row(
        known.late,
        f"""select avg(case when truth between value_low_usd and value_high_usd then 1 else 0 end)
        from flows where truth > 0 and {where}""",
    )
    assert least < held < most


def test_twelve_months_are_the_sum_of_the_truth(known: Known) -> None:
    found = errors(known.late, "period_type = 'T12M' and sidedness in ('two_sided', 'mixed')")
    monthly = errors(known.late, "period_type = 'M' and sidedness = 'two_sided'")
    assert found["ours"] < 0.085 < monthly["ours"]


def test_december_is_the_year_of_the_same_declarations(known: Known) -> None:
    """Both are made of the same two sums. They differ because each month has its own weights, and
    because freight is kept where a month's import report is too high. So they are closer to each
    other than to the truth."""
    apart, far, level = fetch_row(
        known.late,
        f"""select avg(abs(ln(t.value_usd / a.value_usd))),
            quantile_cont(abs(ln(t.value_usd / a.value_usd)), 0.95),
            sum(t.value_usd) / sum(a.value_usd)
        from flows as t inner join flows as a using ({CELL}, period_end_date)
        where t.period_type = 'T12M' and a.period_type = 'A' and a.sidedness = 'two_sided'""",
    )
    assert apart < 0.05
    assert far < 0.15
    assert level == pytest.approx(1, abs=0.04)


def test_a_sum_of_months_is_mixed_where_they_differ(known: Known) -> None:
    """Every row of twelve months has the label of its months, or `mixed`."""
    n, n_mixed, n_off = fetch_row(
        known.early,
        f"""with sums as (
            select t.value_usd, t.sidedness, t.mirror_repair, sum(m.value_usd) as months_usd,
                case when count(distinct m.sidedness) = 1 then min(m.sidedness) else 'mixed' end
                    as months_sidedness,
                max(m.mirror_repair) as months_repair
            from flows as t inner join flows as m using ({CELL})
            where t.period_type = 'T12M' and m.period_type = 'M'
                and m.period_start_date between t.period_start_date and t.period_end_date
            group by t.period_start_date, {", ".join(f"t.{c}" for c in CELL.split(", "))},
                t.value_usd, t.sidedness, t.mirror_repair
        )
        select count(*), count(*) filter (where sidedness = 'mixed'),
            count(*) filter (
                where sidedness <> months_sidedness
                    or mirror_repair is distinct from months_repair
                    or abs(value_usd - months_usd) > 0.01
            )
        from sums""",
    )
    assert n_off == 0
    assert 0.2 * n < n_mixed < 0.8 * n
    # half a year by both sides and half by the partner alone
    (labels,) = fetch_row(
        known.early,
        """select count(*) from flows where period_type = 'T12M' and sidedness = 'mixed'
        and exporter_id = 'COD' and mirror_repair = 'exporter_not_filed'
        and period_end_date = date '2025-12-31'""",
    )
    assert labels > 20


def test_a_month_without_any_filing_gives_no_sum(known: Known) -> None:
    among_late = "exporter_id in ('COD', 'VNM') and importer_id in ('COD', 'VNM')"
    last, months = (
        "select max(period_end_date) from flows where period_type = 'T12M' and " + among_late,
        "select max(period_end_date) from flows where period_type = 'M' and " + among_late,
    )
    assert fetch_row(known.early, last) == fetch_row(known.early, months) == (date(2025, 6, 30),)
    assert fetch_row(known.late, last) == fetch_row(known.late, months) == (date(2025, 12, 31),)


def test_late_reporters_are_replaced_by_their_partners(known: Known) -> None:
    for label, country in LABELS.items():
        side = "importer_only" if country == "exporter_id" else "exporter_only"
        missing = f"""{country} in ('COD', 'VNM') and sidedness = '{side}' and (
            period_type = 'A' and year = 2025
            or period_type = 'M' and period_start_date >= date '2025-07-01'
        )"""
        # the label is exactly where it is true
        labelled, true, both = fetch_row(
            known.early,
            f"""select count(*) filter (where mirror_repair = '{label}'),
            count(*) filter (where {missing}),
            count(*) filter (where {missing} and mirror_repair = '{label}')
            from flows where period_type <> 'T12M'""",
        )
        assert labelled == true == both > 150
        repaired = f"period_type = 'A' and mirror_repair = '{label}'"
        error, level = fetch_row(
            known.early,
            f"""select avg(abs(ln(value_usd / truth))), sum(value_usd) / sum(truth)
            from flows where truth > 0 and {repaired}""",
        )
        assert error < 0.2
        # a one-sided import report is kept as declared, with up to a tenth of freight
        assert level == pytest.approx(1, abs=0.15)


def test_a_reporter_that_filed_nothing_is_not_late(known: Known) -> None:
    """Kazakhstan's March is complete and empty; others omitted single flows."""
    where = "exporter_id = 'KAZ' and period_type = 'M' and period_start_date = date '2025-03-01'"
    n, n_labelled = fetch_row(
        known.late, f"select count(*), count(mirror_repair) from flows where {where}"
    )
    assert n > 30
    assert n_labelled == 0
    n_one_sided, labelled = fetch_row(
        known.late,
        """select count(*) filter (where sidedness <> 'two_sided'), count(mirror_repair)
        from flows where period_type <> 'T12M'""",
    )
    assert n_one_sided > 5000
    assert labelled == 0


def test_filing_late_replaces_what_was_repaired_and_nothing_else(known: Known) -> None:
    key = f"{CELL}, period_type, period_start_date"
    before = known.early.execute("select * from flows").to_arrow_table()
    known.late.register("before", before)
    # periods that the second edition does not change are identical
    columns = "value_usd, value_low_usd, value_high_usd, sidedness, mirror_repair, known_from_date"
    for one_side, other in (("before", "flows"), ("flows", "before")):
        (differing,) = fetch_row(
            known.late,
            f"""select count(*) from (
                select {key}, {columns} from {one_side} where period_end_date < date '2025-07-01'
                except select {key}, {columns} from {other}
            )""",
        )
        assert differing == 0
    # repaired flows are now two-sided, once each, and known from the second edition on
    repaired, twice, two_sided, known_since = fetch_row(
        known.late,
        f"""select count(*), count(*) - count(distinct ({key})),
            count(*) filter (where now.sidedness = 'two_sided'), min(now.known_from_date)
        from before inner join flows as now using ({key})
        where before.mirror_repair is not null and period_type <> 'T12M'""",
    )
    assert twice == 0
    assert two_sided > 0.8 * repaired > 200
    assert known_since == SECOND
    # a value depends on the weights of all reporters of the period
    days = known.late.execute(
        """select distinct known_from_date from flows
        where period_type <> 'T12M' and period_end_date >= date '2025-07-01'"""
    ).fetchall()
    assert days == [(SECOND,)]
    assert fetch_row(known.early, "select max(known_from_date) from flows") == (FIRST,)


def test_parts_of_a_basket_are_aggregated_and_flagged(known: Known) -> None:
    """Every second reporter declares 811292 in three codes of HS2022."""
    codes = known.late.execute(
        "select distinct product_code, nomenclature from flows order by all"
    ).fetchall()
    assert codes == [(code, "HS2017") for code in sorted(PRODUCTS)]
    new = ", ".join(f"'{c}'" for c in mirror_flows.IN_HS2022)
    wrong, folded = fetch_row(
        known.late,
        f"""select count(*) filter (where is_revision_folded is distinct from (
                product_code = '811292' and (
                    x_usd is not null and exporter_id in ({new})
                    or m_usd is not null and importer_id in ({new})
                )
            )), count(*) filter (where is_revision_folded)
        from flows where period_type = 'A'""",
    )
    assert wrong == 0
    assert folded > 200
    error = errors(known.late, "period_type = 'A' and is_revision_folded")["ours"]
    other = errors(known.late, "period_type = 'A' and not is_revision_folded")["ours"]
    assert error < 1.5 * other


def dataset_flows(known: Known, year: int, code: str) -> dict[tuple[str, str], tuple[float, str]]:
    """Value and sidedness of the flows of the dataset."""
    rows = known.late.execute(
        """select exporter_id, importer_id, value_usd, sidedness
        from product.marts.fct_trade_reconciled
        where period_type = 'A' and year = ? and product_code = ?""",
        [year, code],
    ).fetchall()
    return {(i, j): (value, side) for i, j, value, side in rows}


@pytest.mark.parametrize("code", dataset.CODES)
@pytest.mark.parametrize("year", [2022, 2023])
def test_exact_declarations_give_the_truth(known: Known, year: int, code: str) -> None:
    """The dataset's declarations differ in freight only.

    Hong Kong's exports include its re-exports; from 2023 most of China's sales to the United States
    go through Viet Nam; Japan declares Taiwan as `Areas, nes`, Taiwan declares Japan; the Congo's
    trade of 2023 is declared by its partners.
    """
    countries = ("CHN", "USA", "JPN", "TWN", "HKG", "VNM", "COD", "CAN")
    numbers = {country: getattr(dataset, country) for country in countries}
    found = dataset_flows(known, year, code)
    for (i, j), (value, side) in found.items():
        if i not in numbers or j not in numbers:
            continue
        truth = dataset.true_value(numbers[i], numbers[j], code, str(year))
        kept = dataset.FREIGHT if side == "importer_only" and j != "CAN" else 1.0
        # where the gap is exactly freight, half of it may be kept
        assert truth * kept * (1 - 1e-4) < value < truth * kept * (1 + 0.031), (i, j, side)
    assert found["TWN", "JPN"][1] == "exporter_only"
    assert found["NES", "JPN"][1] == "importer_only"
    assert found["COD", "USA"][1] == ("importer_only" if year == 2023 else "two_sided")
    assert len([pair for pair in found if set(pair) <= set(numbers)]) == 8 * 7


def test_rerouted_trade_is_visible_in_the_reconciled_flows(known: Known) -> None:
    before, after = (dataset_flows(known, year, "811292") for year in (2022, 2023))
    fell = 1 - after["CHN", "USA"][0] / before["CHN", "USA"][0]
    assert fell == pytest.approx(1 - 0.1 * 8 / 7, abs=1e-3)
    gained = [after[pair][0] - before[pair][0] * 8 / 7 for pair in (("CHN", "VNM"), ("VNM", "USA"))]
    assert gained == pytest.approx([0.9 * before["CHN", "USA"][0]] * 2, rel=1e-3)


def test_a_declared_zero_counts_as_no_report(known: Known) -> None:
    """Peru declares 0 where Chile declares 5,000: zero has no logarithm."""
    assert dataset_flows(known, 2022, "284690")["CHL", "PER"] == (5000.0, "exporter_only")
