"""Live access against the fake API: the rows of its dataset, whatever faults occur."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from orchestration.cli.status import request_logs
from sources.kit.errors import SourceError
from sources.un_comtrade.fetch import access, list_partitions
from sources.un_comtrade.settings import load_settings
from tests.sources.un_comtrade.conftest import SPEC, fetch_and_land, parquet, query, reason
from tests.sources.un_comtrade.fake_api.dataset import (
    CAN,
    CHN,
    COD,
    JPN,
    REPORTERS,
    TWN,
    USA,
    VNM,
    total_rows,
    true_value,
)
from tests.sources.un_comtrade.fake_api.server import KEY, FakeComtrade
from warehouse.paths import DataPaths
from warehouse.storage.landing import undo_landing
from warehouse.storage.load_records import list_load_records
from warehouse.storage.request_log import RequestLog

KEYS = "reporter_code, period, flow_code, cmd_code, partner_code, primary_value_usd"


def expected(fake_api: FakeComtrade, periods: int = 4) -> list[tuple[object, ...]]:
    return sorted(
        (str(r["reporterCode"]), r["period"], r["flowCode"], r["cmdCode"], str(r["partnerCode"]),
         r["primaryValue"])
        for r in total_rows(fake_api.dataset)
        if len(r["period"]) == periods
    )  # fmt: skip


def landed_rows(paths: DataPaths) -> list[tuple[object, ...]]:
    return sorted(query(paths, f"select {KEYS} from trade"))


def test_a_keyed_fetch_lands_the_totals_of_the_dataset(
    fake_api: FakeComtrade, data_dir: DataPaths
) -> None:
    fetch_and_land(data_dir)
    assert reason(data_dir) == ""
    assert landed_rows(data_dir) == expected(fake_api)
    value = true_value("156", USA, "811292", "2022")
    assert query(
        data_dir,
        "select primary_value_usd, cif_value_usd, has_dimensions, edition, classification_code "
        "from trade where reporter_code = '842' and partner_code = '156' and flow_code = 'M' "
        "and cmd_code = '811292' and period = '2022'",
    ) == [(round(value * 1.06, 3), round(value * 1.06, 3), True, "2023-06-15", "H6")]


def test_what_was_not_filed_differs_from_no_trade(
    fake_api: FakeComtrade, data_dir: DataPaths
) -> None:
    fetch_and_land(data_dir)
    condition = f"reporter_code in ('{COD}', '{USA}') and period = '2023'"
    assert query(
        data_dir,
        f"select reporter_code, is_filed, publication_date, n_records from availability "
        f"where {condition} order by all",
    ) == [(COD, False, None, None), (USA, True, date(2024, 6, 15), 1000)]
    assert query(data_dir, f"select distinct reporter_code from trade where {condition}") == [
        (USA,)
    ]


def test_every_dimension_is_a_parameter_and_the_key_is_in_a_header_only(
    fake_api: FakeComtrade, data_dir: DataPaths
) -> None:
    fetch_and_land(data_dir)
    for path in (p for p in fake_api.targets if "/get/" in p):
        for parameter in ("partner2Code=0", "motCode=0", "customsCode=C00", "breakdownMode=classic",
                     "period=", "flowCode=", "reporterCode=", "cmdCode="):  # fmt: skip
            assert parameter in path
    assert all(r.headers["ocp-apim-subscription-key"] == KEY for r in fake_api.requests)
    kept = [p for p in data_dir.data_dir.rglob("*") if p.is_file()]
    assert kept
    assert [p for p in kept if KEY.encode() in p.read_bytes()] == []
    assert not any(KEY in path for path in fake_api.targets)


@pytest.mark.parametrize("fault", ["401", "403quota", "400", "drop"])
def test_no_error_contains_the_key(fake_api: FakeComtrade, data_dir: DataPaths, fault: str) -> None:
    fake_api.faults = ["", *[fault] * 40]
    fetch_and_land(data_dir)
    assert reason(data_dir)
    assert KEY not in reason(data_dir)
    assert KEY not in repr(load_settings(date(2026, 1, 1)))


def test_previews_without_a_key_give_the_same_rows(
    fake_api: FakeComtrade, data_dir: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PAX_COMTRADE_KEY")
    fetch_and_land(data_dir)
    assert reason(data_dir) == ""
    assert landed_rows(data_dir) == expected(fake_api)
    data = [p for p in fake_api.targets if "/preview/" in p]
    assert data
    assert not any("%2C" in p.split("period=")[1].split("&")[0] for p in data)
    assert not any("ocp-apim-subscription-key" in r.headers for r in fake_api.requests)


def test_without_a_key_the_newest_two_years_of_parties_and_suppliers_are_asked_for(
    fake_api: FakeComtrade, data_dir: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Imports of the USA and Japan, exports of China, Taiwan, Viet Nam and Canada; 854231 is one
    item's alone, 811292 a basket. What is left out is named, and asked for by the whole plan."""
    for year, day in (("2024", "2025-06-15"), ("2025", "2026-06-15")):
        for reporter in REPORTERS:
            fake_api.revise(reporter, year, day)
    for name in ("KEY", "CODES", "REPORTERS", "PERIODS"):
        monkeypatch.delenv(f"PAX_COMTRADE_{name}")
    fetch_and_land(data_dir)
    assert reason(data_dir) == ""
    assert len(fake_api.targets) < 500
    asked = {(USA, "M"), (JPN, "M"), (CHN, "X"), (TWN, "X"), (VNM, "X"), (CAN, "X")}
    assert landed_rows(data_dir) == [
        row
        for row in expected(fake_api)
        if (row[0], row[2]) in asked and row[1] in ("2024", "2025") and row[3] in separable()
    ]
    log = RequestLog(data_dir, SPEC)
    assert (log.answered(), log.missing()) == (len(log.planned), [])
    assert [name.split()[2] for name in log.planned.values()] == sorted(
        (name.split()[2] for name in log.planned.values()), reverse=True
    )
    n_short = len(fake_api.targets)
    monkeypatch.setenv("PAX_COMTRADE_PLAN", "whole")
    monkeypatch.setenv("PAX_COMTRADE_CALLS", "20")
    fetch_and_land(data_dir)
    assert "budget of 20 requests" in reason(data_dir)
    assert len(fake_api.targets) == n_short + 20
    log = RequestLog(data_dir, SPEC)
    assert len(log.planned) > 1000
    assert f"{log.answered()} of {len(log.planned)} requests answered" in status_text(data_dir)
    assert f"; missing: {log.missing()[0]} and" in status_text(data_dir)


