"""The list of watched HS6 codes holds every code of the seed `hs_items`."""

from __future__ import annotations

import csv

from sources.kit.products import batches, watched_hs6
from warehouse.rooms import DBT_PROJECT


def test_every_code_with_an_item_is_watched() -> None:
    with (DBT_PROJECT / "seeds/reference/hs_items.csv").open(encoding="utf-8") as seed:
        mapped = {row["hs6"] for row in csv.DictReader(seed)}
    assert mapped <= set(watched_hs6())
    assert all(len(code) == 6 and code.isdigit() for code in watched_hs6())


def test_questions_hold_every_code_once() -> None:
    asked = [code for some in batches(watched_hs6(), 15) for code in some]
    assert tuple(asked) == watched_hs6()
