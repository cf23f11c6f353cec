"""US trade, live: api.census.gov, month by month and heading by heading, with one's own key."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime

from sources.kit.contract import RawFile
from sources.kit.errors import SourceUnavailableError
from sources.kit.hs6_scope import hs6_scope
from sources.kit.http import HttpClient
from sources.kit.periods import (
    USUAL_MONTHS,
    base_url,
    published_months,
    refuse_period,
    requested_on,
)
from sources.us_census.parse import MONTHLY_LAG
from sources.us_census.response import SOURCE

BASE_URL = "https://api.census.gov"
KEY = "CENSUS_API_KEY"
FIRST_MONTH = "201301"
#: The flow, its path, the letter of its commodity, its value.
FLOWS = (
    ("imports", "I", "CON_VAL_MO,CAL_DUT_MO"),
    ("exports", "E", "ALL_VAL_MO"),
)


def list_partitions(today: date | None = None) -> list[str]:
    """Every month that is out."""
    return published_months(FIRST_MONTH, MONTHLY_LAG, today or datetime.now(UTC).date())


def default_partitions(today: date | None = None) -> list[str]:
    """The newest months, when a run names none."""
    return list_partitions(today)[-USUAL_MONTHS:]


def fetch(partition: str, http: HttpClient) -> Iterator[RawFile]:
    """One answer per flow and heading; a heading without trade has none (204)."""
    refuse_period(SOURCE, partition)
    key, n_answers = _key(), 0
    for heading in sorted({code[:4] for code in hs6_scope()}):
        for path, letter, values in FLOWS:
            file = _ask(http, partition, heading, path, letter, values, key)
            if file.content.strip():
                n_answers += 1
                yield file
    if not n_answers:
        raise SourceUnavailableError(
            SOURCE,
            f"has no trade at all in {partition}: the month is not out yet",
            place=_base(),
            remedy="ask again in some days; what landed before stays in use",
        )


def _ask(
    http: HttpClient, month: str, heading: str, path: str, letter: str, values: str, key: str
) -> RawFile:
    commodity = f"{letter}_COMMODITY"
    query: dict[str, str | int] = {
        "get": f"CTY_CODE,CTY_NAME,{commodity},{commodity}_SDESC,{values}",
        commodity: f"{heading}*",
        "COMM_LVL": "HS10",
        "time": f"{month[:4]}-{month[4:]}",
        "key": key,
    }
    name = f"{path}.{month}.{heading}.json"
    url = f"{_base()}/data/timeseries/intltrade/{path}/hs"
    edition = requested_on(http.clock().date())
    try:
        return http.get(url, query, name=name, edition=edition)
    except SourceUnavailableError as error:
        # the Census answers a key that it does not know with a page that repeats it
        raise SourceUnavailableError(
            SOURCE,
            error.what.replace(key, "***"),
            place=error.place.replace(key, "***"),
            remedy=error.remedy,
        ) from None


def _key() -> str:
    key = os.environ.get(KEY, "").strip()
    if not key:
        raise SourceUnavailableError(
            SOURCE,
            "the API asks for a key",
            place=_base(),
            remedy=f"get one at https://api.census.gov/data/key_signup.html and set {KEY}",
        )
    return key


def _base() -> str:
    return base_url("PAX_CENSUS_BASE_URL", BASE_URL)
