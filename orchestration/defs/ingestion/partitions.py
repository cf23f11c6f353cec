"""The partitions of a source as Dagster shows them, and the runs that cover a set of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache

import dagster as dg

from sources.kit.catalog import SourceSpec
from warehouse.storage.bundled import read_bundle

#: What a source answers that serves its present state only.
LATEST = "latest"
RANGE_START, RANGE_END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"


def bundled_partitions(spec: SourceSpec) -> list[str]:
    """Editions, years and months that lie in the checkout, such as `V202601/HS17/2022`."""
    bundle = read_bundle(spec)
    return [record.partition for record in bundle.records] if bundle else []


def offered_partitions(spec: SourceSpec) -> list[str]:
    """What may be asked of the publisher, such as the month `202406`; `latest` is left out."""
    if "live" not in spec.access_methods:
        return []
    return [str(p) for p in spec.fetch.list_partitions() if str(p) != LATEST]


def partition_keys(spec: SourceSpec) -> list[str]:
    """Bundled partitions, then the publisher's, each once."""
    return list(dict.fromkeys([*bundled_partitions(spec), *offered_partitions(spec)]))


@lru_cache(maxsize=64)
def _definition(keys: tuple[str, ...]) -> dg.StaticPartitionsDefinition:
    return dg.StaticPartitionsDefinition(list(keys))


def partitions_definition(spec: SourceSpec) -> dg.StaticPartitionsDefinition | None:
    """None for a source of documents or of a present state: it has no parts to land again."""
    keys = partition_keys(spec)
    return _definition(tuple(keys)) if keys else None


def contiguous_ranges(keys: Sequence[str], chosen: Collection[str]) -> list[tuple[str, str]]:
    """`chosen` as ranges of neighbours in `keys`: one run covers one range."""
    ranges: list[tuple[str, str]] = []
    is_open = False
    for key in keys:
        if key in chosen:
            ranges[-1:] = [(ranges[-1][0], key)] if is_open else [*ranges[-1:], (key, key)]
        is_open = key in chosen
    return ranges
