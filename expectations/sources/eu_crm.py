"""Suites of the EU's criticality tables."""

from __future__ import annotations

from great_expectations import ExpectationSuite

from expectations.shared_expectations import ExpectGroupValueToBeBetween, between, one_of


def build_suites() -> list[ExpectationSuite]:
    return [
        ExpectationSuite(
            name="eu_crm.printed_inputs",
            expectations=[
                one_of(
                    "supply_used",
                    ["GS + EUS", "GS only", "EUS only"],
                    "the rule that decides which inputs a result uses",
                ),
                one_of("stage", ["Extraction", "Processing"], "the two stages of the studies"),
                between("eol_rir_pct", 0, 100, "a rate in per cent"),
                between("import_reliance_pct", 0, 100, "a reliance in per cent"),
                between("si_ei", 0, 1, "an index; per cent here would multiply every result"),
                between("si_sr", 0, 1, "an index; per cent here would multiply every result"),
                between("hhi_wgi_t_global", 0, 15, "0 to 10, and above with export restrictions"),
                between("hhi_wgi_t_eu", 0, 15, "0 to 10, and above with export restrictions"),
            ],
        ),
        ExpectationSuite(
            name="eu_crm.printed_scores",
            expectations=[
                between("assessment_year", 2011, 2100, "the first assessment was that of 2011"),
                between("supply_risk", 0, 10, "an index; the highest so far is near 7"),
                between("economic_importance", 0, 10, "10 is the largest sector"),
            ],
        ),
        ExpectationSuite(
            name="eu_crm.supply_shares",
            expectations=[
                one_of("supply", ["global", "eu_sourcing"], "the two supplies of the method"),
                one_of("stage", ["E", "P"], "extraction and processing"),
                one_of("share_operator", ["=", "<"], "a share or its upper bound"),
                between("share_pct", 0, 100, "a share in per cent"),
                between("trade_variable", 0.5, 2, "0.8 within the EU, up to 1.5 where banned"),
                ExpectGroupValueToBeBetween(
                    column="share_pct",
                    group_by=["edition", "supply", "material", "stage"],
                    aggregate="sum",
                    max_value=106,
                    notes="shares of one supply add up to 100 and rounding; more means that two "
                    "tables were mixed",
                ),
            ],
        ),
        ExpectationSuite(
            name="eu_crm.use_shares",
            expectations=[
                one_of("share_operator", ["=", ">"], "a share or its lower bound"),
                between("share_pct", 0, 100, "a share in per cent"),
                between("value_added_million_eur", 0, 1e6, "value added of a NACE division"),
            ],
        ),
        ExpectationSuite(
            name="eu_crm.recycling_rates",
            expectations=[
                between("eol_rir_share", 0, 1, "a share; a rate in per cent would end every risk"),
                one_of("confidence", ["high", "medium", "low"], "how far the copies agree"),
            ],
        ),
    ]
