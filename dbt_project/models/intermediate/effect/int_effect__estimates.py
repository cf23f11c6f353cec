"""One row per flow, estimator and horizon: the event study of every flow that can be studied."""


def model(dbt, session):
    dbt.config(materialized="table")
    flows = dbt.ref("int_effect__flows").filter("not_estimated_reason is null")
    months = dbt.ref("int_effect__panel_months")
    if flows.limit(1).fetchone() is None:
        # the usual run: every flow is blocked, and nothing heavy is loaded to say so
        from warehouse.statistics.event_study.event_schema import NO_ROWS

        return session.sql(NO_ROWS)
    from warehouse.statistics.event_study.batch import event_table

    dates = flows.select("flow_id, announced_date, effective_date")
    return event_table(dates.to_arrow_table(), months.to_arrow_table())
