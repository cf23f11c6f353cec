"""One row per flow, estimator and horizon: the event study of every flow that can be studied."""


def model(dbt, session):
    from warehouse.statistics.event_study.batch import event_table

    dbt.config(materialized="table")
    flows = dbt.ref("int_effect__flows").filter("not_estimated_reason is null")
    dates = flows.select("flow_id, announced_date, effective_date")
    return event_table(dates.to_arrow_table(), dbt.ref("int_effect__panel_months").to_arrow_table())
