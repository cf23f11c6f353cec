"""For each suite one row that it accepts and one that it must refuse, by a named rule.

Columns that are not named are NULL; the test fills in their types.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

DAY, DAY_BEFORE, FUTURE = date(2026, 2, 2), date(2026, 2, 1), date(2999, 1, 1)


@dataclass(frozen=True)
class Broken:
    """`rule` is part of the expectation's text."""

    rule: str
    good: dict[str, Any]
    bad: dict[str, Any]


def one(column: str, good: Any, bad: Any) -> Broken:
    """A row rule on one column."""
    return Broken(f"column {column},", {column: good}, {column: bad})


def missing(column: str, good: Any = "x") -> Broken:
    return Broken(f"column {column}", {column: good}, {column: None})


COUNTRY = one("country_id", "CHN", "China")
FUTURE_FACT = Broken("facts_of_the_future", {"known_from_date": DAY}, {"known_from_date": FUTURE})

ARRIVALS = {
    "bgs_wms.statistics": one("bgs_statistic_type_trans", "Production", "Consumption"),
    "cepii_baci.flows": one("value_kusd", 1.0, -1.0),
    "cepii_baci.countries": one("country_iso3", "S19", "s1"),
    "cepii_geodist.pairs": one("distance_km", 1000.0, -1.0),
    "cepii_geodist.countries": one("latitude", 50.0, 500.0),
    "eurostat_comext.flows": one("declarant", "EL", "Greece"),
    "global_trade_alert.interventions": one("gta_evaluation", "Red", "Purple"),
    "global_trade_alert.products": one("product_code_raw", "10121", "0101.21"),
    "policy_news.acts": one("modality", "announced", "certain"),
    "policy_news.documents": one("n_characters", 1200, 0),
    "policy_tracker.records": one("announced_precision", "day", "decade"),
    "us_census.flows": one("scope", "listed_partners", "some"),
    "uk_hmrc.flows": one("period", "202412", "202413"),
    "un_comtrade.trade": one("primary_value_usd", 1.0, -1.0),
    "un_comtrade.availability": one("freq_code", "A", "W"),
    "un_hs.codes": one("product_code", "010121", "10121"),
    "un_hs.conversions": one("to_code", "010121", "0101.21"),
    "un_hs.correlations": one("relationship", "1:1", "one to one"),
    "us_federal_register.documents": Broken(
        "documents_outside_their_year",
        {"publication_date": DAY, "edition": "2026"},
        {"publication_date": DAY, "edition": "2025"},
    ),
    "usgs_mcs.world": Broken(
        "numbers_without_leave",
        {"value_status": "withheld", "value": None},
        {"value_status": "withheld", "value": 0.0},
    ),
    "usgs_mcs.front_matter": one("table_id", "critical_minerals", "recipes"),
    "usgs_mcs.salient": one("value_status", "withheld", "W"),
    "usgs_mcs.import_sources": one("share", 0.5, 50.0),
    "worldbank_wgi.indicators": one("estimate", 0.5, 55.0),
}

