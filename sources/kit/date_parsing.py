"""Dates written in a text: "4 April 2025", "April 4, 2025", "2025-04-04", "December 2025".

In digits alone the year comes first, or the day ("15-01-2025", "29.9.2020"); days written with
strokes ("4/5/2025") are left alone, since countries read them differently.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

MONTHS = {
    name: number
    for number, names in enumerate(
        ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
         "august aug", "september sept sep", "october oct", "november nov", "december dec"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DAY = re.compile(
    rf"\b(?P<iso>(?P<y1>\d{{4}})-(?P<m1>\d{{2}})-(?P<d1>\d{{2}}))\b"
    rf"|\b(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<n2>{_MONTH})\.?,?\s+(?P<y2>\d{{4}})\b"
    rf"|\b(?P<n3>{_MONTH})\.?\s+(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?(?:,\s*|\s+)(?P<y3>\d{{4}})\b"
    rf"|\b(?P<y7>\d{{4}})[/.](?P<m7>\d{{1,2}})[/.](?P<d7>\d{{1,2}})\b(?![/.\d])"
    rf"|(?<![/.\d-])\b(?P<d8>\d{{1,2}})[-.](?P<m8>\d{{1,2}})[-.](?P<y8>\d{{4}})\b"
    rf"|\b(?P<n4>{_MONTH})\.?,?\s+(?P<y4>\d{{4}})\b"
    rf"|\b(?P<n5>{_MONTH})\.?\s+(?P<d5>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*,?\s*\d{{4}})"
    rf"|\b(?P<d6>\d{{1,2}})\s+(?P<n6>{_MONTH})\b(?!\.?,?\s*\d{{4}})",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class WrittenDate:
    """A day or month in a text; `precision` is day or month, `start` its offset."""

    day: date
    precision: str
    start: int
    end: int


def find_dates(text: str, *, year: int | None = None) -> list[WrittenDate]:
    """The dates in `text`, in order; dates without a year only where `year` supplies one."""
    found = []
    for match in _DAY.finditer(text):
        parts = {name[0]: value for name, value in match.groupdict().items() if value}
        in_year = parts.get("y") or year
        if in_year is None:
            continue
        month = int(parts["m"]) if "m" in parts else MONTHS[parts["n"].lower()]
        try:
            day = date(int(in_year), month, int(parts.get("d", 1)))
        except ValueError:
            continue  # not a calendar day, such as "31 February"
        precision = "day" if "d" in parts else "month"
        found.append(WrittenDate(day, precision, match.start(), match.end()))
    return found
