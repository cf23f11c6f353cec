"""Declarations of known truth: landed, built by dbt, and joined with the truth."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import duckdb
import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from sources.kit.catalog import catalog
from sources.kit.contract import RawFile
from tests.fixture_world.dbt import build
from tests.sources.un_comtrade.fake_api import dataset, mirror_flows
from tests.sources.un_comtrade.fake_api.mirror_flows import FIRST, LATE, MONTHS, PRODUCTS, SECOND
from warehouse.paths import DataPaths
from warehouse.storage.bundled import land_bundle
from warehouse.storage.landing import declare_tables, land_files
from warehouse.storage.load_records import write_load_records_table, write_parameters

EARLY = date(2026, 4, 1)
CELL = "exporter_id, importer_id, product_code"
RULES = {
    "ours": "value_usd",
    "exporter's report": "coalesce(x_usd, m_usd)",
    "importer's report": "coalesce(m_usd, x_usd)",
    "importer's report / 1.05": "coalesce(m_usd / 1.05, x_usd)",
    "plain mean": "coalesce((x_usd + m_usd) / 2, x_usd, m_usd)",
}


@dataclass(frozen=True)
class Known:
    """The same landing as known `early` and `late`: flows with their declarations and truth."""

    early: duckdb.DuckDBPyConnection
    late: duckdb.DuckDBPyConnection


def raw(name: str, content: bytes, day: date, **hints: str) -> RawFile:
    noon = datetime.combine(day, time(12), UTC)
    return RawFile(name, content, f"https://example.org/{name}", noon, hints=hints)


def as_csv(rows: pa.Table) -> bytes:
    sink = io.BytesIO()
    csv.write_csv(rows, sink)
    return sink.getvalue()


def as_page(rows: list[dataset.Row]) -> bytes:
    return orjson.dumps({"elapsedTime": "0.1 secs", "count": len(rows), "data": rows, "error": ""})


def files(declared: pa.Table) -> Iterator[tuple[RawFile, str]]:
    """Yield the files with their access method: two editions, one live month, the dataset."""
    code = mirror_flows.CODES[mirror_flows.NON_REPORTING]
    is_late = pc.and_(
        pc.is_in(declared["reporterCode"], pa.array([mirror_flows.CODES[x] for x in LATE])),
        pc.or_(pc.equal(declared["period"], "2025"), pc.greater(declared["period"], "202506")),
    )
    is_live = pc.and_(
        pc.equal(declared["reporterCode"], code),
        pc.equal(declared["period"], mirror_flows.NON_REPORTING_MONTH),
    )
    on_time = pc.invert(pc.or_(is_late, is_live))
    yield raw("first.csv", as_csv(declared.filter(on_time)), FIRST), "manual"
    yield raw("second.csv", as_csv(declared.filter(is_late)), SECOND), "manual"
    # a live fetch lands a complete month, here without any row
    hints = {
        "releases": f"{code}:{mirror_flows.NON_REPORTING_MONTH}={FIRST}",
        "freq": "M",
        "scope": "made",
    }
    yield raw("live.json", as_page([]), FIRST, **hints), "live"
    nothing = [
        dataset.row("152", "2022", "X", "284690", "604", 5000.0),
        dataset.row("604", "2022", "M", "284690", "152", 0.0),
    ]
    yield raw("dataset.json", as_page([*dataset.Dataset().rows(), *nothing]), FIRST), "manual"


def land_and_build(paths: DataPaths, mirrors: mirror_flows.Mirrors) -> Known:
    """Land all files and build the models as known on both days."""
    specs = catalog()
    declare_tables(paths, specs.values())
    land_bundle(specs["un_hs"], paths)
    for file, access_method in files(mirror_flows.declarations(mirrors)):
        land_files(specs["un_comtrade"], [file], access_method, paths)
    write_load_records_table(paths, dict(specs))
    only = ("--select", "+fct_trade_reconciled", "--indirect-selection", "cautious")
    kinds = ("--resource-type", "model", "--resource-type")
    write_parameters(paths, EARLY)
    build(paths, *only, *kinds, "seed")
    early = shutil.copy(paths.database, paths.data_dir / "early.duckdb")
    write_parameters(paths)
    # tests of all models run as well
    build(paths, *only, *kinds, "test")
    return Known(join_truth(early, mirrors), join_truth(paths.database, mirrors))


def join_truth(database: object, mirrors: mirror_flows.Mirrors) -> duckdb.DuckDBPyConnection:
    """`flows`: reconciled flows with both reports; truth 0 is a flow that did not exist."""
    name, n = np.array(mirror_flows.NAMES), len(MONTHS)
    months = pa.table(
        {
            "exporter_id": np.repeat(name[mirrors.exporter], n),
            "importer_id": np.repeat(name[mirrors.importer], n),
            "product_code": np.repeat(np.array(list(PRODUCTS))[mirrors.product], n),
            "period": np.tile(np.array(MONTHS), mirrors.truth.shape[0]),
            "truth": mirrors.truth[:, 1:].ravel(),
        }
    )
    connection = duckdb.connect()
    connection.execute(f"attach '{database}' as product (read_only)")
    connection.register("months", months)
    connection.execute(f"""
        create table truths as
        with monthly as (
            select {CELL}, truth, strptime(period, '%Y%m')::date as period_start_date from months
        )
        select *, 'M' as period_type from monthly
        union all by name
        select {CELL}, sum(truth) as truth, date_trunc('year', period_start_date)::date
            as period_start_date, 'A' as period_type
        from monthly group by all
        union all by name
        select a.exporter_id, a.importer_id, a.product_code, sum(b.truth) as truth,
            a.period_start_date, 'T12M' as period_type
        from monthly as a inner join monthly as b using ({CELL})
        where b.period_start_date between a.period_start_date
            and a.period_start_date + interval 11 month
        group by all having count(*) = 12
    """)
    connection.execute(f"""
        create table flows as
        select f.*, p.x_usd, p.m_usd, coalesce(t.truth, 0) as truth
        from product.marts.fct_trade_reconciled as f
        left join product.intermediate.int_trade__mirror_pairs as p
            using ({CELL}, period_type, period_start_date)
        left join truths as t using ({CELL}, period_type, period_start_date)
        where f.source_id = 'pax_silica' and f.period_end_date >= date '2024-01-01'
    """)
    return connection


def fetch_row(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[float, ...]:
    """The only row of a result."""
    (row,) = connection.execute(sql).fetchall()
    return row


def errors(connection: duckdb.DuckDBPyConnection, where: str) -> dict[str, float]:
    """Mean |ln(value / truth)| of each rule over the true flows."""
    rules = ", ".join(f"avg(abs(ln({rule} / truth)))" for rule in RULES.values())
    found = fetch_row(connection, f"select {rules} from flows where truth > 0 and {where}")
    return dict(zip(RULES, found, strict=True))
