"""One row per production source and case of GeoPolRisk, and variant, within its weights' bounds."""

KEY = ["production_source_id", "entity_id", "material_id", "stage_id", "year"]


def model(dbt, session):
    from warehouse.statistics.supply_risk.tables import geopolrisk_scores

    dbt.config(materialized="table")
    cases = dbt.ref("int_methods__geopolrisk_cases")
    imports = dbt.ref("int_methods__geopolrisk_imports")
    made = dbt.ref("int_methods__production").filter("quantity > 0")

    def scores(chosen, weight):
        keys = chosen.select(", ".join(KEY)).set_alias("cases")
        columns = ", ".join([*KEY, "import_quantity", f"{weight} as instability", "is_intra_bloc"])
        world = "production_source_id, material_id, stage_id, year"
        quantities = made.select(f"{world}, quantity as production_quantity").set_alias("made")
        return geopolrisk_scores(
            keys.join(imports.set_alias("imports"), ", ".join(KEY))
            .select(columns)
            .to_arrow_table(),
            keys.join(quantities, world)
            .select(", ".join([*KEY, "production_quantity"]))
            .to_arrow_table(),
            chosen.select(
                ", ".join([*KEY, "domestic_production", "price", "is_same_basis"])
            ).to_arrow_table(),
            KEY,
        )

    found = scores(cases, "instability")
    # the weights of suppliers with an estimate are known: without others the bounds are the score
    unsure = cases.filter("n_missing_wgi > 0")
    for bound in ("low", "high"):
        ends = _by_case(scores(unsure, f"instability_{bound}"))
        column = [ends.get(case, score) for case, score in _by_case(found).items()]
        found = found.append_column(f"score_{bound}", _doubles(column))
    return found


def _by_case(table):
    """The scores of a table by case and variant, in its order."""
    cases = zip(*(table[name].to_pylist() for name in (*KEY, "variant")), strict=True)
    return dict(zip(cases, table["score"].to_pylist(), strict=True))


def _doubles(values):
    import pyarrow as pa

    return pa.array(values, pa.float64())
