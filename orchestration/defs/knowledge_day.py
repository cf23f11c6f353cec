"""The day whose knowledge a run uses: parsed and checked for the command line and for jobs."""

from __future__ import annotations

from datetime import date

from orchestration.errors import UsageError


def check_knowledge_day(text: str | None, today: date) -> date | None:
    """The knowledge day as a date; None where all that has landed is used.

    Raises:
        UsageError: it is not an ISO date, or it lies after `today`.
    """
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"the knowledge day {text!r} is not a date",
            remedy="write it as 2025-06-30: pax run --as-known-on 2025-06-30",
        ) from None
    if day > today:
        raise UsageError(
            f"the knowledge day {day} lies in the future: what will be published by then is not "
            "known yet",
            remedy=f"give {today} or an earlier day; a run without knowledge day uses all that has "
            "landed",
        )
    return day
