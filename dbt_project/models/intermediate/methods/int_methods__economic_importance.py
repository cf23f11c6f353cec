"""One row per material and set of parameters: economic importance by the EU's method."""


def model(dbt, session):
    from warehouse.statistics.supply_risk.tables import economic_importance

    dbt.config(materialized="table")
    uses = dbt.ref("int_methods__economic_uses").to_arrow_table()
    return economic_importance(uses, ["material_id", "parameter_version"])
