"""One intervention, from the web export or from the API, as landed columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sources.kit.columns import MISSING
from sources.kit.entity_terms import find_country, find_items, join_ids

#: Columns of the export that are read; others are ignored.
COLUMNS = {
    "Intervention ID": "intervention_id",
    "Intervention URL": "intervention_url",
    "State Act ID": "state_act_id",
    "State Act Title": "state_act_title",
    "GTA Evaluation": "gta_evaluation",
    "Implementing Jurisdictions": "implementing_jurisdictions",
    "Implementation Level": "implementation_level",
    "Intervention Type": "intervention_type",
    "Mast Chapter": "mast_chapter",
    "Affected Products": "affected_products",
    "Affected Jurisdictions": "affected_jurisdictions",
    "Date Announced": "date_announced",
    "Date Implemented": "date_implemented",
    "Date Removed": "date_removed",
    "Is In Force": "is_in_force",
}
#: GTA's number for India is 699; a name or an ISO code takes precedence over the number.
GTA_NUMBERS = {699: "IND", 156: "CHN", 842: "USA", 840: "USA", 158: "TWN"}
_ID = re.compile(r"\d{1,9}", re.ASCII)
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?", re.ASCII)


@dataclass(frozen=True)
class Row:
    """Landed values, the raw product codes, and the dates on which the row was published."""

    values: dict[str, Any]
    product_codes: tuple[str, ...]
    published_on: tuple[date, ...]


def parse_export_row(texts: Mapping[str, str]) -> Row:
    """Parse a line of the CSV: names separated by commas, codes without their leading zero.

    Raises:
        ValueError: the id, a date or a product code is not valid.
    """
    given = {column: _present(texts[name]) for name, column in COLUMNS.items()}
    for name in ("intervention_id", "state_act_id", "is_in_force"):
        given[name] = _whole(given[name])
    implementing = _names(given["implementing_jurisdictions"])
    # the export names the members only; the title names the Union when it acts
    if find_country(given["state_act_title"].partition(":")[0]) == "EUU":
        implementing.append(("European Union", "EUU"))
    affected = _names(given["affected_jurisdictions"])
    codes = tuple(c.strip() for c in given["affected_products"].split(",") if c.strip())
    return _row(given, implementing, affected, tuple(_whole(code) for code in codes))


def parse_api_object(one: Mapping[str, Any]) -> Row:
    """Parse an object of the API: codes as numbers or as objects, by level of access.

    Raises:
        ValueError: the id, a date or a product code is not valid.
    """
    given = {c: "" if one.get(c) is None else _present(str(one[c])) for c in COLUMNS.values()}
    for name in ("intervention_id", "state_act_id", "is_in_force"):
        given[name] = _whole(given[name])
    codes = []
    products = one.get("affected_products") or []
    if not isinstance(products, list):
        raise ValueError(f"no list of products: {str(products)[:60]!r}")
    for product in products:
        code = product.get("product_id") if isinstance(product, dict) else product
        codes.append(_whole(str(code)))
    published = [one.get("date_published"), one.get("last_updated")]
    implementing = [
        *_jurisdictions(one.get("implementing_jurisdictions")),
        *_jurisdictions(one.get("implementing_jurisdiction_groups")),
    ]
    affected = _jurisdictions(one.get("affected_jurisdictions"))
    return _row(given, implementing, affected, tuple(codes), published)


def _row(
    given: Mapping[str, str],
    implementing: list[tuple[str, str | None]],
    affected: list[tuple[str, str | None]],
    codes: tuple[str, ...],
    published: Iterable[Any] = (),
) -> Row:
    if not _ID.fullmatch(given["intervention_id"]):
        raise ValueError(f"not an intervention's number: {given['intervention_id']!r}")
    if bad := [code for code in codes if not code.isdigit() or len(code) not in (5, 6)]:
        raise ValueError(f"not a six-digit product code: {bad[0]!r}")
    announced, implemented, removed = (
        _day(given[name], name) for name in ("date_announced", "date_implemented", "date_removed")
    )
    published_on = [announced, *(_day(str(text)[:10], "publication") for text in published if text)]
    return Row(
        {
            "intervention_id": int(given["intervention_id"]),
            "state_act_id": int(given["state_act_id"])
            if _ID.fullmatch(given["state_act_id"])
            else None,
            "state_act_title": given["state_act_title"] or None,
            "intervention_url": given["intervention_url"] or None,
            "gta_evaluation": given["gta_evaluation"] or None,
            "intervention_type": given["intervention_type"] or None,
            "mast_chapter": given["mast_chapter"] or None,
            "implementation_level": given["implementation_level"] or None,
            "implementing_ids": join_ids(i for _, i in implementing if i),
            "affected_ids": join_ids(i for _, i in affected if i),
            "unmapped_names": join_ids(n for n, i in (*implementing, *affected) if not i),
            "date_announced": announced,
            "date_implemented": implemented,
            "date_implemented_precision": date_precision(implemented, is_start=True),
            "date_removed": removed,
            "date_removed_precision": date_precision(removed, is_start=False),
            "is_in_force_text": given["is_in_force"] or None,
            "item_labels": join_ids(match.id for match in find_items(given["state_act_title"])),
        },
        tuple(dict.fromkeys(codes)),
        tuple(day for day in published_on if day),
    )


def date_precision(day: date | None, *, is_start: bool) -> str | None:
    """Precision of a date: year, month or day.

    GTA writes a year as 31 December (start) or 1 January (removal), a month as its last day.
    """
    if day is None:
        return None
    if (day.month, day.day) == ((12, 31) if is_start else (1, 1)):
        return "year"
    return "month" if (day + timedelta(days=1)).day == 1 else "day"


def _present(text: str) -> str:
    """The trimmed text; a missing cell as pandas and R write it is empty."""
    text = text.strip()
    return "" if text.lower() in MISSING else text


def _whole(number: str) -> str:
    """A number that a tool wrote as 250490.0, without its decimals."""
    return re.sub(r"^(\d+)\.0+$", r"\1", number)


def _names(text: str) -> list[tuple[str, str | None]]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    return [(name, find_country(name)) for name in names]


def _jurisdictions(given: Any) -> list[tuple[str, str | None]]:
    found = []
    if not isinstance(given or [], list):
        raise ValueError(f"no list of jurisdictions: {str(given)[:60]!r}")
    for one in given or ():
        if not isinstance(one, dict):
            raise ValueError(f"not a jurisdiction: {str(one)[:60]!r}")
        name, iso = str(one.get("name") or ""), one.get("iso")
        # a number may be written as 699, "699", 699.0 or "0699"
        number = _whole(str(one.get("id"))).lstrip("0")
        by_code = iso if isinstance(iso, str) and len(iso) == 3 and iso.isupper() else None
        by_number = GTA_NUMBERS.get(int(number)) if _ID.fullmatch(number) else None
        found.append((name or number, by_code or find_country(name) or by_number))
    return found


def _day(text: str, what: str) -> date | None:
    if not text:
        return None
    try:
        # tools that guess types write 2024-01-05 as 2024-1-5 or with a time
        found = _DAY.fullmatch(text)
        return date(*map(int, found.groups())) if found else date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{what} is not a day: {text!r}") from None
