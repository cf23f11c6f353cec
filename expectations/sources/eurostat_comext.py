"""What landed of the EU members' declared trade."""

from __future__ import annotations

from expectations.suites import WARNING, Suite, between, declared, matches, none_of, one_of

SUITES = [
    Suite(
        "eurostat_comext.flows",
        declared("eurostat_comext", "flows"),
        rules=[
            matches("period", "[0-9]{4}([0-9]{2})?", "a year or a month (52 means the year)"),
            matches("declarant", "[A-Z]{2}", "Eurostat's two letters; EL is Greece"),
            matches("product_code", "[0-9A-Z]{8}|[0-9]{6}", "a line of the CN as text, or an HS6"),
            one_of("flow", ["import", "export"], "the direction in words, not in codes 1 and 2"),
            between("value_eur", 0, 1e12, "euro of one line; negative values are corrections"),
            between("quantity_kg", 0, 1e13, "kilograms; negative weights do not exist"),
        ],
        facts=[
            none_of(
                "declarants_that_trade_with_themselves",
                "select period, declarant, partner, product_code from data "
                "where declarant = partner and value_eur > 0",
                "goods that come back are few; many say that declarant and partner were mixed up",
                WARNING,
            ),
            none_of(
                "years_with_few_declarants",
                "select edition, period, count(distinct declarant) as n from data "
                "where length(period) = 4 group by edition, period "
                "having count(distinct declarant) < 8",
                "the members that are parties declare every year",
                WARNING,
            ),
        ],
        sources=["eurostat_comext"],
    )
]
