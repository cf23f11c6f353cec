"""What landed of the Worldwide Governance Indicators."""

from __future__ import annotations

from expectations.suites import (
    WARNING,
    Suite,
    between,
    declared,
    matches,
    measure,
    none_of,
    one_of,
)

SUITES = [
    Suite(
        "worldbank_wgi.indicators",
        declared("worldbank_wgi", "indicators"),
        rules=[
            one_of(
                "indicator",
                ["cc", "ge", "pv", "rl", "rq", "va"],
                "the six dimensions; another one would be averaged in without a word",
            ),
            matches("country_code", "[A-Z]{3}", "codes are three letters"),
            between("year", 1996, 2100, "the indicators begin in 1996"),
            between(
                "estimate",
                -5,
                5,
                "standard normal units; a percentile rank (0 to 100) in this column would make "
                "every supplier look stable",
            ),
            between("stddev", 0, 2, "a standard error is positive and small"),
        ],
        facts=[
            none_of(
                "years_without_six_dimensions",
                "select edition, year, count(distinct indicator) as n_dimensions from data "
                "group by edition, year having count(distinct indicator) <> 6",
                "a year of an edition has all six dimensions; fewer is a half-fetched answer",
            ),
            none_of(
                "years_with_few_countries",
                "select edition, year, count(distinct country_code) as n_countries from data "
                "where estimate is not null "
                "group by edition, year having count(distinct country_code) < 150",
                "editions cover about 200 countries; few countries leave suppliers without weight",
                WARNING,
            ),
            measure(
                "average_estimate",
                "select max(abs(average)) from (select avg(estimate) as average from data "
                "group by edition, year, indicator having count(estimate) >= 150)",
                None,
                0.25,
                "each dimension is scaled to an average near zero in each year",
                WARNING,
            ),
        ],
        sources=["worldbank_wgi"],
    )
]
