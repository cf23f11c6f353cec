"""From each lineage to the raw files."""

from __future__ import annotations

from expectations.suites import Suite, matches, one_of

COLUMNS = [
    "mart",
    "lineage_id",
    "payload_sha256",
    "source_id",
    "edition",
    "publisher",
    "url",
    "retrieved_at",
    "access_method",
    "licence_id",
    "redistribution",
    "attribution",
]

SUITES = [
    Suite(
        "provenance",
        COLUMNS,
        rules=[
            matches(
                "payload_sha256",
                "[0-9a-f]{64}|none",
                "a payload is named by its hash; a register has none",
            ),
            one_of("redistribution", ["full", "derived", "none"], "the licence decides"),
        ],
        may_be_empty=True,
    )
]
