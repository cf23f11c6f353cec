"""One row per material, stage, year and country: its place in the newest network of trade."""

#: Without a country that sells less than this share of all exports hardly anything is lost.
MIN_SHARE = 0.01


def model(dbt, session):
    from warehouse.statistics.supply_risk.network import chokepoints

    dbt.config(materialized="table")
    edges = dbt.ref("int_methods__network_edges")
    # production only where it is counted as trade is; elsewhere what a country sells beyond its
    # purchases is its own
    made = dbt.ref("int_methods__physical_balance").filter(
        "production_source_id = 'usgs_mcs'"
        " and qty_basis = 'net_weight' and production_t is not null"
    )
    members = dbt.ref("int_dependency__bloc_members").filter("membership_variant = 'as_of_today'")
    importers = sorted({row[0] for row in members.select("country_id").distinct().fetchall()})
    return chokepoints(
        edges.select(
            "material_id, stage_id, year, exporter_id, importer_id, flow_t as quantity"
        ).to_arrow_table(),
        made.select(
            "material_id, stage_id, year, country_id, production_t as production"
        ).to_arrow_table(),
        importers,
        ["material_id", "stage_id", "year"],
        MIN_SHARE,
    )
