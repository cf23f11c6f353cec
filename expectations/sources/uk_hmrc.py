"""What landed of the United Kingdom's monthly trade by CN8."""

from __future__ import annotations

from expectations.suites import WARNING, Suite, between, declared, matches, none_of, one_of

SUITES = [
    Suite(
        "uk_hmrc.flows",
        declared("uk_hmrc", "flows"),
        rules=[
            matches("period", "[0-9]{4}(0[1-9]|1[0-2])", "a month as six digits, YYYYMM"),
            one_of("flow", ["import", "export"], "the direction in words"),
            matches("product_code", "[0-9]{8}|[0-9]{6}", "CN8 (or suppressed to HS6) as text"),
            between("value_usd", 0, 1e12, "USD; negative values do not exist"),
            between("value_gbp", 0, 1e12, "GBP; negative values do not exist"),
            between("net_mass_kg", 0, 1e13, "kilograms; negative weights do not exist"),
        ],
        facts=[
            none_of(
                "rows_without_any_value",
                "select period, flow, partner, product_code from data "
                "where value_usd is null and value_gbp is null",
                "a flow has a value in one of the currencies",
            ),
            none_of(
                "months_that_are_missing",
                "select edition, max(substr(period, 1, 4)) as year, count(distinct period) as n "
                "from data group by edition, substr(period, 1, 4) "
                "having count(distinct period) < 12 "
                "and max(substr(period, 1, 4)) not in "
                "(select substr(min(period), 1, 4) from data union all "
                "select substr(max(period), 1, 4) from data)",
                "between the first and the last year all twelve months are there",
                WARNING,
            ),
        ],
        sources=["uk_hmrc"],
    )
]
