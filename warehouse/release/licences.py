"""Licences: which editions are in a release, and which marts may be redistributed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from warehouse.release.dbt_manifest import Mart

_LANDED_EDITIONS = """
    with

    known as (

        select * from load_records where known_from_date <= ?

    ),

    -- each file of a partition repeats the quarantine count of the partition
    quarantined as (

        select source_id, edition, sum(n_quarantined) as n_quarantined
        from (
            select source_id, edition, partition, max(n_quarantined) as n_quarantined
            from known
            group by source_id, edition, partition
        ) as by_partition
        group by source_id, edition

    )

    select
        source_id,
        edition,
        min(known_from_date) as known_from_date,
        min(known_from_basis) as known_from_basis,
        min(title) as title,
        min(publisher) as publisher,
        min(licence_id) as licence_id,
        min(redistribution) as redistribution,
        min(attribution) as attribution,
        string_agg(distinct access_method, ', ' order by access_method) as access_method,
        strftime(max(retrieved_at), '%Y-%m-%d') as retrieved_date,
        count(distinct payload_sha256) as n_payloads,
        cast(sum(n_rows) as bigint) as n_rows,
        cast(min(quarantined.n_quarantined) as bigint) as n_quarantined
    from known
    inner join quarantined using (source_id, edition)
    group by source_id, edition
    order by source_id, edition
"""


@dataclass(frozen=True)
class PublicationScope:
    """The marts to publish, and those withheld with their reason (`mart -> source ids`)."""

    published: tuple[Mart, ...]
    withheld: dict[str, tuple[str, ...]]


def landed_editions(load_records: Path, as_known_on: date) -> list[dict[str, Any]]:
    """One row per source and edition that has landed and was known on that day.

    Counts: payloads, rows, quarantined rows. Empty when nothing has landed.

    Raises:
        OSError: the table of load records cannot be read.
    """
    if not load_records.is_file():
        return []
    connection = duckdb.connect()
    try:
        connection.register("load_records", pq.read_table(load_records))
        answer = connection.execute(_LANDED_EDITIONS, [as_known_on])
        names = [column[0] for column in answer.description or ()]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
    finally:
        connection.close()


def apply_licences(marts: Sequence[Mart], editions: Sequence[dict[str, Any]]) -> PublicationScope:
    """Withhold every mart with declared rows of a landed source with `redistribution: none`."""
    closed = {row["source_id"] for row in editions if row["redistribution"] == "none"}
    withheld = {
        mart.name: because
        for mart in marts
        if (because := tuple(source for source in mart.carried if source in closed))
    }
    return PublicationScope(tuple(mart for mart in marts if mart.name not in withheld), withheld)
