"""The bundled selection of the EU's criticality tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sources.kit.contract import Parsed


def select_bundle(parsed: Iterable[Parsed]) -> Iterator[Parsed]:
    """All rows of the five tables, without the texts of groupings."""
    yield from parsed