DEPARTURES = {
    "bridge_policy_event_source": one("match_rule", "instrument", "similar title"),
    "event_candidate": Broken(
        "waiting_although_known",
        {"is_pending_review": False, "matched_event_id": "E1"},
        {"is_pending_review": True, "matched_event_id": "E1"},
    ),
    "apparent_consumption": Broken(
        "numbers_without_leave",
        {"imports_quantity": 1.0, "imports_status": "reported"},
        {"imports_quantity": 0.0, "imports_status": "withheld"},
    ),
    "bloc_dependency": Broken(
        "numbers_without_members",
        {"n_members": 0, "concern_share": None},
        {"n_members": 0, "concern_share": 0.5},
    ),
    "bridge_bloc_membership": Broken(
        "ends_before_beginnings",
        {"valid_from": DAY_BEFORE, "valid_to": DAY},
        {"valid_from": DAY, "valid_to": DAY_BEFORE},
    ),
    "bridge_clause_material": FUTURE_FACT,
    "bridge_clause_product": Broken(
        "bounds_the_wrong_way",
        {"coverage_low": 0.0, "coverage_high": 1.0},
        {"coverage_low": 0.9, "coverage_high": 0.1},
    ),
    "bridge_clause_target": one("role", "issuer", "victim"),
    "bridge_concern_member": Broken(
        "lists_without_china",
        {"list_id": "US_10USC4872", "country_id": "CHN"},
        {"list_id": "US_10USC4872", "country_id": "RUS"},
    ),
    "bridge_country_code": one("code_kind", "country", "bloc"),
    "bridge_policy_event_material": FUTURE_FACT,
    "bridge_policy_event_product": FUTURE_FACT,
    "bridge_policy_event_target": FUTURE_FACT,
    "bridge_product_material": Broken(
        "baskets_sold_as_one_metal",
        {"product_code": "811292", "is_basket": True},
        {"product_code": "811292", "is_basket": False},
    ),
    "bridge_project_item": FUTURE_FACT,
    "bridge_project_stage": FUTURE_FACT,
    "concentration": Broken(
        "hhi_outside_its_bounds",
        {"denominator": "sum_rows", "hhi": 0.5, "top1_share": 0.6},
        {"denominator": "sum_rows", "hhi": 0.7, "top1_share": 0.6},
    ),
    "control_exposure": Broken(
        "exposure_without_a_clause",
        {"n_active_clauses": 0, "exposure_share_high": 0.0},
        {"n_active_clauses": 0, "exposure_share_high": 0.5},
    ),
    "data_dictionary": missing("description", "Who imports."),
    "dependency_tests": Broken(
        "verdicts_without_a_value",
        {"is_passed": False, "is_exports_zero": False},
        {"is_passed": True, "is_exports_zero": False},
    ),
    "dim_bloc": one("bloc_id", "BLOC:PAX_SILICA", "PAX SILICA"),
    "dim_concern_list": missing("legal_basis", "10 U.S.C. 4872"),
    "dim_country": COUNTRY,
    "dim_good": missing("good_name", "wafer"),
    "dim_material": missing("material_name", "gallium"),
    "dim_product": one("product_code", "010121", "10121"),
    "dim_sector": missing("sector_name", "compute"),
    "dim_source_edition": one("redistribution", "derived", "maybe"),
    "dim_stage": Broken("stages_without_tier", {"tier_id": "T1"}, {"tier_id": None}),
    "excluded_figure": one("reason_id", "magnitude_slip", "odd"),
    "event_effect": Broken(
        "neither_effect_nor_reason",
        {"effect_share": None, "not_estimated_reason": "basket_code"},
        {"effect_share": None, "not_estimated_reason": None},
    ),
    "expiry_calendar": Broken(
        "values_without_reason",
        {"most_exposed_usd_high": None, "at_stake_missing_reason": "no customs code known"},
        {"most_exposed_usd_high": None, "at_stake_missing_reason": None},
    ),
    "fct_clause_flow": Broken(
        "who_hits_itself",
        {"importer_id": "JPN", "supplier_id": "CHN"},
        {"importer_id": "CHN", "supplier_id": "CHN"},
    ),
    "fct_governance": one("estimate", 0.5, 55.0),
    "fct_partner_instrument": FUTURE_FACT,
    "fct_policy_event": FUTURE_FACT,
    "fct_production": Broken(
        "zeros_that_are_missing",
        {"quantity": 0.0, "value_status": "zero"},
        {"quantity": 0.0, "value_status": "withheld"},
    ),
    "fct_project": FUTURE_FACT,
    "fct_timeline_event": FUTURE_FACT,
    "fct_trade_reconciled": one("flow_basis", "reconciled_fob", "importer_cif"),
    "fct_trade_reported": one("value_usd", 1.0, -1.0),
    "fct_us_import_source": one("import_share", 0.5, 50.0),
    "fct_us_salient": one("value_status", "withheld", "W"),
    "instrument_matrix": Broken(
        "flags_against_counts",
        {"has_instrument": True, "n_in_force": 1},
        {"has_instrument": True, "n_in_force": 0},
    ),
    "mirror_gap": Broken(
        "gaps_of_one_report",
        {"log_gap": None, "x_reported": None},
        {"log_gap": 0.5, "x_reported": None},
    ),
    "n_minus": Broken(
        "more_left_after_two_than_after_one",
        {"removal": "top2", "n1_supply_share": 0.1},
        {"removal": "top2", "n1_supply_share": 1.1},
    ),
    "net_import_reliance": Broken(
        "net_exporters_with_a_number",
        {"is_net_exporter": True, "nir_ratio": None},
        {"is_net_exporter": True, "nir_ratio": 0.0},
    ),
    "partner_dependency": one("concern_share", 0.5, 1.5),
    "pipeline_gap": Broken(
        "gaps_without_reason",
        {"gap_t": None, "missing_reason": "a basket"},
        {"gap_t": None, "missing_reason": None},
    ),
    "policy_conflict": one("chosen_side", "a", "c"),
    "policy_timeline": one("state", "active", "perhaps"),
    "production_share": one("production_share", 0.984, 98.4),
    "project_pipeline": one("pipeline_case", "base", "best"),
    "provenance": one("redistribution", "full", "unknown"),
    "quality_scorecard": one("grade", "A", "E"),
    "source_agreement": one("agreement_class", "differ", "averaged"),
    "stockbuilding": Broken(
        "windows_of_immediate_measures",
        {"window_start_date": DAY_BEFORE, "window_end_date": DAY},
        {"window_start_date": DAY, "window_end_date": DAY},
    ),
    "supplier_share": one("value_share", 0.5, -0.5),
    "unit_value": Broken(
        "prices_without_weight",
        {"uv_usd_kg": None, "net_weight_kg": None},
        {"uv_usd_kg": 2.0, "net_weight_kg": None},
    ),
    "vintage_revision": COUNTRY,
}
