"""Monthly publications: which months are published on a day, and the edition of a download."""

from __future__ import annotations

import calendar
import os
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sources.kit.contract import RawFile
from sources.kit.errors import SourceError

#: The newest months that a run requests by default: publishers revise recent months.
N_DEFAULT_MONTHS = 3


def month_end(period: str) -> date:
    """The last day of a month such as `202406`."""
    year, month = int(period[:4]), int(period[4:])
    return date(year, month, calendar.monthrange(year, month)[1])


@dataclass(frozen=True)
class PublishedMonths:
    """The months of a publisher that releases each month `lag` after its end.

    Its methods are `list_partitions` and `default_partitions` of a `fetch.py`; both return months
    such as `202406`, oldest first.
    """

    first: str
    lag: timedelta

    def list_partitions(self, today: date | None = None) -> list[str]:
        """Every month that is published on `today` (UTC)."""
        today = today or datetime.now(UTC).date()
        found = []
        year, month = int(self.first[:4]), int(self.first[4:])
        while month_end(period := f"{year}{month:02d}") + self.lag <= today:
            found.append(period)
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        return found

    def default_partitions(self, today: date | None = None) -> list[str]:
        """The months that a run requests when it names none."""
        return self.list_partitions(today)[-N_DEFAULT_MONTHS:]


def download_edition(raw: RawFile, edition: str, known_from: date) -> tuple[str, date, str]:
    """Edition, knowledge date and its basis: of a live response the day of the request.

    A publisher that replaces months in place names no editions, so figures downloaded today must
    not count as known when the month was first published. Other files keep `edition` and
    `known_from`, which are inferred.
    """
    if raw.edition is None:
        return edition, known_from, "inferred"
    return f"{edition}.{raw.edition}", raw.retrieved_at.date(), "published"


def requested_on(day: date) -> str:
    """The `edition` of files fetched on `day`, such as `R20261124`."""
    return f"R{day:%Y%m%d}"


def base_url(variable: str, default: str) -> str:
    """The publisher's address, or the one in the environment variable `variable`."""
    return os.environ.get(variable, default).rstrip("/")


def validate_month(source_id: str, partition: str) -> None:
    """Check that a live partition is a month such as `202406`.

    Raises:
        SourceError: it is not.
    """
    if not (len(partition) == 6 and partition.isdigit() and 1 <= int(partition[4:]) <= 12):
        raise SourceError(source_id, f"{partition!r} is not a month", remedy="write it as 202406")
