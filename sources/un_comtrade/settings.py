"""What a fetch requests, and its limits: from the environment and `selection.yml`.

| variable | meaning | default |
|---|---|---|
| PAX_COMTRADE_KEY | subscription key; without it previews of 500 rows | none |
| PAX_COMTRADE_CALLS | requests per run, retries counted | 450 with a key, 500 without |
| PAX_COMTRADE_PLAN | `short` or `whole` | whole with a key or where a list below is given |
| PAX_COMTRADE_ROWS | rows that the publisher returns per request | 100000 with a key |
| PAX_COMTRADE_PACE | seconds between two requests | 1 with a key, 3 without |
| PAX_COMTRADE_PERIODS | `2019-2024,202401-202412` | since 2017, and 24 months |
| PAX_COMTRADE_REPORTERS, PAX_COMTRADE_CODES | lists, separated by commas | selection.yml |
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from sources.kit.errors import SourceError
from sources.un_comtrade.layouts import SOURCE

BASE_URL = "https://comtradeapi.un.org"
PREVIEW_ROWS, KEYED_ROWS = 500, 100_000
FLOWS = ("M", "X", "RM", "RX")
FIRST_YEAR, N_MONTHS = 2017, 24
PLANS = ("short", "whole")
#: Typical number of rows of all flows per reporter, period and product.
TYPICAL_ROWS = {"A": 60, "M": 40}
_SPAN = re.compile(r"(\d{4}|\d{6})(?:-(\d{4}|\d{6}))?")


@dataclass(frozen=True)
class PlanPart:
    """Reporters of which the same flows and products are requested."""

    reporters: tuple[str, ...]
    flows: tuple[str, ...]
    codes: tuple[str, ...]
    #: typical number of rows per reporter, period and product, by frequency
    rows_per_code: Mapping[str, int]
    #: share of a page that a request is planned to fill
    fill: float = 0.6


@dataclass(frozen=True)
class Settings:
    """The settings of one fetch; the key is not in its repr."""

    base_url: str
    key: str | None = field(repr=False)
    calls: int
    rows: int
    pace: float
    years: tuple[str, ...]  # newest first
    months: tuple[str, ...]
    reporters: tuple[str, ...]
    codes: tuple[str, ...]
    flows: tuple[str, ...] = FLOWS
    plan: str = "whole"

    @property
    def parts(self) -> tuple[PlanPart, ...]:
        """What is requested of whom; the short plan asks importers and exporters for one flow."""
        if self.plan == "whole":
            return (PlanPart(self.reporters, self.flows, self.codes, TYPICAL_ROWS),)
        short = load_selection()["short"]
        return tuple(
            PlanPart(
                tuple(map(str, part["reporters"])),
                tuple(part["flows"]),
                tuple(short["codes"]),
                dict.fromkeys(TYPICAL_ROWS, int(part["rows_per_code"])),
                fill=0.8,
            )
            for part in short["parts"]
        )

    @property
    def is_preview(self) -> bool:
        return self.key is None

    @property
    def periods(self) -> dict[str, tuple[str, ...]]:
        return {"A": self.years, "M": self.months}


def load_settings(today: date, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings of a fetch on `today`.

    Raises:
        SourceError: a variable has an invalid value.
    """
    key = environ.get("PAX_COMTRADE_KEY", "").strip() or None
    spans = environ.get("PAX_COMTRADE_PERIODS", "").strip()
    periods = sorted(_periods(spans) if spans else _default_periods(today), reverse=True)
    selected = load_selection()
    plan = _plan(environ, key)
    if plan == "short":
        newest = [p for p in periods if len(p) == 4][: int(selected["short"]["years"])]
        periods = periods if spans else newest
    return Settings(
        base_url=environ.get("PAX_COMTRADE_BASE_URL", BASE_URL).rstrip("/"),
        key=key,
        calls=int(_number(environ, "PAX_COMTRADE_CALLS", 450 if key else 500)),
        rows=int(_number(environ, "PAX_COMTRADE_ROWS", KEYED_ROWS)) if key else PREVIEW_ROWS,
        pace=_number(environ, "PAX_COMTRADE_PACE", 1.0 if key else 3.0),
        years=tuple(p for p in periods if len(p) == 4),
        months=tuple(p for p in periods if len(p) == 6),
        reporters=_list(environ, "PAX_COMTRADE_REPORTERS", selected["reporters"], r"[1-9]\d{0,2}"),
        codes=_list(environ, "PAX_COMTRADE_CODES", selected["codes"], r"TOTAL|\d{2}|\d{4}|\d{6}"),
        plan=plan,
    )


