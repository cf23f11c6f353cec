"""Suite of the Federal Register."""

from __future__ import annotations

from great_expectations import ExpectationSuite

from expectations.shared_expectations import matches, one_of


def build_suites() -> list[ExpectationSuite]:
    return [
        ExpectationSuite(
            name="us_federal_register.documents",
            expectations=[
                one_of(
                    "document_type",
                    [
                        "Rule",
                        "Proposed Rule",
                        "Notice",
                        "Presidential Document",
                        "Correction",
                        "Uncategorized Document",
                    ],
                    "an unknown type would be matched by the wrong rules",
                ),
                matches("content_sha256", "[0-9a-f]{64}", "the hash identifies a changed document"),
            ],
        )
    ]
