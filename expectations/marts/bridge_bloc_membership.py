"""Memberships: who belonged to which bloc from when to when, and since when that is known."""

from __future__ import annotations

from datetime import date

from expectations.shared_expectations import country, no_future
from expectations.suites import WARNING, Suite, measure, none_of, not_null, one_of

COLUMNS = [
    "bloc_id",
    "country_id",
    "membership_type",
    "valid_from",
    "valid_to",
    "party_kind",
    "known_from_date",
    "known_to_date",
    "known_from_basis",
    "evidence_state",
    "source_title",
    "source_url",
]

SUITES = [
    Suite(
        "bridge_bloc_membership",
        COLUMNS,
        rules=[
            country(),
            one_of("party_kind", ["country", "institution"], "institutions add no members' flows"),
            not_null("source_url", "a membership has evidence", WARNING),
        ],
        facts=[
            no_future(),
            measure(
                "founders",
                (
                    "select case when (select as_known_on from parameters) >= date '2025-12-13'"
                    " then (select count(distinct country_id) from data where bloc_id = "
                    "'BLOC:PAX_SILICA' and membership_type = 'signatory' and valid_from <= date"
                    " '2025-12-12') end"
                ),
                7,
                7,
                "seven states founded the partnership on 12 December 2025",
            ),
            none_of(
                "ends_before_beginnings",
                "select * from data where valid_to <= valid_from",
                "valid_to is the first day no longer a member",
            ),
        ],
        known_since=date(2025, 12, 13),
    )
]
