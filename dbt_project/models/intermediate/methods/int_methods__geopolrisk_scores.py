"""One row per entity, material, stage, year and variant: GeoPolRisk within its weights' bounds."""


def model(dbt, session):
    from warehouse.statistics.supply_risk.tables import geopolrisk_scores

    dbt.config(materialized="table")
    key = ["entity_id", "material_id", "stage_id", "year"]
    cases = dbt.ref("int_methods__geopolrisk_cases")
    importers = cases.select(
        ", ".join([*key, "domestic_production", "price", "is_same_basis"])
    ).to_arrow_table()
    world = dbt.ref("production_share").filter(
        "denominator = 'sum_rows' and is_latest_edition and quantity > 0"
    )
    made = world.select("material_id, stage_id, year, quantity as production_quantity")
    production = (
        cases.select(", ".join(key))
        .set_alias("cases")
        .join(made.set_alias("made"), "material_id, stage_id, year")
        .select(", ".join([*key, "production_quantity"]))
        .to_arrow_table()
    )
    imports = dbt.ref("int_methods__geopolrisk_imports")
    found = None
    for weight in ("instability", "instability_low", "instability_high"):
        columns = [*key, "import_quantity", f"{weight} as instability", "is_intra_bloc"]
        flows = imports.select(", ".join(columns)).to_arrow_table()
        scores = geopolrisk_scores(flows, production, importers, key)
        if found is None:
            found = scores
        else:
            name = weight.replace("instability", "score")
            found = found.append_column(name, scores["score"])
    return found
