"""What a door says of one expectation, and what it says when the suite itself is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class ExpectationError(Exception):
    """A suite could not be judged: its rule or query is wrong. Says nothing about the data."""

    def __init__(self, stage: str, subject: str, rule: str, why: str) -> None:
        self.stage, self.subject, self.rule, self.why = stage, subject, rule, why
        super().__init__(
            f"{stage} of {subject}: the rule {rule!r} could not be judged: {why}\n"
            f"  What to do: correct expectations/{stage}/{subject.split('.')[0]}.py; the data "
            "may be right"
        )


@dataclass(frozen=True)
class CheckResult:
    """One expectation on one table, judged."""

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
