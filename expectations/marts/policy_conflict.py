"""Where sources disagree, and what was chosen."""

from __future__ import annotations

from expectations.shared_expectations import no_future
from expectations.suites import Suite, one_of

COLUMNS = [
    "event_id",
    "field",
    "value_a",
    "value_b",
    "chosen",
    "chosen_side",
    "reason",
    "known_from_date",
]

SUITES = [
    Suite(
        "policy_conflict",
        COLUMNS,
        rules=[
            one_of("chosen_side", ["a", "b"], "it is one of the two"),
        ],
        facts=[
            no_future(),
        ],
        may_be_empty=True,
    )
]
