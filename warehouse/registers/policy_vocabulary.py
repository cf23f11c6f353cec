"""Vocabularies of the policy registers, and how a row, a list in a cell and a day are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

Row = Mapping[str, str]
Tables = Mapping[str, Sequence[Row]]

RELATIONS = {"suspends", "extends", "ends", "amends", "implements", "supersedes", "replaces",
             "follows", "reaffirms"}  # fmt: skip
CLOSING = {"ends", "supersedes", "replaces"}
STATUSES = {"announced", "in_force", "suspended", "partly_suspended", "ended", "superseded",
            "withdrawn", "implemented_by_children", "disputed", "unknown"}  # fmt: skip
LISTS = {
    "direction": {"restrictive", "liberalising", "cooperative"},
    "date_precision": {"day", "month", "half-year", "mixed"},
    "end_kind": {"", "expires", "ended", "withdrawn"},
    "hs6_basis": {"", "stated", "inferred"},
    "status": STATUSES | {""},
    "relation_to_parent": RELATIONS | {""},
    "change_basis": {"", "text", "announced"},
    "confidence": {"high", "medium", "low"},
    "known_from_basis": {"announced", "published", "inferred", "compiled"},
    "clause_kind": {"goods", "end_user", "entity", "technology", "extraterritorial", "other"},
    "inherits_products": {"true", "false"},
    "is_extraterritorial": {"true", "false"},
}
#: An empty cell of a clause takes the act's value.
FROM_THE_ACT = {"direction", "measure_type"}
DATES = ("announced_date", "effective_date", "end_date", "end_known_from_date", "status_as_of",
         "known_from_date", "valid_from", "valid_to")  # fmt: skip
KEYS = {
    "policy_register": ("event_id",),
    "policy_clauses": ("clause_id",),
    "policy_clause_products": ("clause_ref", "product_code"),
    "policy_excluded_targets": ("event_id", "country_id"),
}
#: Lists in a cell; the models read twenty parts (`split_list`).
LIST_COLUMNS = ("issuer_ids", "target_ids", "item_labels", "hs6_codes", "parent_event_ids")
MAX_PARTS = 20
#: The models follow prolongations of prolongations four steps (`int_policy__prolongations`).
MAX_PROLONGATIONS = 4
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)
#: What is wrong with a row: the field, the mistake, and what would be right.
Finding = tuple[str, str, str]


def refs(tables: Tables) -> set[str]:
    return {row["event_id"] for row in tables["policy_register"]} | {
        row["clause_id"] for row in tables["policy_clauses"]
    }


def parts(text: str) -> list[str]:
    return [part for part in text.split("|") if part]


def is_day(text: str) -> bool:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return False
    return day.isoformat() == text and FIRST_DAY <= day <= LAST_DAY
