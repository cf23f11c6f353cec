"""The CSV of DataBank: one line per country and series, and a column per year (`2023 [YR2023]`).

Below the rows stand the name of the database and the day of its last update.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from sources.kit.contract import RawFile
from sources.kit.errors import CorruptFileError
from sources.worldbank_wgi.api import SERIES, SOURCE

COUNTRY, CODE, SERIES_CODE = "Country Name", "Country Code", "Series Code"
_YEAR = re.compile(r"((?:19|20)\d\d) \[YR(?:19|20)\d\d\]")
_UPDATED = re.compile(r"Last Updated: ?(\d{1,2}/\d{1,2}/\d{4})")
Texts = tuple[str, ...]


def is_databank(names: Sequence[str]) -> bool:
    """Whether a table has DataBank's columns and at least one year."""
    return {COUNTRY, CODE, SERIES_CODE} <= set(names) and any(map(_YEAR.fullmatch, names))


def read_update(text: str) -> date | None:
    """The day of the last update, which DataBank writes month first; None without it."""
    found = _UPDATED.search(text)
    try:
        return datetime.strptime(found[1], "%m/%d/%Y").date() if found else None
    except ValueError:
        return None


def read_databank(lines: Sequence[Mapping[str, str]], file: RawFile) -> Iterator[tuple[int, Texts]]:
    """The seven texts of a row per country, year and dimension, with the line of its estimate.

    Series other than estimate, standard error and number of sources are not read.

    Raises:
        CorruptFileError: a country has a series twice.
    """
    series: dict[tuple[str, str, str], tuple[int, Mapping[str, str]]] = {}
    for line, cells in enumerate(lines, start=2):
        code, name = cells[CODE].strip(), cells[SERIES_CODE].strip()
        dimension, _, kind = name.removeprefix("GOV_WGI_").partition(".")
        if kind not in SERIES:
            continue
        if (code, dimension, kind) in series:
            raise CorruptFileError(
                SOURCE, f"{name} of {code} is given twice", place=f"{file.name}:{line}",
                remedy="give files of one download at a time, each once",
            )  # fmt: skip
        series[code, dimension, kind] = line, cells
    for (code, dimension, kind), (line, cells) in series.items():
        if kind != SERIES[0]:
            continue
        others = [series.get((code, dimension, other), (0, {}))[1] for other in SERIES[1:]]
        for column, estimate in cells.items():
            if stated := _YEAR.fullmatch(column):
                more = [other.get(column, "") for other in others]
                country = cells[COUNTRY].strip()
                yield line, (code, country, stated[1], dimension, estimate, *more)
