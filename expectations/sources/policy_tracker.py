"""Suite of the policy trackers."""

from __future__ import annotations

from great_expectations import ExpectationSuite

from expectations.shared_expectations import declared_share, matches, one_of


def build_suites() -> list[ExpectationSuite]:
    return [
        ExpectationSuite(
            name="policy_tracker.records",
            expectations=[
                one_of("announced_precision", ["day", "month", "year"], "how exact the day is"),
                matches(
                    "description_sha256", "[0-9a-f]{64}", "the hash stands for the description"
                ),
                declared_share(
                    "issuer_ids",
                    0.9,
                    "a tracker names whose policy it is; many rows without an issuer mean new "
                    "country codes",
                ),
            ],
        )
    ]
