"""Every column of every mart, described."""

from __future__ import annotations

from expectations.suites import Suite, none_of, not_null

COLUMNS = ["mart", "column_name", "data_type", "unit", "description"]

SUITES = [
    Suite(
        "data_dictionary",
        COLUMNS,
        rules=[
            not_null("description", "every column is described"),
        ],
        facts=[
            none_of(
                "descriptions_that_say_nothing",
                "select mart, column_name from data where trim(description) = '' ",
                "every column is described",
            ),
        ],
    )
]
