"""Comext, live: the bulk file of a month, or the API for the lines that the partnership watches."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime

from sources.eurostat_comext.layouts import SOURCE, separating_lines
from sources.eurostat_comext.parse import MONTHLY_LAG
from sources.kit.contract import RawFile
from sources.kit.download import download
from sources.kit.errors import SourceError, SourceUnavailableError
from sources.kit.hs6_scope import batches, hs6_scope
from sources.kit.http import HttpClient
from sources.kit.periods import (
    USUAL_MONTHS,
    base_url,
    published_months,
    refuse_period,
    requested_on,
)

BASE_URL = "https://ec.europa.eu/eurostat/api"
FIRST_MONTH = "202001"  # the first month in the layout of today
ENDPOINT_VARIABLE = "PAX_COMEXT_ENDPOINT"
CODES_PER_CALL = 20
INDICATORS = "VALUE_IN_EUROS+QUANTITY_IN_100KG"
#: Eurostat's letters of the members: an empty place would also bring the Union's own sums.
MEMBERS = "AT+BE+BG+CY+CZ+DE+DK+EE+EL+ES+FI+FR+HR+HU+IE+IT+LT+LU+LV+MT+NL+PL+PT+RO+SE+SI+SK"


def list_partitions(today: date | None = None) -> list[str]:
    """Every month that is out."""
    return published_months(FIRST_MONTH, MONTHLY_LAG, today or datetime.now(UTC).date())


def default_partitions(today: date | None = None) -> list[str]:
    """The newest months, when a run names none."""
    return list_partitions(today)[-USUAL_MONTHS:]


def client() -> HttpClient:
    """A month of the bulk is 45 MB, and the API thinks long."""
    return HttpClient(SOURCE, timeout=180.0)


def fetch(partition: str, http: HttpClient) -> Iterator[RawFile]:
    """The month's 7z; with PAX_COMEXT_ENDPOINT=api the answers for our products instead of it."""
    refuse_period(SOURCE, partition)
    endpoint = os.environ.get(ENDPOINT_VARIABLE, "bulk")
    if endpoint == "bulk":
        name = f"full_v2_{partition}.7z"
        query = {"file": f"comext/COMEXT_DATA/PRODUCTS/{name}"}
        url = f"{_base()}/dissemination/files"
        yield download(http, url, query, name=name, edition=requested_on(http.clock().date()))
    elif endpoint == "api":
        yield from _answers(partition, http)
    else:
        raise SourceError(
            SOURCE,
            f"{ENDPOINT_VARIABLE}={endpoint} is not a known endpoint",
            remedy="set it to bulk or api",
        )


def _answers(month: str, http: HttpClient) -> Iterator[RawFile]:
    """Each product at one level only: CN8 lines where they are known, else the whole HS6."""
    lines = separating_lines()
    split = {code[:6] for code in lines}
    codes = sorted([*lines, *(code for code in hs6_scope() if code not in split)])
    period, n_bytes = f"{month[:4]}-{month[4:]}", 0
    for number, some in enumerate(batches(codes, CODES_PER_CALL), 1):
        key = f"M.{MEMBERS}..{'+'.join(some)}.1+2.{INDICATORS}"
        file = http.get(
            f"{_base()}/comext/dissemination/sdmx/2.1/data/DS-045409/{key}",
            {"startPeriod": period, "endPeriod": period, "format": "SDMX-CSV"},
            name=f"ds-045409.{month}.{number:02}.csv",
            edition=requested_on(http.clock().date()),
        )
        if file.content.lstrip()[:1] == b"<":
            raise unexpected_response_error(
                "answers with a notice instead of figures; the question may be too big"
            )
        # a question without an answer is a header without rows
        if file.content.count(b"\n", 0, 4096) > 1:
            n_bytes += len(file.content)
            yield file
    if not n_bytes:
        raise unexpected_response_error(f"has no row at all of {month}: the month is not out yet")


def unexpected_response_error(what: str) -> SourceUnavailableError:
    return SourceUnavailableError(
        SOURCE, what, place=_base(), remedy="what landed before stays in use; try again later"
    )


def _base() -> str:
    return base_url("PAX_COMEXT_BASE_URL", BASE_URL)
