"""One row per period, role and country: reliability weight of each reporter, and freight."""

# periods whose inputs have changed since the table was built
CHANGED = """
    select now.period_type, now.period_start_date
    from weight_periods as now
    left join built_periods as built
        on
            built.model_name = 'int_trade__reporter_weights'
            and now.period_type = built.period_type
            and now.period_start_date = built.period_start_date
    where now.version is distinct from built.version
"""
# their pairs, and those of the years that they learn from
NEEDED = """
    select pairs.*
    from all_pairs as pairs
    semi join changed using (period_type, period_start_date)
    union all
    select pairs.*
    from all_pairs as pairs
    anti join changed using (period_type, period_start_date)
    where
        pairs.period_type = 'A'
        and pairs.year < (select max(year(period_start_date)) from changed)
"""
# rows of the other periods stay
KEPT = """
    select weights.*
    from weights
    inner join weight_periods as now
        on
            weights.period_type = now.period_type
            and weights.period_start_date = now.period_start_date
    where not exists (
        select 1
        from changed
        where
            weights.period_type = changed.period_type
            and weights.period_start_date = changed.period_start_date
    )
"""
# a sample of 40,000 flows a period is enough for two hundred reporters
SAMPLE = """
    select pairs.*
    from pairs
    inner join (
        select period_type, period_start_date, count(*) as n_flows
        from pairs
        where has_exporter_filed and has_importer_filed
        group by period_type, period_start_date
    ) as periods using (period_type, period_start_date)
    where pairs.has_exporter_filed and pairs.has_importer_filed
        and hash(pairs.exporter_id || pairs.importer_id || pairs.product_code)
        % cast(ceil(periods.n_flows / 40000.0) as ubigint) = 0
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
    import pyarrow as pa

    from warehouse.statistics.mirror_reconciliation.batch import SCHEMA, reporter_weights

    # not incremental: dbt-duckdb looks for the rows of a Python model in another schema than it
    # writes them to. The model takes its own rows over, and a hook in the YAML file records it.
    dbt.config(materialized="table")
    versions, built = dbt.ref("int_trade__weight_periods"), dbt.ref("int_trade__built_periods")
    if not built.filter("model_name = 'int_trade__reporter_weights'").fetchone():
        changed, kept = versions.project("period_type, period_start_date").to_arrow_table(), None
        session.register("changed", changed)
    else:
        session.register("built_periods", built)
        changed = versions.query("weight_periods", CHANGED).to_arrow_table()
        session.register("changed", changed)
        session.register("weights", session.table(str(dbt.this)))
        kept = versions.query("weight_periods", KEPT).to_arrow_table().cast(SCHEMA)
        session.unregister("weights")
        session.unregister("built_periods")
    session.register("baci", dbt.ref("int_trade__baci_reference_flows"))
    pairs = dbt.ref("int_trade__mirror_pairs").query("all_pairs", NEEDED)
    flows = pairs.query("pairs", SAMPLE).query("sample", WITH_BACI_VALUE).to_arrow_table()
    session.unregister("baci")
    session.unregister("changed")
    learnt = dbt.ref("stg_reference__learnt_reporter_weights").to_arrow_table()
    estimated = reporter_weights(flows, changed, learnt, changed)
    return estimated if kept is None else pa.concat_tables([kept, estimated])
