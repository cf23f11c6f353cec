"""What many suites say in the same words."""

from __future__ import annotations

from expectations.suites import Fact, Rule, matches, none_of, one_of

TRADE = ("cepii_baci", "eurostat_comext", "uk_hmrc", "us_census")
#: A code that nobody has decided may hold at most this share of the value.
UNMAPPED_MAX = 0.01
STATUSES = (
    "reported",
    "estimated",
    "withheld",
    "not_available",
    "not_applicable",
    "zero",
    "trace",
    "net_exporter",
    "unknown",
    "qualitative",
    "included_elsewhere",
)


def country(column: str = "country_id") -> Rule:
    """ISO alpha-3, a reserved id, or a bloc."""
    notes = "ISO alpha-3 or a reserved id; readers join on it"
    return matches(column, "[A-Z][A-Z_]{2,11}|[A-Z]+:[A-Z0-9_]+", notes)


def grade(column: str = "quality_grade") -> Rule:
    return one_of(column, ["A", "B", "C", "D"], "every number carries its grade, A to D")


def status() -> Rule:
    notes = "missing is not zero: a cell has a known status"
    return one_of("value_status", STATUSES, notes)


def no_future() -> Fact:
    """Knowledge time against the run's day."""
    return none_of(
        "facts_of_the_future",
        "select * from data where known_from_date > (select as_known_on from parameters)",
        "no row may depend on what became known after the run's knowledge day",
    )


def knowledge() -> list[Fact]:
    """For facts with both ends of knowledge time."""
    return [
        no_future(),
        none_of(
            "knowledge_the_wrong_way",
            "select * from data where known_to_date <= known_from_date",
            "an edition is succeeded by one that became known later",
        ),
    ]
