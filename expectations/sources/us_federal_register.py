"""What landed of the Federal Register."""

from __future__ import annotations

from expectations.suites import Suite, declared, matches, none_of, one_of

SUITES = [
    Suite(
        "us_federal_register.documents",
        declared("us_federal_register", "documents"),
        rules=[
            one_of(
                "document_type",
                ["Rule", "Proposed Rule", "Notice", "Presidential Document", "Correction",
                 "Uncategorized Document"],
                "a type we do not know would be matched by the wrong rules",
            ),
            matches("content_sha256", "[0-9a-f]{64}", "the hash tells a changed document"),
        ],
        facts=[
            none_of(
                "documents_outside_their_year",
                "select document_number, publication_date, edition from data "
                "where cast(year(publication_date) as varchar) <> edition",
                "a partition is a year of publication; another year means a wrong window",
            ),
            none_of(
                "documents_twice",
                "select document_number, publication_date from data "
                "group by all having count(*) > 1",
                "a document that two searches find lands once",
            ),
        ],
        sources=["us_federal_register"],
    )
]  # fmt: skip
