"""What landed of the policy trackers."""

from __future__ import annotations

from expectations.suites import Suite, declared, matches, measure, one_of

SUITES = [
    Suite(
        "policy_tracker.records",
        declared("policy_tracker", "records"),
        rules=[
            one_of("announced_precision", ["day", "month", "year"], "how exact the day is"),
            matches("description_sha256", "[0-9a-f]{64}", "the hash stands for the description"),
        ],
        facts=[
            measure(
                "share_without_issuer",
                "select avg(case when issuer_ids is null then 1.0 else 0.0 end) from data",
                None,
                0.1,
                "a tracker names whose policy it is; many rows without one mean new country codes",
            ),
        ],
        sources=["policy_tracker"],
    )
]
