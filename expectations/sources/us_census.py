"""What landed of US trade by HS10 and partner."""

from __future__ import annotations

from expectations.suites import WARNING, Suite, between, declared, matches, none_of, one_of

SUITES = [
    Suite(
        "us_census.flows",
        declared("us_census", "flows"),
        rules=[
            matches("period", "[0-9]{4}([0-9]{2})?", "a year or a month, as digits"),
            matches("product_code", "[0-9]{6}([0-9]{4})?", "HS10 (or HS6) as text"),
            one_of("flow", ["import", "export"], "the direction; values differ in basis"),
            one_of(
                "scope",
                ["listed_partners", "all_partners"],
                "says what the denominator holds; without it shares cannot be read",
            ),
            between("value_usd", 0, 1e12, "USD of one line; negative values do not exist"),
            between("cal_duty_usd", 0, 1e12, "calculated duty in USD"),
        ],
        facts=[
            none_of(
                "partners_without_a_code",
                "select period, cty_code, cty_name from data where trim(cty_code) = ''",
                "a partner without code would drop out of the denominator",
            ),
            none_of(
                "duty_above_value",
                "select period, cty_code, product_code, value_usd, cal_duty_usd from data "
                "where cal_duty_usd > 3 * value_usd and value_usd > 10000",
                "a duty of three times the value says that columns were mixed up",
                WARNING,
            ),
            none_of(
                "two_scopes_in_a_period",
                "select edition, period, flow, count(distinct scope) as n from data "
                "group by edition, period, flow having count(distinct scope) > 1",
                "all lines of a period share one denominator",
            ),
        ],
        sources=["us_census"],
    )
]
