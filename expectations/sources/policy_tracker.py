"""Suite of the policy trackers."""

from __future__ import annotations

from great_expectations import ExpectationSuite

from expectations.shared_expectations import ExpectValuesToBePresent, matches, one_of


def build_suites() -> list[ExpectationSuite]:
    return [
        ExpectationSuite(
            name="policy_tracker.records",
            expectations=[
                one_of("announced_precision", ["day", "month", "year"], "how exact the day is"),
                matches(
                    "description_sha256", "[0-9a-f]{64}", "the hash stands for the description"
                ),
                ExpectValuesToBePresent(
                    column="issuer_ids",
                    group_by=["payload_sha256"],
                    min_share=0.9,
                    notes="a tracker names whose policy it is; many rows without an issuer mean "
                    "new country codes",
                ),
            ],
        )
    ]
