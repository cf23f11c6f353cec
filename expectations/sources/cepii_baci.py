"""What landed of BACI's reconciled trade flows."""

from __future__ import annotations

from expectations.suites import (
    WARNING,
    Suite,
    between,
    declared,
    matches,
    none_of,
    one_of,
)

SUITES = [
    Suite(
        "cepii_baci.flows",
        declared("cepii_baci", "flows"),
        rules=[
            one_of(
                "code_system",
                ["baci_numeric", "iso3", "iso2"],
                "how countries are coded is said per row; another system would be unmapped whole",
            ),
            matches("nomenclature", "HS(92|96|2002|2007|2012|2017|2022)", "a revision of the HS"),
            matches("product_code", "[0-9]{6}", "six digits as text; 280461 is not 28046100"),
            matches("importer_code", "[A-Z0-9]{2,4}", "a code, or ROW for the rest"),
            between("year", 1995, 2100, "BACI begins in 1995"),
            between("value_kusd", 0, 5e8, "thousand USD of one flow; more looks like USD"),
            between("quantity_t", 0, 1e10, "tonnes; negative weights do not exist"),
        ],
        facts=[
            none_of(
                "products_that_vanish",
                "select edition, nomenclature, product_code, count(distinct year) as n_years "
                "from data group by edition, nomenclature, product_code "
                "having count(distinct year) < (select count(distinct d.year) from data as d "
                "where d.edition = data.edition and d.nomenclature = data.nomenclature)",
                "a product that stands in some years of an edition stands in all of them; a gap "
                "would read as no trade",
                WARNING,
            ),
            none_of(
                "complete_years_with_few_exporters",
                "select edition, year, count(distinct exporter_code) as n_exporters from data "
                "where not is_truncated group by edition, year "
                "having count(distinct exporter_code) < 100",
                "a complete year has more than a hundred exporters",
                WARNING,
            ),
            none_of(
                "two_code_systems_in_a_year",
                "select edition, nomenclature, year, count(distinct code_system) as n_systems "
                "from data group by edition, nomenclature, year "
                "having count(distinct code_system) > 1",
                "one year is coded in one way; two would count flows twice",
            ),
        ],
        sources=["cepii_baci"],
    ),
    Suite(
        "cepii_baci.countries",
        declared("cepii_baci", "countries"),
        rules=[
            matches("country_code", "[0-9]{1,3}", "BACI's number of a country"),
            matches("country_iso3", "[A-Z0-9]{3}|N/A", "S19 is Taiwan; three characters or N/A"),
        ],
        facts=[
            none_of(
                "codes_that_occur_twice",
                "select edition, country_code, count(*) as n from data "
                "group by edition, country_code having count(*) > 1",
                "one name for each number",
            )
        ],
        sources=["cepii_baci"],
    ),
]
