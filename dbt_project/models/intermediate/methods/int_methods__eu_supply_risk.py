"""One row per case of the EU's method: supply risk, and its bounds from those of the inputs."""


def model(dbt, session):
    from warehouse.statistics.supply_risk.tables import EU_INPUTS, eu_supply_risk

    dbt.config(materialized="table")
    key = [
        "production_source_id", "entity_id", "material_id", "stage_id", "assessment_year",
        "parameter_version",
    ]  # fmt: skip
    cases = dbt.ref("int_methods__eu_cases").to_arrow_table()
    found = eu_supply_risk(cases.select([*key, *EU_INPUTS, "supply_used"]), key)
    for bound in ("low", "high"):
        # the risk falls with recycling and rises with every other input but the reliance, which
        # moves weight between the two supplies: both ends are tried
        ends = []
        for reliance in ("low", "high"):
            names = {name: f"{name}_{bound}" for name in EU_INPUTS}
            names["eol_rir_share"] = f"eol_rir_share_{'high' if bound == 'low' else 'low'}"
            names["import_reliance_share"] = f"import_reliance_share_{reliance}"
            columns = [*key, *names.values(), "supply_used"]
            case = cases.select(columns).rename_columns([*key, *EU_INPUTS, "supply_used"])
            ends.append(eu_supply_risk(case, key)["supply_risk"])
        found = found.append_column(f"supply_risk_{bound}", _end(ends, bound))
    return found


def _end(ends, bound):
    import pyarrow.compute as pc

    smaller_or_larger = pc.min_element_wise if bound == "low" else pc.max_element_wise
    return smaller_or_larger(*ends, skip_nulls=False)
