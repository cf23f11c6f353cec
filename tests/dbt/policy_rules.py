"""Rules for the rows of the policy registers, with messages that name the cell: `problems` takes
the tables as they lie in the CSV files and returns one line per mistake."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

Row = Mapping[str, str]
Tables = Mapping[str, Sequence[Row]]

RELATIONS = {"suspends", "extends", "ends", "amends", "implements", "supersedes", "replaces",
             "follows"}  # fmt: skip
LISTS = {
    "direction": {"restrictive", "liberalising", "cooperative"},
    "date_precision": {"day", "month", "half-year", "mixed"},
    "end_kind": {"", "expires", "ended", "withdrawn"},
    "hs6_basis": {"", "stated", "inferred"},
    "relation_to_parent": RELATIONS | {""},
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


def problems(tables: Tables) -> list[str]:
    """Everything that is wrong, as `file.csv row column: what, and what would be right`."""
    found: list[str] = []
    for name, key in (
        ("policy_register", "event_id"),
        ("policy_clauses", "clause_id"),
        ("policy_clause_products", "clause_ref"),
    ):
        for row in tables[name]:
            place = f"{name}.csv {row[key]}"
            found += [
                f"{place} {problem}" for problem in _cells(row, is_clause=name == "policy_clauses")
            ]
            found += [f"{place} {problem}" for problem in _meaning(name, row, tables)]
    return found


def _cells(row: Row, *, is_clause: bool) -> Iterator[str]:
    for column in DATES:
        if row.get(column) and not _is_day(row[column]):
            yield f"{column}: {row[column]!r} is no day; write YYYY-MM-DD"
    for column, allowed in LISTS.items():
        text = row.get(column)
        if text is None or (is_clause and column in FROM_THE_ACT and not text):
            continue
        if text not in allowed:
            choices = ", ".join(sorted(allowed - {""}))
            yield f"{column}: {text!r} is unknown; choose one of {choices}"


def _meaning(name: str, row: Row, tables: Tables) -> Iterator[str]:
    if name == "policy_register":
        yield from _of_event(row, tables)
    elif name == "policy_clauses":
        yield from _of_clause(row, tables)
    else:
        yield from _of_product(row, tables)


def _of_event(row: Row, tables: Tables) -> Iterator[str]:
    known = _refs(tables)
    for parent in _parts(row["parent_event_ids"]):
        if parent not in known:
            yield f"parent_event_ids: {parent!r} is no event and no clause of the registers"
        if parent.split("#")[0] == row["event_id"]:
            yield "parent_event_ids: an event cannot change itself"
    if bool(row["parent_event_ids"]) != bool(row["relation_to_parent"]):
        yield "relation_to_parent: a parent has a relation, and a relation a parent"
    if not (row["announced_date"] or row["effective_date"] or row["known_from_date"]):
        yield "announced_date: an event has a day, announced or effective"
    if bool(row["end_date"]) != bool(row["end_known_from_date"]) or bool(row["end_date"]) != bool(
        row["end_kind"]
    ):
        yield "end_date: an end has end_kind and end_known_from_date, no end has neither"
    if row["end_date"] and row["effective_date"] and row["end_date"] < row["effective_date"]:
        yield f"end_date: {row['end_date']} is before effective_date {row['effective_date']}"
    if row["relation_to_parent"] == "suspends" and not row["effective_date"]:
        yield "effective_date: a suspension has a first day"
    yield from _vocabulary(row, tables)
    for code in _parts(row["hs6_codes"]):
        if not re.fullmatch(r"\d{6}", code):
            yield f"hs6_codes: {code!r} is not six digits; a lost zero stands in front"
    if not row["source_url"].startswith("http"):
        yield "source_url: an event has a source that can be opened"


def _of_clause(row: Row, tables: Tables) -> Iterator[str]:
    if row["clause_id"].split("#")[0] != row["event_id"] or not re.fullmatch(
        r"[^#]+#\d+", row["clause_id"]
    ):
        yield "clause_id: must be its event_id, # and a number"
    if row["event_id"] not in {event["event_id"] for event in tables["policy_register"]}:
        yield f"event_id: {row['event_id']!r} is not in policy_register.csv"
    siblings = [c for c in tables["policy_clauses"] if c["event_id"] == row["event_id"]]
    if len(siblings) < 2:
        yield "clause_id: an act of one clause needs no row here; write all its clauses or none"
    yield from _vocabulary(row, tables)


def _of_product(row: Row, tables: Tables) -> Iterator[str]:
    if row["clause_ref"] not in _refs(tables):
        yield f"clause_ref: {row['clause_ref']!r} is no event and no clause of the registers"
    if not re.fullmatch(r"\d{6}", row["product_code"]):
        yield f"product_code: {row['product_code']!r} is not six digits"
    try:
        low, high = float(row["coverage_low"]), float(row["coverage_high"])
    except ValueError:
        yield "coverage_low, coverage_high: both are numbers from 0 to 1"
        return
    if not 0 <= low <= high <= 1:
        yield f"coverage_low, coverage_high: {low} and {high} are not 0 <= low <= high <= 1"
    if not row["coverage_basis"]:
        yield "coverage_basis: say why"


def _vocabulary(row: Row, tables: Tables) -> Iterator[str]:
    words = {
        "issuer_ids": {r["country_id"] for r in tables["countries"]},
        "target_ids": {r["country_id"] for r in tables["countries"]},
        "item_labels": {r["label"] for r in tables["item_labels"]},
        "measure_type": {r["measure_type"] for r in tables["measure_severity"]},
    }
    homes = {"issuer_ids": "countries.csv", "target_ids": "countries.csv",
             "item_labels": "item_labels.csv", "measure_type": "measure_severity.csv"}  # fmt: skip
    for column, known in words.items():
        for part in _parts(row.get(column, "")):
            if part not in known:
                yield f"{column}: {part!r} is unknown; add it to {homes[column]} or correct it"
    if "measure_type" in row and "event_id" in row and "clause_id" not in row:
        for column in ("issuer_ids", "target_ids", "measure_type", "title"):
            if not row[column]:
                yield f"{column}: an event has one"


def _refs(tables: Tables) -> set[str]:
    return {row["event_id"] for row in tables["policy_register"]} | {
        row["clause_id"] for row in tables["policy_clauses"]
    }


def _parts(text: str) -> list[str]:
    return [part for part in text.split("|") if part]


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
