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
    order by period_type, period_start_date, exporter_id, importer_id, product_code
"""


def model(dbt, session):
    dbt.config(materialized="table")
    pairs = dbt.ref("int_trade__mirror_pairs")
    if pairs.limit(1).fetchone() is None:
        # nothing declared: nothing heavy is loaded to say so
        from warehouse.methods.reporter_schema import NO_ROWS

        return session.sql(NO_ROWS)
    from warehouse.methods.reporter_table import reporter_weights

    return reporter_weights(pairs.query("pairs", SAMPLE).to_arrow_table())