def replace_plan(settings: Settings, plan: str, today: date) -> Settings:
    """The settings with another plan and its periods; periods that the user named stay."""
    if plan == settings.plan:
        return settings
    other = load_settings(today, {"PAX_COMTRADE_PLAN": plan})
    return replace(settings, plan=plan, years=other.years, months=other.months)


def _plan(environ: Mapping[str, str], key: str | None) -> str:
    """`short` without a key, unless the user names a plan, or reporters, products or periods."""
    given = environ.get("PAX_COMTRADE_PLAN", "").strip()
    if given and given not in PLANS:
        raise _invalid_variable_error("PAX_COMTRADE_PLAN", given, " or ".join(PLANS))
    lists = ("PAX_COMTRADE_PERIODS", "PAX_COMTRADE_REPORTERS", "PAX_COMTRADE_CODES")
    is_narrowed = any(environ.get(name, "").strip() for name in lists)
    return given or ("whole" if key or is_narrowed else "short")


@lru_cache(maxsize=1)
def load_selection() -> dict[str, Any]:
    """Reporters and products of `selection.yml`, and its short plan."""
    raw: dict[str, Any] = yaml.safe_load(
        Path(__file__).with_name("selection.yml").read_text(encoding="utf-8")
    )
    return {**raw, "reporters": [str(x) for x in raw["reporters"]]}


def _default_periods(today: date) -> Iterator[str]:
    """The complete years since 2017, and the last 24 complete months."""
    yield from map(str, range(FIRST_YEAR, today.year))
    last = today.year * 12 + today.month - 2
    for month in range(last - N_MONTHS + 1, last + 1):
        yield f"{month // 12}{month % 12 + 1:02}"


def _periods(text: str) -> Iterator[str]:
    for part in text.replace(" ", "").split(","):
        found = _SPAN.fullmatch(part)
        first, last = (found[1], found[2] or found[1]) if found else ("", "")
        if not found or len(first) != len(last) or first > last:
            raise _invalid_variable_error(
                "PAX_COMTRADE_PERIODS", part, "2019-2024 or 202401-202412"
            )
        yield from (
            f"{n}" for n in range(int(first), int(last) + 1) if n < 10_000 or 1 <= n % 100 <= 12
        )


def _list(
    environ: Mapping[str, str], name: str, default: list[str], pattern: str
) -> tuple[str, ...]:
    given = [x.strip() for x in environ.get(name, "").split(",") if x.strip()]
    for text in given:
        if not re.fullmatch(pattern, text):
            raise _invalid_variable_error(
                name, text, "842,156 for reporters, 811292,284690 for products"
            )
    return tuple(dict.fromkeys(given or default))


def _number(environ: Mapping[str, str], name: str, default: float) -> float:
    text = environ.get(name, "").strip()
    try:
        number = float(text) if text else default
    except ValueError:
        number = -1.0
    if number < 0:
        raise _invalid_variable_error(name, text, "a number, zero or more")
    return number


def _invalid_variable_error(name: str, text: str, example: str) -> SourceError:
    return SourceError(
        SOURCE, f"{name} is {text!r}", place="environment", remedy=f"write it as {example}"
    )
