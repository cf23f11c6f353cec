"""The bundled selection of the parsed editions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sources.kit.contract import Parsed

#: Editions whose US salient statistics are bundled; older ones repeat years of these.
SALIENT_EDITIONS = frozenset({"2024", "2026", "2026-rev2"})


def select_bundle(parsed: Iterable[Parsed]) -> Iterable[Parsed]:
    """World tables of all editions for all commodities; US salient statistics of the editions
    2024 and 2026; import sources and front matter wherever the edition has them. No figure is
    changed.
    """
    for one in parsed:
        kept = {
            name: table
            for name, table in one.tables.items()
            if name != "salient" or one.edition in SALIENT_EDITIONS
        }
        yield replace(one, tables=kept)
