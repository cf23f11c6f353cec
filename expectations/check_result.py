"""The result of one expectation on one table, and the error of a suite that cannot be evaluated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class ExpectationError(Exception):
    """An expectation could not be evaluated: the suite is wrong. Says nothing about the data."""

    def __init__(self, stage: str, subject: str, expectation: str, reason: str) -> None:
        self.stage, self.subject = stage, subject
        self.expectation, self.reason = expectation, reason
        place = f"sources/{subject.split('.')[0]}.py" if stage == "sources" else "marts.py"
        super().__init__(
            f"{stage} check of {subject}: {expectation!r} could not be evaluated: {reason}\n"
            f"  What to do: correct expectations/{place}; the data may be right"
        )


@dataclass(frozen=True)
class CheckResult:
    """One expectation on one table.

    `severity` is critical (blocks), warning or info; `n_rows` counts the rows (or groups) that
    fail and `sample` holds up to five of them; both are None where nothing is counted.
    """

    stage: str
    suite: str
    subject: str
    expectation: str
    severity: str
    passed: bool
    observed: Any
    notes: str
    n_rows: int | None
    sample: list[Any] | None
