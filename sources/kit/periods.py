"""Months of publishers: which are out by a day, and how a vintage of them is named."""

from __future__ import annotations

import calendar
import os
from datetime import date, timedelta

from sources.kit.contract import RawFile
from sources.kit.errors import SourceError

#: How many of the newest months a run asks for when it is told none: late figures are revised.
USUAL_MONTHS = 3


def month_end(period: str) -> date:
    """The last day of `202406`."""
    year, month = int(period[:4]), int(period[4:])
    return date(year, month, calendar.monthrange(year, month)[1])


def published_months(first: str, lag: timedelta, today: date) -> list[str]:
    """The months from `first` on (`201801`) that are out on `today`, oldest first."""
    found = []
    year, month = int(first[:4]), int(first[4:])
    while month_end(period := f"{year}{month:02d}") + lag <= today:
        found.append(period)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return found


def download_edition(raw: RawFile, edition: str, known_from: date) -> tuple[str, date, str]:
    """Edition, day known and its basis: of a live answer the day it was asked, else as inferred.

    A publisher that replaces months in place names no vintages, so an answer of today must not
    pass for what was known when the month first came out.
    """
    if raw.edition is None:
        return edition, known_from, "inferred"
    return f"{edition}.{raw.edition}", raw.retrieved_at.date(), "published"


def requested_on(day: date) -> str:
    """The `edition` that a live fetch gives to its files: `R20261124`."""
    return f"R{day:%Y%m%d}"


def base_url(variable: str, usual: str) -> str:
    """The publisher's address, or the one that the environment names instead of it."""
    return os.environ.get(variable, usual).rstrip("/")


def refuse_period(source_id: str, partition: str) -> None:
    """A live partition is a month; anything else is wrong use."""
    if not (len(partition) == 6 and partition.isdigit() and 1 <= int(partition[4:]) <= 12):
        raise SourceError(source_id, f"{partition!r} is no month", remedy="write it as 202406")
