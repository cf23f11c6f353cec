"""What suites ask of a table, fetched by SQL: the rows for its rules, a number for each fact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pandas as pd

from expectations.check_result import CheckResult, ExpectationError
from expectations.suites import SAMPLE_ROWS, Fact, Rule, Suite
from warehouse.storage.read_only import quoted


def rows_of(suite: Suite, connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """The columns that row rules need; of a large table a sample that is the same each time."""
    if not suite.rules:
        return pd.DataFrame()
    columns = sorted({str(rule.arguments["column"]) for rule in suite.rules})
    chosen = ", ".join(quoted(column) for column in columns)
    (n_rows,) = connection.execute("select count(*) from data").fetchone() or (0,)
    step = -(-n_rows // SAMPLE_ROWS)
    where = f"where hash({', '.join(map(quoted, suite.columns))}) % {step} = 0" if step > 1 else ""
    return connection.execute(f"select {chosen} from data {where}").df()


def has_view(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    try:
        connection.execute(f"select 1 from {name} limit 0")
    except duckdb.CatalogException:
        return False
    return True


@dataclass(frozen=True)
class Measured:
    """A fact with its number, and some of the rows behind it."""

    fact: Fact
    value: float | None
    sample: list[Any] | None

    @property
    def column(self) -> str:
        return f"fact:{self.fact.name}"

    @property
    def rule(self) -> Rule:
        """Of one number, the maximum is the value; GX judges it faster than a row."""
        low, high = self.fact.low, self.fact.high
        arguments = {"column": self.column, "min_value": low, "max_value": high}
        return Rule("ExpectColumnMaxToBeBetween", arguments, self.fact.notes, self.fact.severity)

    def verdict(self, suite: Suite, stage: str, name: str, passed: bool) -> CheckResult:
        return CheckResult(
            stage=stage,
            suite=name,
            subject=suite.subject,
            expectation=self.fact.text,
            severity=self.fact.severity,
            passed=passed,
            observed=self.value,
            notes=self.fact.notes,
            n_rows=int(self.value or 0) if self.fact.offending else None,
            sample=self.sample,
        )


def measured(
    fact: Fact, suite: Suite, stage: str, connection: duckdb.DuckDBPyConnection
) -> Measured:
    try:
        if not fact.offending:
            one = connection.execute(fact.sql).fetchone()
            return Measured(fact, None if one is None or one[0] is None else float(one[0]), None)
        count = connection.execute(f"select count(*) from ({fact.sql})").fetchone()
        if not count or not count[0]:
            return Measured(fact, 0.0, None)
        rows = connection.execute(f"select * from ({fact.sql}) limit 5").df()
        return Measured(fact, float(count[0]), rows.astype(str).to_dict("records"))
    except duckdb.Error as error:
        raise ExpectationError(stage, suite.subject, fact.name, str(error)) from error


def with_facts(rows: pd.DataFrame, known: Sequence[Measured]) -> pd.DataFrame:
    """The rows, and beside them a column per fact that holds its number all the way down."""
    index = rows.index if len(rows) else range(1)
    facts = pd.DataFrame({m.column: m.value for m in known}, index=index, dtype="float64")
    return pd.concat([rows, facts], axis=1) if len(rows) else facts
