"""Release dates in the names of bulk files: `COMTRADE-FINAL-CA842202201[2024-05-01].gz`."""

from __future__ import annotations

import re
from datetime import date

_NAME = re.compile(
    r"COMTRADE-(?P<kind>FINALCLASSIC|FINAL|TARIFFLINE)-"
    r"(?P<type>[CS])(?P<freq>[AM])(?P<reporter>\d{3})(?P<rest>[0-9A-Z]+)",
    re.IGNORECASE,
)
_DAY = re.compile(r"(20\d\d)-?(0[1-9]|1[0-2])-?([0-2]\d|3[01])")


def parse_release_date(name: str) -> date | None:
    """The release date in the name of a bulk file, or None."""
    found = _NAME.search(name)
    day = _DAY.search(name[found.end() :]) if found else None
    try:
        return date(*map(int, day.groups())) if day else None
    except ValueError:
        return None
