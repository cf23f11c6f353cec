"""Live access to US trade: api.census.gov, by month and heading, with the user's key."""

from __future__ import annotations

import os
from collections.abc import Iterator

from sources.kit.contract import RawFile
from sources.kit.errors import SourceUnavailableError
from sources.kit.hs6_scope import hs6_scope
from sources.kit.http import HttpClient
from sources.kit.periods import PublishedMonths, base_url, requested_on, validate_month
from sources.us_census.parse import MONTHLY_LAG
from sources.us_census.response import SOURCE

BASE_URL = "https://api.census.gov"
KEY = "CENSUS_API_KEY"
MONTHS = PublishedMonths("201301", MONTHLY_LAG)
list_partitions, default_partitions = MONTHS.list_partitions, MONTHS.default_partitions
#: The path of the flow, the prefix of its fields, its measures.
FLOWS = (
    ("imports", "I", "CON_VAL_MO,CAL_DUT_MO"),
    ("exports", "E", "ALL_VAL_MO"),
)


def fetch(partition: str, http: HttpClient) -> Iterator[RawFile]:
    """Yield one response per flow and heading; a heading without trade has none (204).

    Raises:
        SourceError: `partition` is not a month.
        SourceUnavailableError: no key is set, the Census does not respond with data, or the
            month has none.
    """
    validate_month(SOURCE, partition)
    key, n_responses = _key(), 0
    for heading in sorted({code[:4] for code in hs6_scope()}):
        for path, letter, values in FLOWS:
            file = _get(http, partition, heading, path, letter, values, key)
            if file.content.strip():
                n_responses += 1
                yield file
    if not n_responses:
        what = f"no trade in {partition}: the month is not published yet"
        raise SourceUnavailableError(SOURCE, what, place=_base())


def _get(
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
        # the Census returns an unknown key in the text of its error page
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
            "the API needs a key",
            place=_base(),
            remedy=f"get one at https://api.census.gov/data/key_signup.html and set {KEY}",
        )
    return key


def _base() -> str:
    return base_url("PAX_CENSUS_BASE_URL", BASE_URL)
