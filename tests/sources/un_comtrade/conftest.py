"""The fake API as a server, and a fetch from it into a data directory, without waits."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime

import duckdb
import pytest
import stamina

from orchestration.defs.ingestion.ingest import land_live
from sources.kit.catalog import find_source
from sources.un_comtrade.client import build_http_client
from sources.un_comtrade.settings import load_settings
from tests.sources.un_comtrade.fake_api.dataset import CODES, REPORTERS, YEARS
from tests.sources.un_comtrade.fake_api.server import KEY, FakeComtrade
from warehouse.paths import DataPaths
from warehouse.storage.load_records import Landed, read_stale_source

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SPEC = find_source("un_comtrade")


@pytest.fixture
def fake_api(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeComtrade]:
    """The fake API, and an environment that requests all its annual data with a key."""
    with FakeComtrade().serving() as fake_api, stamina.set_testing(True, attempts=5):
        for name, value in {
            "BASE_URL": fake_api.url, "KEY": KEY, "PACE": "0", "CODES": ",".join(CODES),
            "REPORTERS": ",".join(REPORTERS), "PERIODS": f"{YEARS[0]}-{YEARS[-1]}",
        }.items():  # fmt: skip
            monkeypatch.setenv(f"PAX_COMTRADE_{name}", value)
        yield fake_api


def fetch_and_land(paths: DataPaths, wanted: tuple[str, ...] = ()) -> list[Landed]:
    """Land as `pax run --live --source un_comtrade`; a failure marks the source stale."""
    settings = load_settings(NOON.date())
    return land_live(
        SPEC,
        paths,
        list(wanted),
        lambda spec: build_http_client(settings, attempts=5, clock=lambda: NOON),
    ).landed


def reason(paths: DataPaths) -> str:
    """Why the last fetch stopped, or an empty text."""
    mark = read_stale_source(paths, "un_comtrade")
    return mark.reason if mark else ""


def parquet(paths: DataPaths) -> dict[str, str]:
    """Every landed file of the source with its hash."""
    folder = paths.landing / "un_comtrade"
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*.parquet"))
    }


def query(paths: DataPaths, sql: str) -> list[tuple[object, ...]]:
    """SQL over the views `trade` and `availability`."""
    with duckdb.connect() as connection:
        for table in ("trade", "availability"):
            glob = f"{paths.landing}/un_comtrade/{table}/*.parquet"
            connection.execute(f"create view {table} as from read_parquet('{glob}')")
        return connection.execute(sql).fetchall()
