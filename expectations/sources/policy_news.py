"""Suites of the documents in the inbox."""

from __future__ import annotations

from great_expectations import ExpectationSuite

from expectations.shared_expectations import between, matches, one_of


def build_suites() -> list[ExpectationSuite]:
    return [
        ExpectationSuite(
            name="policy_news.documents",
            expectations=[
                one_of("document_kind", ["text", "html", "pdf"], "the parser reads three kinds"),
                between(
                    "n_characters", 1, 400_000, "the parser rejects longer and empty documents"
                ),
            ],
        ),
        ExpectationSuite(
            name="policy_news.acts",
            expectations=[
                one_of(
                    "modality",
                    ["occurred", "announced", "considered", "ongoing"],
                    "how sure a text is; another word would be taken for a fact",
                ),
                one_of(
                    "change",
                    ["suspends", "ends", "extends", "delays", "eases", "reaffirms"],
                    "what is done to an earlier measure; an act of its own has none",
                ),
                one_of("act_kind", ["pact", "meeting", "measure", "task"], "kinds of the lexicon"),
                between("score", 0, 1, "a share of what an act can have"),
                matches("evidence_sha256", "[0-9a-f]{64}", "every act leads to its sentence"),
            ],
        ),
    ]
