"""What a measure did to a flow, or why the months cannot tell."""

from __future__ import annotations

from expectations.suites import Suite, between, none_of, one_of

COLUMNS = [
    "event_id",
    "issuer_id",
    "destination_id",
    "nomenclature",
    "product_code",
    "estimator",
    "horizon_months",
    "effect_share",
    "ci_low",
    "ci_high",
    "p_placebo",
    "is_significant",
    "is_publishable",
    "not_estimated_reason",
    "lineage_id",
]

SUITES = [
    Suite(
        "event_effect",
        COLUMNS,
        rules=[
            one_of(
                "estimator",
                ["seasonal_log", "ppml", "did_siblings", "did_destinations"],
                "estimators are named, never averaged",
            ),
            between("p_placebo", 0, 1, "a rank among dates"),
            between("effect_share", -1, None, "no flow loses more than all"),
        ],
        facts=[
            none_of(
                "neither_effect_nor_reason",
                "select * from data where (effect_share is null) = (not_estimated_reason is null)",
                "a row says what happened or why it cannot say",
            ),
            none_of(
                "flagged_on_thin_evidence",
                "select * from data where is_significant"
                " and (p_placebo > 0.05 or (ci_low <= 0 and ci_high >= 0))",
                "rank and interval must both speak",
            ),
        ],
        may_be_empty=True,
    )
]
