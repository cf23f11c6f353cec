"""Which sources tell of which event."""

from __future__ import annotations

from expectations.shared_expectations import no_future
from expectations.suites import WARNING, Suite, matches, measure, one_of

COLUMNS = [
    "source_id",
    "record_id",
    "event_id",
    "act_group_id",
    "match_rule",
    "match_score",
    "preferred_for_fields",
    "known_from_date",
    "lineage_id",
]

SUITES = [
    Suite(
        "bridge_policy_event_source",
        COLUMNS,
        rules=[
            one_of(
                "match_rule",
                ["instrument", "candidate", "ambiguous", "below_threshold", "none"],
                "every record says how it was decided",
            ),
            matches("lineage_id", ".+@.+", "every record leads to its payload"),
        ],
        facts=[
            no_future(),
            measure(
                "share_of_ambiguous_records",
                "select avg(case when match_rule = 'ambiguous' then 1.0 else 0.0 end) from data",
                None,
                0.05,
                "records that fit two events alike wait for a person; many mean a rule too wide",
                WARNING,
            ),
        ],
        sources=["us_federal_register", "global_trade_alert", "policy_tracker"],
    )
]
