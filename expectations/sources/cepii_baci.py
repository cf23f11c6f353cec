"""Suites of BACI's reconciled trade flows."""

from __future__ import annotations

from great_expectations import ExpectationSuite

from expectations.shared_expectations import (
    ExpectGroupValueToBeBetween,
    ExpectPeriodsToBeComplete,
    ExpectPeriodsToHaveBegun,
    between,
    matches,
    one_of,
)


def build_suites() -> list[ExpectationSuite]:
    return [
        ExpectationSuite(
            name="cepii_baci.flows",
            expectations=[
                one_of(
                    "code_system",
                    ["baci_numeric", "iso3", "iso2"],
                    "how countries are coded; all rows of another system would be unmapped",
                ),
                matches(
                    "nomenclature",
                    "HS(?:1992|1996|2002|2007|2012|2017|2022)",
                    "a revision of the HS",
                ),
                matches("product_code", "[0-9]{6}", "six digits as text; 280461 is not 28046100"),
                matches(
                    "importer_code",
                    "[A-Z0-9]{1,4}",
                    "a code (4 is Afghanistan), or ROW for the rest",
                ),
                between("year", 1995, 2100, "BACI begins in 1995"),
                between("value_kusd", 0, 5e8, "thousand USD of one flow; more looks like USD"),
                between("quantity_t", 0, 1e10, "tonnes; negative weights do not exist"),
                ExpectPeriodsToBeComplete(
                    column="year",
                    group_by=["edition", "nomenclature", "product_code"],
                    within=["edition", "nomenclature"],
                    # germanium of HS1992 became a part of a basket that no code of HS1992 has
                    where="not (nomenclature == 'HS1992' and product_code == '811230')",
                    severity="warning",
                    notes="a product that is in some years of an edition is in all of them; a gap "
                    "would read as no trade",
                ),
                ExpectGroupValueToBeBetween(
                    column="exporter_code",
                    group_by=["edition", "year"],
                    aggregate="n_unique",
                    min_value=100,
                    where="not is_truncated",
                    severity="warning",
                    notes="a complete year has more than a hundred exporters",
                ),
                ExpectGroupValueToBeBetween(
                    column="code_system",
                    group_by=["edition", "nomenclature", "year"],
                    aggregate="n_unique",
                    max_value=1,
                    notes="one year uses one code system; two would count flows twice",
                ),
                ExpectPeriodsToHaveBegun(
                    column="year",
                    min_lag_years=1,
                    notes="an edition is about years that were over when it appeared",
                ),
            ],
        ),
        ExpectationSuite(
            name="cepii_baci.countries",
            expectations=[
                matches("country_code", "[0-9]{1,3}", "BACI's number of a country"),
                matches(
                    "country_iso3", "[A-Z0-9]{3}|N/A", "S19 is Taiwan; three characters or N/A"
                ),
            ],
        ),
    ]
