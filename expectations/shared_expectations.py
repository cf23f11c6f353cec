"""Expectations that Great Expectations lacks, and those that many suites share."""

from __future__ import annotations

from typing import Any, Literal

import great_expectations.expectations as gxe
import pandas as pd
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider

#: What a cell without a plain number may be.
VALUE_STATUSES = [
    "reported", "estimated", "withheld", "not_available", "not_applicable", "zero", "trace",
    "net_exporter", "unknown", "qualitative", "included_elsewhere",
]  # fmt: skip


class TableRows(TableMetricProvider):
    """The rows of a batch, for expectations that group them."""

    metric_name = "table.rows"

    @metric_value(engine=PandasExecutionEngine)
    def _pandas(
        cls, execution_engine: PandasExecutionEngine, metric_domain_kwargs: dict[str, Any], **_: Any
    ) -> pd.DataFrame:
        rows: pd.DataFrame = execution_engine.get_domain_records(metric_domain_kwargs)
        return rows


class GroupedRowsExpectation(BatchExpectation):
    """Base of expectations about groups of rows: a subclass returns the groups that fail."""

    metric_dependencies = ("table.rows",)
    domain_keys = ("batch_id", "table")

    def __init__(self, **fields: Any) -> None:
        # Data Docs print the description where they have no sentence for an expectation
        super().__init__(**{"description": fields.get("notes"), **fields})

    def failing_groups(self, rows: pd.DataFrame) -> tuple[pd.DataFrame, int]:
        """The failing groups, one row each, and the number of all groups.

        Raises:
            NotImplementedError: a subclass does not define it.
        """
        raise NotImplementedError

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: PandasExecutionEngine | None = None,
    ) -> dict[str, Any]:
        failing, n_groups = self.failing_groups(metrics["table.rows"])
        percent = 100 * len(failing) / n_groups if n_groups else 0.0
        return {
            "success": failing.empty,
            "result": {
                "observed_value": f"{len(failing)} of {n_groups} groups fail",
                "element_count": n_groups,
                "unexpected_count": len(failing),
                "unexpected_percent": percent,
                "partial_unexpected_list": failing.head(5).astype(str).to_dict("records"),
            },
        }


class ExpectGroupValueToBeBetween(GroupedRowsExpectation):
    """One number per group (`aggregate` of `column`) lies between `min_value` and `max_value`.

    `where` is a pandas query that chooses rows; groups with fewer than `min_rows` values are
    left out; `n_unique` counts distinct values. A group of so many rows without any value fails:
    there is nothing that a bound could be compared with.
    """

    column: str
    group_by: list[str]
    aggregate: Literal["n_unique", "max", "mean", "sum"]
    min_value: float | None = None
    max_value: float | None = None
    where: str | None = None
    min_rows: int = 1

    success_keys = (
        "column", "group_by", "aggregate", "min_value", "max_value", "where", "min_rows",
    )  # fmt: skip
    args_keys = success_keys

    def failing_groups(self, rows: pd.DataFrame) -> tuple[pd.DataFrame, int]:
        chosen = rows.query(self.where) if self.where else rows
        groups = chosen.groupby(self.group_by, dropna=False)[self.column]
        function = "nunique" if self.aggregate == "n_unique" else self.aggregate
        is_empty = (groups.size() >= self.min_rows) & (groups.count() == 0)
        is_compared = (groups.count() >= self.min_rows) | is_empty
        values = groups.agg(function)[is_compared].rename(self.aggregate)
        too_low = values < self.min_value if self.min_value is not None else False
        too_high = values > self.max_value if self.max_value is not None else False
        return values[too_low | too_high | is_empty[is_compared]].reset_index(), len(values)


class ExpectValuesToBePresent(GroupedRowsExpectation):
    """In each group at least the share `min_share` (0 to 1) of the rows has a value in `column`,
    or in one of `other_columns`.

    Expectations on a column leave missing values out, and a share of the whole table hides a
    partition that has none.
    """

    column: str
    group_by: list[str]
    min_share: float
    other_columns: list[str] | None = None

    success_keys = ("column", "group_by", "min_share", "other_columns")
    args_keys = success_keys

    def failing_groups(self, rows: pd.DataFrame) -> tuple[pd.DataFrame, int]:
        columns = [self.column, *(self.other_columns or ())]
        is_present = rows[columns].notna().any(axis=1).rename("share_present")
        keys = [rows[name] for name in self.group_by]
        shares = is_present.groupby(keys, dropna=False).mean()
        return shares[shares < self.min_share].reset_index(), len(shares)


