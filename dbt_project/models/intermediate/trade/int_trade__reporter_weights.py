"""One row per period, role and country: reliability weight of each reporter, and freight."""

# a sample of 40,000 flows a period is enough for two hundred reporters
SAMPLE = """
    select *
    from (
        select *, count(*) over (partition by period_type, period_start_date) as n_flows
        from pairs
        where has_exporter_filed and has_importer_filed
    ) as two_sided
    where hash(exporter_id || importer_id || product_code)
        % cast(ceil(n_flows / 40000.0) as ubigint) = 0
"""
# BACI of a year is training data for the weights of later years, and not used for its own
WITH_BACI_VALUE = """
    select sample.*, baci.value_usd as baci_value_usd
    from sample
    left join baci
        on
            sample.exporter_id = baci.exporter_id
            and sample.importer_id = baci.importer_id
            and sample.nomenclature = baci.nomenclature
            and sample.product_code = baci.product_code
            -- within the equality: a condition of its own makes this a nested loop
            and case when sample.period_type = 'A' then sample.year end = baci.year
    order by period_type, period_start_date, exporter_id, importer_id, product_code
"""


def model(dbt, session):
    from warehouse.statistics.mirror_reconciliation.batch import reporter_weights

    dbt.config(materialized="table")
    pairs = dbt.ref("int_trade__mirror_pairs")
    session.register("baci", dbt.ref("int_trade__baci_reference_flows"))
    flows = pairs.query("pairs", SAMPLE).query("sample", WITH_BACI_VALUE).to_arrow_table()
    session.unregister("baci")
    periods = pairs.project("period_type, period_start_date").distinct().to_arrow_table()
    learnt = dbt.ref("stg_reference__learnt_reporter_weights").to_arrow_table()
    return reporter_weights(flows, periods, learnt)
