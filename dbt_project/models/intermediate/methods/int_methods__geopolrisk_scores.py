"""One row per production source and case of GeoPolRisk, and variant, within its weights' bounds."""


def model(dbt, session):
    from warehouse.statistics.supply_risk.tables import geopolrisk_scores

    dbt.config(materialized="table")
    key = ["production_source_id", "entity_id", "material_id", "stage_id", "year"]
    cases = dbt.ref("int_methods__geopolrisk_cases")
    importers = cases.select(
        ", ".join([*key, "domestic_production", "price", "is_same_basis"])
    ).to_arrow_table()
    world = dbt.ref("int_methods__production").filter("quantity > 0")
    by_world = "production_source_id, material_id, stage_id, year"
    made = world.select(f"{by_world}, quantity as production_quantity")
    production = (
        cases.select(", ".join(key))
        .set_alias("cases")
        .join(made.set_alias("made"), by_world)
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
