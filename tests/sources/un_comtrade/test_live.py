"""The whole live way against the double: the same rows as its world, whatever happens between."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sources.kit.errors import SourceError
from sources.un_comtrade.fetch import access, list_partitions
from sources.un_comtrade.settings import settings
from tests.sources.un_comtrade.conftest import SPEC, parquet, pull, query, reason
from tests.sources.un_comtrade.fake_api.dataset import COD, JPN, USA, total_rows, true_value
from tests.sources.un_comtrade.fake_api.server import KEY, Double
from warehouse.paths import DataPaths
from warehouse.storage.landing import undo_landing
from warehouse.storage.load_records import list_load_records
from warehouse.storage.request_log import RequestLog

KEYS = "reporter_code, period, flow_code, cmd_code, partner_code, primary_value_usd"


def expected(double: Double, periods: int = 4) -> list[tuple[object, ...]]:
    return sorted(
        (str(r["reporterCode"]), r["period"], r["flowCode"], r["cmdCode"], str(r["partnerCode"]),
         r["primaryValue"])
        for r in total_rows(double.world)
        if len(r["period"]) == periods
    )  # fmt: skip


def landed_rows(paths: DataPaths) -> list[tuple[object, ...]]:
    return sorted(query(paths, f"select {KEYS} from trade"))


def test_a_keyed_pull_brings_the_totals_of_the_world(double: Double, data_dir: DataPaths) -> None:
    pull(data_dir)
    assert reason(data_dir) == ""
    assert landed_rows(data_dir) == expected(double)
    value = true_value("156", USA, "811292", "2022")
    assert query(
        data_dir,
        "select primary_value_usd, cif_value_usd, has_dimensions, edition, classification_code "
        "from trade where reporter_code = '842' and partner_code = '156' and flow_code = 'M' "
        "and cmd_code = '811292' and period = '2022'",
    ) == [(round(value * 1.06, 3), round(value * 1.06, 3), True, "2023-06-15", "H6")]


def test_what_was_not_filed_differs_from_no_trade(double: Double, data_dir: DataPaths) -> None:
    pull(data_dir)
    asked = f"reporter_code in ('{COD}', '{USA}') and period = '2023'"
    assert query(
        data_dir,
        f"select reporter_code, is_filed, publication_date, n_records from availability "
        f"where {asked} order by all",
    ) == [(COD, False, None, None), (USA, True, date(2024, 6, 15), 1000)]
    assert query(data_dir, f"select distinct reporter_code from trade where {asked}") == [(USA,)]


def test_every_dimension_is_said_and_the_key_stays_in_its_header(
    double: Double, data_dir: DataPaths
) -> None:
    pull(data_dir)
    for path in (p for p in double.asked if "/get/" in p):
        for said in ("partner2Code=0", "motCode=0", "customsCode=C00", "breakdownMode=classic",
                     "period=", "flowCode=", "reporterCode=", "cmdCode="):  # fmt: skip
            assert said in path
    assert all(h["ocp-apim-subscription-key"] == KEY for h in double.headers)
    kept = [p for p in data_dir.data_dir.rglob("*") if p.is_file()]
    assert kept
    assert [p for p in kept if KEY.encode() in p.read_bytes()] == []
    assert not any(KEY in path for path in double.asked)


@pytest.mark.parametrize("fault", ["401", "403quota", "400", "drop"])
def test_no_failure_tells_the_key(double: Double, data_dir: DataPaths, fault: str) -> None:
    double.faults = ["", *[fault] * 40]
    pull(data_dir)
    assert reason(data_dir)
    assert KEY not in reason(data_dir)
    assert KEY not in repr(settings(date(2026, 1, 1)))


def test_without_a_key_previews_come_to_the_same_rows(
    double: Double, data_dir: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PAX_COMTRADE_KEY")
    pull(data_dir)
    assert reason(data_dir) == ""
    assert landed_rows(data_dir) == expected(double)
    data = [p for p in double.asked if "/preview/" in p]
    assert data
    assert not any("%2C" in p.split("period=")[1].split("&")[0] for p in data)
    assert not any("ocp-apim-subscription-key" in h for h in double.headers)


@pytest.mark.parametrize("cap", [5, 16, 60])
def test_a_page_that_fills_the_cap_is_never_taken(
    double: Double, data_dir: DataPaths, monkeypatch: pytest.MonkeyPatch, cap: int
) -> None:
    double.keyed_rows = cap
    monkeypatch.setenv("PAX_COMTRADE_ROWS", str(cap))
    pull(data_dir)
    if cap == 5:  # eight partners of one product do not fit in: said, never cut off
        assert "fills the page of 5 rows" in reason(data_dir)
        assert "A 842 2023 M 284690" in reason(data_dir)
    else:
        assert reason(data_dir) == ""
        assert landed_rows(data_dir) == expected(double)


def test_months_and_years_side_by_side(
    double: Double, data_dir: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAX_COMTRADE_PERIODS", "2022,202301-202302")
    assert list_partitions() == ["A2022", "M202302", "M202301"]
    pull(data_dir)
    months = [row for row in landed_rows(data_dir) if len(str(row[1])) == 6]
    assert months == expected(double, 6)
    pull(data_dir, ("M202301",))
    assert {r.partition.split("/")[0] for r in list_load_records(data_dir, "un_comtrade")} == {
        "A2022", "M202301", "M202302", "availability",
    }  # fmt: skip


def test_a_second_pull_asks_for_what_was_released_anew_only(
    double: Double, data_dir: DataPaths
) -> None:
    pull(data_dir)
    before = len(double.asked)
    pull(data_dir)
    assert len(double.asked) == before + 1  # the list of what was filed
    double.revise(JPN, "2022", "2026-11-20", factor=1.5)
    double.revise(COD, "2023", "2026-11-21")
    pull(data_dir)
    assert reason(data_dir) == ""
    editions = "select distinct edition from trade where reporter_code = '{}' and period = '{}'"
    both = query(data_dir, editions.format(JPN, "2022") + " order by 1")
    assert both == [("2023-06-15",), ("2026-11-20",)]  # the old edition is kept
    assert query(data_dir, editions.format(COD, "2023")) == [("2026-11-21",)]
    known = "select known_from_date, max(primary_value_usd) from trade where reporter_code = '392' "
    known += "and period = '2022' and flow_code = 'X' and partner_code = '0' group by 1 order by 1"
    (_, old), (_, new) = query(data_dir, known)
    assert new == pytest.approx(1.5 * float(str(old)))


def test_a_pull_that_was_cut_off_goes_on_where_it_was(
    double: Double, data_dir: DataPaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    double.keyed_rows = 40
    monkeypatch.setenv("PAX_COMTRADE_ROWS", "40")
    whole = DataPaths.at(tmp_path / "whole")
    pull(whole)
    n_whole = len(double.asked)
    double.asked.clear()
    double.gone_after = n_whole // 2
    pull(data_dir)
    assert "no answer" in reason(data_dir)
    assert list_load_records(data_dir, "un_comtrade"), "what was whole has landed"
    pairs = query(data_dir, "select distinct reporter_code, period from trade")
    for pair in pairs:  # no part of a reporter's year is there
        mine = [row for row in landed_rows(data_dir) if row[:2] == pair]
        assert mine == [row for row in expected(double) if row[:2] == pair]
    double.gone_after = None
    n_half = len(double.asked)
    pull(data_dir)
    assert reason(data_dir) == ""
    assert len(double.asked) - n_half < n_whole, "answers were asked for twice"
    assert parquet(data_dir) == parquet(whole)


def test_the_budget_ends_a_run_and_the_next_one_goes_on(
    double: Double, data_dir: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    double.keyed_rows = 40
    monkeypatch.setenv("PAX_COMTRADE_ROWS", "40")
    monkeypatch.setenv("PAX_COMTRADE_CALLS", "25")
    for run in range(1, 12):
        pull(data_dir)
        if not reason(data_dir):
            break
        assert "budget of 25 requests" in reason(data_dir)
        assert len(double.asked) == 25 * run
    assert reason(data_dir) == ""
    assert landed_rows(data_dir) == expected(double)


def test_a_filed_year_without_any_row_is_a_contradiction(
    double: Double, data_dir: DataPaths
) -> None:
    double.rows()[:] = [
        r for r in double.rows() if (r["reporterCode"], r["period"]) != (842, "2022")
    ]
    pull(data_dir)
    assert "A 842 2022" in reason(data_dir)
    assert "has no row even of the total" in reason(data_dir)
    assert not [r for r in list_load_records(data_dir, "un_comtrade") if "A2022/842" in r.partition]


def test_an_address_too_long_is_asked_in_parts(double: Double, data_dir: DataPaths) -> None:
    double.longest_url = 250
    pull(data_dir)
    assert reason(data_dir) == ""
    assert landed_rows(data_dir) == expected(double)


def test_a_forgotten_partition_is_pulled_again_out_of_kept_answers(
    double: Double, data_dir: DataPaths
) -> None:
    pull(data_dir)
    before, n_asked = parquet(data_dir), len(double.asked)
    partition = next(
        r.partition
        for r in list_load_records(data_dir, "un_comtrade")
        if "A2022/842" in r.partition
    )
    undo_landing(SPEC, partition, data_dir)
    assert parquet(data_dir) != before
    pull(data_dir)
    assert parquet(data_dir) == before
    assert len(double.asked) == n_asked + 1


def test_the_ledger_survives_a_torn_line_and_tells_how_far_it_is(
    double: Double, data_dir: DataPaths
) -> None:
    double.faults = ["", "400"]
    pull(data_dir)
    ledger = RequestLog(data_dir, SPEC)
    assert len(ledger.refused()) == 1
    path = data_dir.landing / ".request_log" / "un_comtrade.jsonl"
    path.write_bytes(path.read_bytes() + b'{"request": "torn')
    pull(data_dir)
    again = RequestLog(data_dir, SPEC)
    assert (len(again.planned), again.answered(), again.refused()) == (1, 1, [])


@pytest.mark.parametrize(
    ("name", "value"),
    [("PERIODS", "22"), ("PERIODS", "2024-2019"), ("REPORTERS", "USA"), ("CODES", "8112.92"),
     ("CALLS", "many"), ("PACE", "-1")],
)  # fmt: skip
def test_a_setting_that_makes_no_sense_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"PAX_COMTRADE_{name}", value)
    with pytest.raises(SourceError, match=f"PAX_COMTRADE_{name}"):
        settings(date(2026, 11, 24))


def test_the_doctor_is_told_of_key_and_quota(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PAX_COMTRADE_KEY", raising=False)
    assert access()[0] == "warn"
    monkeypatch.setenv("PAX_COMTRADE_KEY", KEY)
    level, seen, _ = access()
    assert (level, KEY in seen) == ("ok", False)
