"""What landed of the Harmonized System's lists, conversions and correlations."""

from __future__ import annotations

from expectations.suites import WARNING, Rule, Suite, declared, matches, none_of, one_of

SIX = "[0-9]{6}"


def revision(column: str) -> Rule:
    return matches(column, "HS[0-9]{4}", "a revision such as HS2017")


SUITES = [
    Suite(
        "un_hs.codes",
        declared("un_hs", "codes"),
        rules=[
            revision("nomenclature"),
            matches("product_code", SIX, "six digits as text, leading zeros kept"),
        ],
        facts=[
            none_of(
                "revisions_with_few_codes",
                "select nomenclature, count(*) as n from data group by nomenclature "
                "having count(*) < 5000",
                "a revision has more than five thousand codes; fewer would let products vanish",
                WARNING,
            ),
            none_of(
                "codes_that_occur_twice",
                "select nomenclature, product_code, count(*) as n from data "
                "group by nomenclature, product_code having count(*) > 1",
                "a code stands once in a revision",
            ),
        ],
        sources=["un_hs"],
    ),
    Suite(
        "un_hs.conversions",
        declared("un_hs", "conversions"),
        rules=[
            revision("from_nomenclature"),
            revision("to_nomenclature"),
            matches("from_code", SIX, "six digits as text"),
            matches("to_code", SIX, "six digits as text"),
        ],
        facts=[
            none_of(
                "codes_converted_twice",
                "select from_nomenclature, from_code, to_nomenclature, count(*) as n from data "
                "group by from_nomenclature, from_code, to_nomenclature having count(*) > 1",
                "a conversion gives one code; two would count a flow twice",
            )
        ],
        sources=["un_hs"],
    ),
    Suite(
        "un_hs.correlations",
        declared("un_hs", "correlations"),
        rules=[
            revision("from_nomenclature"),
            revision("to_nomenclature"),
            matches("from_code", SIX, "six digits as text"),
            one_of(
                "relationship",
                ["1:1", "1:n", "n:1", "n:n"],
                "how many codes stand on each side",
            ),
        ],
        sources=["un_hs"],
    ),
]
