"""The list of watched HS6 codes holds every code of the seed `hs_items`."""

from __future__ import annotations

import csv

from sources.kit.hs6_scope import batches, hs6_scope
from warehouse.paths import DBT_PROJECT


def test_every_code_with_an_item_is_watched() -> None:
    with (DBT_PROJECT / "seeds/reference/hs_items.csv").open(encoding="utf-8") as seed:
        mapped = {row["hs6"] for row in csv.DictReader(seed)}
    assert mapped <= set(hs6_scope())
    assert all(len(code) == 6 and code.isdigit() for code in hs6_scope())


def test_questions_hold_every_code_once() -> None:
    asked = [code for some in batches(hs6_scope(), 15) for code in some]
    assert tuple(asked) == hs6_scope()
