"""Suites of Global Trade Alert."""

from __future__ import annotations

import great_expectations.expectations as gxe
from great_expectations import ExpectationSuite

from expectations.shared_expectations import ExpectValuesToBePresent, matches, one_of

PRECISIONS = ["day", "month", "year"]


def build_suites() -> list[ExpectationSuite]:
    return [
        ExpectationSuite(
            name="global_trade_alert.interventions",
            expectations=[
                one_of("gta_evaluation", ["Red", "Amber", "Green"], "GTA has three colours"),
                one_of("date_implemented_precision", PRECISIONS, "a default day is no day"),
                one_of("date_removed_precision", PRECISIONS, "a default day is no day"),
                gxe.ExpectColumnPairValuesAToBeGreaterThanB(
                    column_A="date_removed",
                    column_B="date_implemented",
                    or_equal=True,
                    ignore_row_if="either_value_is_missing",
                    severity="warning",
                    notes="an end before the beginning is a typing error of the source",
                ),
                ExpectValuesToBePresent(
                    column="implementing_ids",
                    group_by=["payload_sha256"],
                    min_share=0.95,
                    notes="GTA names who acts; many rows without one mean that names changed",
                ),
            ],
        ),
        ExpectationSuite(
            name="global_trade_alert.products",
            expectations=[
                matches("product_code_raw", r"\d{5,6}", "an HS code, its zero perhaps lost")
            ],
        ),
    ]