class ExpectPeriodsToBeComplete(GroupedRowsExpectation):
    """Each group has as many distinct periods in `column` as the wider group `within`.

    A product that is in some years of an edition is in all of them, otherwise the gap would read
    as no trade. `where` is a pandas query that chooses rows.
    """

    column: str
    group_by: list[str]
    within: list[str]
    where: str | None = None

    success_keys = ("column", "group_by", "within", "where")
    args_keys = success_keys

    def failing_groups(self, rows: pd.DataFrame) -> tuple[pd.DataFrame, int]:
        chosen = rows.query(self.where) if self.where else rows
        wanted = rows.groupby(self.within)[self.column].nunique().rename("n_expected")
        found = chosen.groupby(self.group_by)[self.column].nunique().rename("n_periods")
        both = found.reset_index().merge(wanted.reset_index(), on=self.within)
        return both[both["n_periods"] < both["n_expected"]], len(both)


class ExpectMonthsToBeConsecutive(GroupedRowsExpectation):
    """No month is missing between the first and the last of a group; `column` is YYYYMM."""

    column: str
    group_by: list[str]

    success_keys = ("column", "group_by")
    args_keys = success_keys

    def failing_groups(self, rows: pd.DataFrame) -> tuple[pd.DataFrame, int]:
        month = rows[self.column].astype("int64")
        number = rows.assign(month=month // 100 * 12 + month % 100).groupby(self.group_by)["month"]
        spans = pd.DataFrame(
            {"n_months": number.nunique(), "n_expected": number.max() - number.min() + 1}
        ).reset_index()
        return spans[spans["n_months"] < spans["n_expected"]], len(spans)


class ExpectPeriodsToHaveBegun(GroupedRowsExpectation):
    """No period begins after the day on which its edition was known.

    `column` holds a year, YYYY or YYYYMM; `min_lag_years` is how much later than the period's
    year an edition appears at the earliest.
    """

    column: str
    known_column: str = "known_from_date"
    min_lag_years: int = 0

    success_keys = ("column", "known_column", "min_lag_years")
    args_keys = success_keys

    def failing_groups(self, rows: pd.DataFrame) -> tuple[pd.DataFrame, int]:
        pairs = rows[[self.column, self.known_column]].drop_duplicates()
        # a missing year is another expectation's affair
        pairs = pairs[pairs[self.column].notna()]
        text = pairs[self.column].astype("string").str.removesuffix(".0")
        month = pd.to_numeric(text.str.slice(4, 6), errors="coerce")
        # Eurostat writes a year as month 52
        months = text.str.slice(0, 4).astype("int64") * 12 + month.where(month <= 12, 1)
        known = pd.to_datetime(pairs[self.known_column])
        latest = (known.dt.year - self.min_lag_years) * 12 + known.dt.month
        return pairs[months > latest], len(pairs)


def one_of(column: str, values: list[str], notes: str, severity: str = "critical") -> Any:
    """A vocabulary: nothing else may be in the column; missing values pass."""
    return gxe.ExpectColumnValuesToBeInSet(
        column=column, value_set=values, notes=notes, severity=severity
    )


def matches(column: str, pattern: str, notes: str, severity: str = "critical") -> Any:
    """The whole text fits the pattern; missing values pass."""
    return gxe.ExpectColumnValuesToMatchRegex(
        column=column, regex=f"^(?:{pattern})$", notes=notes, severity=severity
    )


def between(
    column: str, low: float | None, high: float | None, notes: str, severity: str = "critical"
) -> Any:
    """Numbers within inclusive bounds; missing values pass."""
    return gxe.ExpectColumnValuesToBeBetween(
        column=column, min_value=low, max_value=high, notes=notes, severity=severity
    )
