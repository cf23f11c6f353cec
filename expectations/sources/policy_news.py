"""What landed out of the inbox."""

from __future__ import annotations

from expectations.suites import Suite, between, declared, matches, one_of

SOURCES = ["policy_news"]

SUITES = [
    Suite(
        "policy_news.documents",
        declared("policy_news", "documents"),
        rules=[
            one_of("document_kind", ["text", "html", "pdf"], "the door knows three kinds"),
            between("n_characters", 1, 400_000, "the door refuses more, and what is empty"),
        ],
        sources=SOURCES,
    ),
    Suite(
        "policy_news.acts",
        declared("policy_news", "acts"),
        rules=[
            one_of(
                "modality",
                ["occurred", "announced", "considered", "ongoing"],
                "how sure a text is; another word would be taken for a fact",
            ),
            one_of("act_kind", ["pact", "meeting", "measure", "task"], "kinds of the lexicon"),
            between("score", 0, 1, "a share of what an act can have"),
            matches("evidence_sha256", "[0-9a-f]{64}", "every act leads to its sentence"),
        ],
        sources=SOURCES,
    ),
]
