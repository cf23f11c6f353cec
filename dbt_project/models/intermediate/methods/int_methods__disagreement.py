"""One row per entity, year, pair of methods, material and stage: ranks and why they differ."""


def model(dbt, session):
    from warehouse.statistics.supply_risk.method_agreement import compare_methods

    dbt.config(materialized="table")
    factors = dbt.ref("int_methods__score_factors").to_arrow_table()
    return compare_methods(
        factors,
        ["entity_id", "year"],
        ["material_id", "stage_id"],
        [
            "concentration",
            "governance",
            "sourcing",
            "recycling",
            "substitution",
            "import_concentration",
            "foreign_share",
            "export_concentration",
            "import_export_ratio",
            "joint_share",
        ],
    )
