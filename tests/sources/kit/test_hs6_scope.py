"""The HS6 codes in scope include every code of the seed `hs_items`."""

from __future__ import annotations

import csv

from sources.kit.hs6_scope import hs6_scope, split_into_batches
from warehouse.paths import DBT_PROJECT


def test_every_code_with_an_item_is_in_scope() -> None:
    with (DBT_PROJECT / "seeds/reference/hs_items.csv").open(encoding="utf-8") as seed:
        mapped = {row["hs6"] for row in csv.DictReader(seed)}
    assert mapped <= set(hs6_scope())
    assert all(len(code) == 6 and code.isdigit() for code in hs6_scope())


def test_batches_have_every_code_once() -> None:
    codes = [code for batch in split_into_batches(hs6_scope(), 15) for code in batch]
    assert tuple(codes) == hs6_scope()
