"""The words in which suites are written. Nothing here knows Great Expectations.

A suite judges two frames: the table's rows (a fixed sample of a large table) and one row of
facts, each a number out of a query over the whole table. Queries may name the views `data`,
`receipts` (what landed for the suite's sources), `parameters` (the run's two days) and
`baseline`; departures also `previous` (the same mart in the release that is served).
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sources.kit.catalog import find_source

ROOM = Path(__file__).resolve().parent
CRITICAL, WARNING, INFO = "critical", "warning", "info"

#: Above so many rows, row rules see a fixed sample of about so many; facts always see all.
SAMPLE_ROWS = 100_000


@dataclass(frozen=True)
class Rule:
    """One expectation on the rows. `expectation` is the name of a GX class."""

    expectation: str
    arguments: Mapping[str, Any]
    notes: str
    severity: str = CRITICAL

    @property
    def text(self) -> str:
        said = ", ".join(f"{k} {v}" for k, v in self.arguments.items() if v is not None)
        return f"{self.expectation}: {said}"[:300]


@dataclass(frozen=True)
class Fact:
    """A number that must lie between `low` and `high`; NULL means there is nothing to judge.

    With `offending`, `sql` gives the rows that should not be there, and the number counts them.
    """

    name: str
    sql: str
    notes: str
    severity: str = CRITICAL
    low: float | None = None
    high: float | None = None
    offending: bool = False

    @property
    def text(self) -> str:
        if self.offending:
            return f"{self.name}: no such rows"
        return f"{self.name} between {self.low} and {self.high}"


@dataclass(frozen=True)
class Movement:
    """What should not move between two releases while its lineage stays the same."""

    keys: Sequence[str]
    measure: str
    tolerance: float


@dataclass(frozen=True)
class Suite:
    """All that is expected of one table.

    `columns` must be there; for arrivals, in exactly this order. `sources` and `known_since` say
    when an empty table is right: on a day on which no edition of any of the sources, or nothing of
    the register, was known.
    """

    subject: str
    columns: Sequence[str]
    rules: Sequence[Rule] = ()
    facts: Sequence[Fact] = ()
    sources: Sequence[str] = ()
    known_since: date | None = None
    movement: Movement | None = None
    may_be_empty: bool = field(default=False)


def not_null(column: str, notes: str, severity: str = CRITICAL) -> Rule:
    return Rule("ExpectColumnValuesToNotBeNull", {"column": column}, notes, severity)


def one_of(column: str, values: Sequence[Any], notes: str, severity: str = CRITICAL) -> Rule:
    arguments = {"column": column, "value_set": list(values)}
    return Rule("ExpectColumnValuesToBeInSet", arguments, notes, severity)


def between(
    column: str,
    low: float | None,
    high: float | None,
    notes: str,
    severity: str = CRITICAL,
    mostly: float = 1.0,
) -> Rule:
    """`mostly` below 1 lets that share of rows break the bounds."""
    arguments = {"column": column, "min_value": low, "max_value": high, "mostly": mostly}
    return Rule("ExpectColumnValuesToBeBetween", arguments, notes, severity)


def shares(*columns: str) -> list[Rule]:
    """Columns from 0 to 1, with room for rounding."""
    notes = "a share lies between 0 and 1; anything else is a wrong denominator"
    return [between(column, -1e-9, 1 + 1e-9, notes) for column in columns]


def matches(column: str, pattern: str, notes: str, severity: str = CRITICAL) -> Rule:
    arguments = {"column": column, "regex": f"^(?:{pattern})$"}
    return Rule("ExpectColumnValuesToMatchRegex", arguments, notes, severity)


def none_of(name: str, sql: str, notes: str, severity: str = CRITICAL) -> Fact:
    """No row may come out of `sql`."""
    return Fact(name, sql, notes, severity, low=0, high=0, offending=True)


def measure(
    name: str,
    sql: str,
    low: float | None,
    high: float | None,
    notes: str,
    severity: str = CRITICAL,
) -> Fact:
    """The one number out of `sql` lies between the bounds."""
    return Fact(name, sql, notes, severity, low, high)


def declared(source_id: str, table: str) -> list[str]:
    """The columns of a landed table, from its `source.yml`."""
    return list(find_source(source_id).tables[table].schema.names)


def suite_names(stage: str) -> list[str]:
    """The modules at a door: one per source or mart."""
    return sorted(path.stem for path in (ROOM / stage).glob("[a-z]*.py"))


def load_suites(stage: str, name: str) -> Sequence[Suite]:
    """The suites of one module: one per landed table of a source, one of a mart."""
    suites: Sequence[Suite] = importlib.import_module(f"expectations.{stage}.{name}").SUITES
    return suites
