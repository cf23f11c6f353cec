"""One row per case of supply: its HHI, plain and weighted by governance and trade factors."""


def model(dbt, session):
    from warehouse.statistics.supply_risk.tables import governance_hhi

    dbt.config(materialized="table")
    key = [
        "case_set", "production_source_id", "entity_id", "supply", "material_id", "stage_id",
        "year", "basis",
    ]  # fmt: skip
    # the order of the suppliers decides the last digit of a sum
    shares = dbt.ref("int_methods__supply_shares").filter("is_named")
    shares = shares.order(", ".join([*key, "supplier_id"]))
    columns = [*key, "share", "trade_factor", "wgi_pv", "wgi_avg6"]
    return governance_hhi(shares.select(", ".join(columns)).to_arrow_table(), key)
