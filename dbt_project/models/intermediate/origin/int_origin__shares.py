"""One row per case, consumer and origin: whose material the consumer's supply is."""


def model(dbt, session):
    from warehouse.statistics.origin.batch import origin_table

    dbt.config(materialized="table")
    flows = dbt.ref("int_origin__flows").to_arrow_table()
    production = dbt.ref("int_origin__production").select("case_id, country_id, quantity_t")
    return origin_table(flows, production.to_arrow_table())
