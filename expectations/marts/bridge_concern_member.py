"""Members of the lists of concern."""

from __future__ import annotations

from expectations.shared_expectations import country, no_future
from expectations.suites import Suite, none_of

COLUMNS = ["list_id", "country_id", "valid_from", "valid_to", "known_from_date"]

SUITES = [
    Suite(
        "bridge_concern_member",
        COLUMNS,
        rules=[
            country(),
        ],
        facts=[
            no_future(),
            none_of(
                "lists_without_china",
                (
                    "select list_id, count(*) as n from data where list_id = 'US_10USC4872' "
                    "group by list_id having count(*) filter (where country_id = 'CHN') = 0"
                ),
                "10 U.S.C. 4872 names China, Russia, Iran and North Korea",
            ),
        ],
        may_be_empty=True,
    )
]
