"""The publisher's own client, redirected to the fake API, gets the same rows."""

from __future__ import annotations

from typing import Any

import comtradeapicall
import pytest
import urllib3

from tests.sources.un_comtrade.conftest import fetch_and_land, query, reason
from tests.sources.un_comtrade.fake_api.dataset import CODES, JPN, USA
from tests.sources.un_comtrade.fake_api.server import KEY, FakeComtrade
from warehouse.paths import DataPaths

HOST = "https://comtradeapi.un.org"  # fixed in the client's code
PARAMETERS = {
    "typeCode": "C", "freqCode": "A", "clCode": "HS", "cmdCode": ",".join(CODES),
    "flowCode": "M,X,RM,RX", "partnerCode": None, "partner2Code": "0", "customsCode": "C00",
    "motCode": "0", "breakdownMode": "classic", "includeDesc": False,
}  # fmt: skip


@pytest.fixture
def redirected(fake_api: FakeComtrade, monkeypatch: pytest.MonkeyPatch) -> FakeComtrade:
    request = urllib3.PoolManager.request

    def to_fake_api(self: Any, method: str, url: str, **options: Any) -> Any:
        assert url.startswith(HOST)
        return request(self, method, fake_api.url + url.removeprefix(HOST), **options)

    monkeypatch.setattr(urllib3.PoolManager, "request", to_fake_api)
    return fake_api


def rows_of(frame: Any) -> list[tuple[object, ...]]:
    return sorted(
        (str(r.reporterCode), str(r.period), r.flowCode, r.cmdCode, str(r.partnerCode),
         r.primaryValue, r.netWgt, r.cifvalue if r.cifvalue == r.cifvalue else None)
        for r in frame.itertuples()
    )  # fmt: skip


def ours(data_dir: DataPaths) -> list[tuple[object, ...]]:
    return sorted(
        query(
            data_dir,
            "select reporter_code, period, flow_code, cmd_code, partner_code, primary_value_usd, "
            "net_wgt_kg, cif_value_usd from trade "
            f"where reporter_code in ('{USA}', '{JPN}') and period in ('2022', '2023')",
        )
    )


def test_keyed(redirected: FakeComtrade, data_dir: DataPaths) -> None:
    fetch_and_land(data_dir)
    frame = comtradeapicall.getFinalData(
        KEY, period="2022,2023", reporterCode=f"{USA},{JPN}", maxRecords=100_000, **PARAMETERS
    )
    assert reason(data_dir) == ""
    assert len(frame) > 100
    assert rows_of(frame) == ours(data_dir)


def test_preview(
    redirected: FakeComtrade, data_dir: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PAX_COMTRADE_KEY")
    fetch_and_land(data_dir)
    theirs = []
    for period in ("2022", "2023"):
        for reporter in (USA, JPN):
            frame = comtradeapicall.previewFinalData(
                period=period, reporterCode=reporter, maxRecords=500, **PARAMETERS
            )
            theirs += rows_of(frame)
    assert sorted(theirs) == ours(data_dir)


def test_the_list_of_what_was_filed(redirected: FakeComtrade, data_dir: DataPaths) -> None:
    fetch_and_land(data_dir)
    frame = comtradeapicall.getFinalDataAvailability(
        KEY, typeCode="C", freqCode="A", clCode="HS", period="2023", reporterCode=None
    )
    filed = query(
        data_dir, "select reporter_code from availability where is_filed and period = '2023'"
    )
    assert sorted((str(code),) for code in frame.reporterCode) == sorted(filed)
