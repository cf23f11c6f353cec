"""Live access to Comext: the bulk file of a month, or the API for the products in scope."""

from __future__ import annotations

import os
from collections.abc import Iterator

from sources.eurostat_comext.layouts import SOURCE, basket_cn8_codes
from sources.eurostat_comext.parse import MONTHLY_LAG
from sources.kit.contract import RawFile
from sources.kit.download import download
from sources.kit.errors import SourceError, SourceUnavailableError
from sources.kit.hs6_scope import hs6_scope, split_into_batches
from sources.kit.http import HttpClient
from sources.kit.periods import PublishedMonths, base_url, requested_on, validate_month

BASE_URL = "https://ec.europa.eu/eurostat/api"
MONTHS = PublishedMonths("201701", MONTHLY_LAG)
FIRST_BULK_MONTH = "202001"  # in the present layout; of earlier months the API is asked
list_partitions, default_partitions = MONTHS.list_partitions, MONTHS.default_partitions
ENDPOINT_VARIABLE = "PAX_COMEXT_ENDPOINT"
CODES_PER_CALL = 20
INDICATORS = "VALUE_IN_EUROS+QUANTITY_IN_100KG"
#: Eurostat's codes of the members: without them the response includes sums of the Union.
MEMBERS = "AT+BE+BG+CY+CZ+DE+DK+EE+EL+ES+FI+FR+HR+HU+IE+IT+LT+LU+LV+MT+NL+PL+PT+RO+SE+SI+SK"


def client() -> HttpClient:
    """An HTTP client with a long timeout: a month is 45 MB, and the API is slow."""
    return HttpClient(SOURCE, timeout=180.0)


def fetch(partition: str, http: HttpClient) -> Iterator[RawFile]:
    """Yield the 7z of the month; with PAX_COMEXT_ENDPOINT=api the API responses for HS6 in scope.

    Raises:
        SourceError: `partition` is not a month, or the endpoint is neither bulk nor api.
        SourceUnavailableError: Eurostat does not respond with data of that month.
    """
    validate_month(SOURCE, partition)
    endpoint = os.environ.get(ENDPOINT_VARIABLE, "bulk")
    if endpoint == "bulk" and partition < FIRST_BULK_MONTH:
        endpoint = "api"
    if endpoint == "bulk":
        name = f"full_v2_{partition}.7z"
        query = {"file": f"comext/COMEXT_DATA/PRODUCTS/{name}"}
        url = f"{_base()}/dissemination/files"
        yield download(http, url, query, name=name, edition=requested_on(http.clock().date()))
    elif endpoint == "api":
        yield from _fetch_from_api(partition, http)
    else:
        raise SourceError(
            SOURCE,
            f"{ENDPOINT_VARIABLE}={endpoint} is not a known endpoint",
            remedy="set it to bulk or api",
        )


def _fetch_from_api(month: str, http: HttpClient) -> Iterator[RawFile]:
    """Request each product at one level only: CN8 codes where they are listed, else the HS6."""
    cn8_codes = basket_cn8_codes()
    split = {code[:6] for code in cn8_codes}
    codes = sorted([*cn8_codes, *(code for code in hs6_scope() if code not in split)])
    period, n_bytes = f"{month[:4]}-{month[4:]}", 0
    for number, batch in enumerate(split_into_batches(codes, CODES_PER_CALL), 1):
        key = f"M.{MEMBERS}..{'+'.join(batch)}.1+2.{INDICATORS}"
        file = http.get(
            f"{_base()}/comext/dissemination/sdmx/2.1/data/DS-045409/{key}",
            {"startPeriod": period, "endPeriod": period, "format": "SDMX-CSV"},
            name=f"ds-045409.{month}.{number:02}.csv",
            edition=requested_on(http.clock().date()),
        )
        if file.content.lstrip()[:1] == b"<":
            raise unexpected_response_error(
                "the response is a notice instead of figures; the request may be too large"
            )
        # a request without matching rows returns a header only
        if file.content.count(b"\n", 0, 4096) > 1:
            n_bytes += len(file.content)
            yield file
    if not n_bytes:
        raise unexpected_response_error(f"no row of {month}: the month is not published yet")


def unexpected_response_error(what: str) -> SourceUnavailableError:
    """The error for a response that is not as documented; `what` describes it."""
    return SourceUnavailableError(SOURCE, what, place=_base())


def _base() -> str:
    return base_url("PAX_COMEXT_BASE_URL", BASE_URL)
