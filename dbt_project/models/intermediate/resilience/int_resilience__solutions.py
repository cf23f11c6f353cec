"""One row per scenario, item, policy and partner, changed delivery or pair of countries."""


def model(dbt, session):
    from warehouse.statistics.disruption.batch import run_scenarios

    dbt.config(materialized="table")
    return run_scenarios(
        dbt.ref("int_resilience__scenario_items").to_arrow_table(),
        dbt.ref("int_resilience__scenario_stops").to_arrow_table(),
        dbt.ref("supply_flow").to_arrow_table(),
        dbt.ref("supply_capacity").to_arrow_table(),
        dbt.ref("project_capacity").to_arrow_table(),
    )
