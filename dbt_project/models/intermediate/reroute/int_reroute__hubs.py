"""One row per event, exporter, importer, code and hub: what may now travel through it."""


def model(dbt, session):
    from warehouse.statistics.rerouting.batch import reroute_table

    dbt.config(materialized="table")
    members = dbt.ref("int_country__members").project("country_id as importer_id")
    return reroute_table(
        dbt.ref("int_reroute__measures").to_arrow_table(),
        dbt.ref("int_reroute__flows").to_arrow_table(),
        members.to_arrow_table(),
    )
