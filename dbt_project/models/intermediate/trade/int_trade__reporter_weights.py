"""One row per period, role and country: how far each reporter is believed, what freight adds."""

# of so many declarations a sample tells as much of two hundred reporters
SAMPLE = """
    select *
    from (
        select *, count(*) over (partition by period_type, period_start_date) as n_flows
        from pairs
        where has_exporter_filed and has_importer_filed
    ) as answered
    where hash(exporter_id || importer_id || product_code)
        % cast(ceil(n_flows / 40000.0) as ubigint) = 0
"""
# what BACI says of the same year teaches the weights of later years, and is not heard in its own
TOLD = """
    select sample.*, told.value_usd as baci_value_usd
    from sample
    left join told
        on
            sample.exporter_id = told.exporter_id
            and sample.importer_id = told.importer_id
            and sample.nomenclature = told.nomenclature
            and sample.product_code = told.product_code
            and sample.year = told.year
            and sample.period_type = 'A'
    order by period_type, period_start_date, exporter_id, importer_id, product_code
"""


def model(dbt, session):
    dbt.config(materialized="table")
    pairs = dbt.ref("int_trade__mirror_pairs")
    witness = dbt.ref("int_trade__baci_reference_flows")
    if pairs.limit(1).fetchone() is None:
        # nothing declared: nothing heavy is loaded to say so
        from warehouse.statistics.mirror_reconciliation.reporter_schema import NO_ROWS

        return session.sql(NO_ROWS)
    from warehouse.statistics.mirror_reconciliation.batch import reporter_weights

    session.register("told", witness)
    flows = pairs.query("pairs", SAMPLE).query("sample", TOLD).to_arrow_table()
    session.unregister("told")
    return reporter_weights(flows)