def separable() -> set[str]:
    return set(load_settings(date(2026, 11, 24), {}).parts[0].codes)


def status_text(paths: DataPaths) -> str:
    return "\n".join(request_logs(paths))


@pytest.mark.parametrize("cap", [5, 16, 60])
def test_a_page_that_fills_the_cap_is_split(
    fake_api: FakeComtrade, data_dir: DataPaths, monkeypatch: pytest.MonkeyPatch, cap: int
) -> None:
    fake_api.keyed_rows = cap
    monkeypatch.setenv("PAX_COMTRADE_ROWS", str(cap))
    fetch_and_land(data_dir)
    if cap == 5:  # eight partners of one product do not fit: an error, never truncated
        assert "fills the page of 5 rows" in reason(data_dir)
        assert "A 842 2023 M 284690" in reason(data_dir)
    else:
        assert reason(data_dir) == ""
        assert landed_rows(data_dir) == expected(fake_api)


def test_months_and_years_side_by_side(
    fake_api: FakeComtrade, data_dir: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAX_COMTRADE_PERIODS", "2022,202301-202302")
    assert list_partitions() == ["A2022", "M202302", "M202301"]
    fetch_and_land(data_dir)
    months = [row for row in landed_rows(data_dir) if len(str(row[1])) == 6]
    assert months == expected(fake_api, 6)
    fetch_and_land(data_dir, ("M202301",))
    assert {r.partition.split("/")[0] for r in list_load_records(data_dir, "un_comtrade")} == {
        "A2022", "M202301", "M202302", "availability",
    }  # fmt: skip


def test_a_second_fetch_requests_new_releases_only(
    fake_api: FakeComtrade, data_dir: DataPaths
) -> None:
    fetch_and_land(data_dir)
    before = len(fake_api.targets)
    fetch_and_land(data_dir)
    assert len(fake_api.targets) == before + 1  # the list of datasets
    fake_api.revise(JPN, "2022", "2026-11-20", factor=1.5)
    fake_api.revise(COD, "2023", "2026-11-21")
    fetch_and_land(data_dir)
    assert reason(data_dir) == ""
    editions = "select distinct edition from trade where reporter_code = '{}' and period = '{}'"
    both = query(data_dir, editions.format(JPN, "2022") + " order by 1")
    assert both == [("2023-06-15",), ("2026-11-20",)]  # the old edition is kept
    assert query(data_dir, editions.format(COD, "2023")) == [("2026-11-21",)]
    known = "select known_from_date, max(primary_value_usd) from trade where reporter_code = '392' "
    known += "and period = '2022' and flow_code = 'X' and partner_code = '0' group by 1 order by 1"
    (_, old), (_, new) = query(data_dir, known)
    assert new == pytest.approx(1.5 * float(str(old)))


def test_an_interrupted_fetch_continues(
    fake_api: FakeComtrade, data_dir: DataPaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_api.keyed_rows = 40
    monkeypatch.setenv("PAX_COMTRADE_ROWS", "40")
    whole = DataPaths.at(tmp_path / "whole")
    fetch_and_land(whole)
    n_whole = len(fake_api.targets)
    fake_api.requests.clear()
    fake_api.max_requests = n_whole // 2
    fetch_and_land(data_dir)
    assert "no response" in reason(data_dir)
    assert list_load_records(data_dir, "un_comtrade"), "complete batches have landed"
    pairs = query(data_dir, "select distinct reporter_code, period from trade")
    for pair in pairs:  # no part of a reporter's year is there
        mine = [row for row in landed_rows(data_dir) if row[:2] == pair]
        assert mine == [row for row in expected(fake_api) if row[:2] == pair]
    fake_api.max_requests = None
    n_half = len(fake_api.targets)
    fetch_and_land(data_dir)
    assert reason(data_dir) == ""
    assert len(fake_api.targets) - n_half < n_whole, "responses were requested twice"
    assert parquet(data_dir) == parquet(whole)


def test_the_budget_ends_a_run_and_the_next_one_continues(
    fake_api: FakeComtrade, data_dir: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_api.keyed_rows = 40
    monkeypatch.setenv("PAX_COMTRADE_ROWS", "40")
    monkeypatch.setenv("PAX_COMTRADE_CALLS", "25")
    for run in range(1, 12):
        fetch_and_land(data_dir)
        if not reason(data_dir):
            break
        assert "budget of 25 requests" in reason(data_dir)
        assert len(fake_api.targets) == 25 * run
    assert reason(data_dir) == ""
    assert landed_rows(data_dir) == expected(fake_api)


def test_a_filed_year_without_any_row_is_a_contradiction(
    fake_api: FakeComtrade, data_dir: DataPaths
) -> None:
    fake_api.rows()[:] = [
        r for r in fake_api.rows() if (r["reporterCode"], r["period"]) != (842, "2022")
    ]
    fetch_and_land(data_dir)
    assert "A 842 2022" in reason(data_dir)
    assert "has no row even of the total" in reason(data_dir)
    assert not [r for r in list_load_records(data_dir, "un_comtrade") if "A2022/842" in r.partition]


def test_a_request_with_a_long_url_is_split(fake_api: FakeComtrade, data_dir: DataPaths) -> None:
    fake_api.longest_url = 250
    fetch_and_land(data_dir)
    assert reason(data_dir) == ""
    assert landed_rows(data_dir) == expected(fake_api)


def test_a_removed_partition_is_built_from_kept_responses(
    fake_api: FakeComtrade, data_dir: DataPaths
) -> None:
    fetch_and_land(data_dir)
    before, n_requests = parquet(data_dir), len(fake_api.targets)
    partition = next(
        r.partition
        for r in list_load_records(data_dir, "un_comtrade")
        if "A2022/842" in r.partition
    )
    undo_landing(SPEC, partition, data_dir)
    assert parquet(data_dir) != before
    fetch_and_land(data_dir)
    assert parquet(data_dir) == before
    assert len(fake_api.targets) == n_requests + 1


def test_the_request_log_survives_a_truncated_line(
    fake_api: FakeComtrade, data_dir: DataPaths
) -> None:
    fake_api.faults = ["", "400"]
    fetch_and_land(data_dir)
    request_log = RequestLog(data_dir, SPEC)
    assert len(request_log.refused()) == 1
    path = data_dir.landing / ".request_log" / "un_comtrade.jsonl"
    path.write_bytes(path.read_bytes() + b'{"request": "torn')
    fetch_and_land(data_dir)
    again = RequestLog(data_dir, SPEC)
    assert (len(again.planned), again.answered(), again.refused()) == (1, 1, [])


@pytest.mark.parametrize(
    ("name", "value"),
    [("PERIODS", "22"), ("PERIODS", "2024-2019"), ("REPORTERS", "USA"), ("CODES", "8112.92"),
     ("CALLS", "many"), ("PACE", "-1"), ("PLAN", "long")],
)  # fmt: skip
def test_an_invalid_setting_is_an_error(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"PAX_COMTRADE_{name}", value)
    with pytest.raises(SourceError, match=f"PAX_COMTRADE_{name}"):
        load_settings(date(2026, 11, 24))


def test_access_reports_key_and_quota(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PAX_COMTRADE_KEY", raising=False)
    assert access()[0] == "warn"
    monkeypatch.setenv("PAX_COMTRADE_KEY", KEY)
    level, seen, _ = access()
    assert (level, KEY in seen) == ("ok", False)
