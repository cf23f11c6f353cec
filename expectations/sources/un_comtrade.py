"""Suites of UN Comtrade: reported flows, and what had been filed."""

from __future__ import annotations

import great_expectations.expectations as gxe
from great_expectations import ExpectationSuite
from great_expectations.expectations.row_conditions import Column

from expectations.shared_expectations import (
    ExpectGroupValueToBeBetween,
    ExpectPeriodsToHaveBegun,
    between,
    matches,
    one_of,
)


def build_suites() -> list[ExpectationSuite]:
    return [
        ExpectationSuite(
            name="un_comtrade.trade",
            expectations=[
                one_of("freq_code", ["A", "M"], "annual or monthly; nothing else is asked for"),
                matches(
                    "period", "(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])?", "a year, or a year and month"
                ),
                between("ref_year", 1962, 2100, "Comtrade begins in 1962"),
                matches(
                    "reporter_code", "[1-9][0-9]{0,3}", "a number without leading zeros; no ISO"
                ),
                matches(
                    "partner_code", "0|[1-9][0-9]{0,3}", "a number without leading zeros; no ISO"
                ),
                one_of(
                    "flow_code",
                    ["M", "X", "RM", "RX", "DX", "FM", "MIP", "MOP", "XIP", "XOP"],
                    "the publisher's flows; another one would be left out of both sides",
                ),
                matches(
                    "cmd_code",
                    "TOTAL|(?:[0-9]{2}){1,5}|[A-Z0-9]*[A-Z][A-Z0-9]*",
                    "a product code as text; an odd number of digits has lost its zero",
                ),
                between("primary_value_usd", 0, 1e13, "USD; negative values do not exist"),
                between("net_wgt_kg", 0, 1e14, "kilograms; negative weights do not exist"),
                ExpectGroupValueToBeBetween(
                    column="primary_value_usd",
                    group_by=["edition", "payload_sha256"],
                    aggregate="max",
                    min_value=7,
                    min_rows=20,
                    notes="a table of the website that is shifted by one column has its estimation "
                    "flags (0, 2, 4, 6) where the values were",
                ),
                gxe.ExpectColumnValuesToNotBeInSet(
                    column="reporter_code",
                    value_set=["840", "158", "250", "356", "578", "756"],
                    row_condition=Column("ref_year") >= 1996,
                    severity="warning",
                    notes="842, 490, 251, 699, 579 and 757 are Comtrade's; ISO's numbers in their "
                    "place would lose partners",
                ),
                ExpectPeriodsToHaveBegun(
                    column="period", notes="trade is reported for a period that has begun"
                ),
            ],
        ),
        ExpectationSuite(
            name="un_comtrade.availability",
            expectations=[
                one_of("freq_code", ["A", "M"], "annual or monthly"),
                matches("reporter_code", "[1-9][0-9]{0,3}", "a number without leading zeros"),
                between("n_records", 0, 1e9, "rows of a dataset at the publisher"),
            ],
        ),
    ]
