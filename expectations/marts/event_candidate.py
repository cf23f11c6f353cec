"""Acts out of documents, waiting for a row of the register."""

from __future__ import annotations

from expectations.shared_expectations import no_future
from expectations.suites import Suite, between, none_of, one_of

COLUMNS = [
    "document_id",
    "act_number",
    "matched_event_id",
    "is_pending_review",
    "instrument",
    "modality",
    "act_date",
    "party_ids",
    "target_ids",
    "score",
    "evidence_offset",
    "evidence_sha256",
    "known_from_date",
    "lineage_id",
]

SUITES = [
    Suite(
        "event_candidate",
        COLUMNS,
        rules=[
            one_of(
                "modality",
                ["occurred", "announced", "considered", "ongoing"],
                "how sure a text is must stay visible",
            ),
            between("score", 0, 1, "a share of what an act can have"),
        ],
        facts=[
            no_future(),
            none_of(
                "waiting_although_known",
                "select * from data where is_pending_review <> (matched_event_id is null)",
                "an act that the register has waits for nobody",
            ),
        ],
        sources=["policy_news"],
        # a document without an act is no error
        may_be_empty=True,
    )
]
