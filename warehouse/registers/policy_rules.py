"""Rules for the rows of the policy registers: `problems` takes the tables as they lie in the CSV
files and returns every mistake with its event, its field and what would be right.

A register without problems stops no run: what the models and their tests require of a row is a
rule here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

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


@dataclass(frozen=True)
class Problem:
    """One mistake: where it is, what is wrong and what would be right."""

    table: str
    row_id: str
    field: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.table}.csv {self.row_id} {self.field}: {self.what}; {self.remedy}"


Finding = tuple[str, str, str]


def problems(
    tables: Tables, hs_codes: Collection[str] | None = None, today: date | None = None
) -> list[Problem]:
    """Every mistake in the policy registers, in the order of the files.

    Args:
        tables: rows by file name without `.csv`: the four of `KEYS`, `countries`, `item_labels`
            and `measure_severity`; excluded targets may be left out.
        hs_codes: HS6 codes of any revision; None leaves the codes unchecked.
        today: the last day that can be known; None leaves it open.
    """
    found: list[Problem] = []
    for name, key in KEYS.items():
        seen: set[tuple[str, ...]] = set()
        for row in tables.get(name, ()):
            row_id = row[key[0]]
            findings = [*_cells(name, row, today), *_meaning(name, row, tables, hs_codes)]
            key_cells = tuple(row[column] for column in key)
            if key_cells in seen:
                findings.append((key[0], f"{' '.join(key_cells)} stands there twice",
                                 "correct the row there, or choose another id"))  # fmt: skip
            seen.add(key_cells)
            found += [Problem(name, row_id, *finding) for finding in findings]
    return found


def _cells(name: str, row: Row, today: date | None) -> Iterator[Finding]:
    for column, text in row.items():
        if text != text.strip() or re.search(r"[\x00-\x1f]", text):
            yield column, "blanks around the text, or a line break in it", "remove them"
    for column in DATES:
        if row.get(column) and not _is_day(row[column]):
            yield column, f"{row[column]!r} is no day", "write YYYY-MM-DD"
    for column, allowed in LISTS.items():
        is_inherited = name == "policy_clauses" and column in FROM_THE_ACT
        if column not in row or (is_inherited and not row[column]):
            continue
        if row[column] not in allowed:
            choices = ", ".join(sorted(allowed - {""}))
            yield column, f"{row[column]!r} is unknown", f"choose one of {choices}"
    known = row.get("known_from_date", "")
    if not known:
        yield "known_from_date", "a row has the day from which it was known", "write YYYY-MM-DD"
    elif today and _is_day(known) and date.fromisoformat(known) > today:
        yield "known_from_date", f"{known} lies in the future", "write the day it became public"
    for column in LIST_COLUMNS:
        parts = row.get(column, "").split("|") if row.get(column) else []
        if len(parts) > MAX_PARTS:
            yield column, f"{len(parts)} parts are too many", f"{MAX_PARTS} at most, use a group"
        if len(set(parts)) < len(parts) or any(part != part.strip() or not part for part in parts):
            yield column, "a part is empty, has blanks or stands there twice", "separate by | alone"


def _meaning(
    name: str, row: Row, tables: Tables, hs_codes: Collection[str] | None
) -> Iterator[Finding]:
    if name == "policy_register":
        yield from _of_event(row, tables, hs_codes)
        yield from _of_days(row)
        yield from _of_parents(row, tables)
    elif name == "policy_clauses":
        yield from _of_clause(row, tables)
    elif name == "policy_clause_products":
        yield from _of_product(row, tables, hs_codes)
    else:
        yield from _of_exclusion(row, tables)


def _of_event(row: Row, tables: Tables, hs_codes: Collection[str] | None) -> Iterator[Finding]:
    if not re.fullmatch(r"[A-Z0-9]+(-[A-Z0-9]+)+", row["event_id"]):
        yield "event_id", f"{row['event_id']!r} is no id", "capitals and digits, parts joined by -"
    yield from _vocabulary(row, tables)
    for column in ("issuer_ids", "target_ids", "measure_type", "title", "source_title"):
        if not row[column]:
            yield column, "an event has one", "write it"
    if row["confidence"] == "high" and "own_knowledge" in row["verified_via"]:
        yield "confidence", "own knowledge is never high", "write medium or low, or give a source"
    codes = _parts(row["hs6_codes"])
    yield from _codes("hs6_codes", codes, hs_codes)
    if bool(codes) != bool(row["hs6_basis"]):
        yield "hs6_basis", "codes have a basis, no codes have none", "stated or inferred"
    if not re.match(r"https?://\S+$", row["source_url"]):
        yield "source_url", "an event has a source that can be opened", "write its address"
    if bool(row["status"]) != bool(row["status_as_of"]):
        yield "status_as_of", "a status has its day, no status has none", "write YYYY-MM-DD"


def _of_days(row: Row) -> Iterator[Finding]:
    if not (row["announced_date"] or row["effective_date"]):
        yield "announced_date", "an event has a day, announced or effective", "write YYYY-MM-DD"
    if row["announced_date"] and (row["known_from_date"], row["known_from_basis"]) != (
        row["announced_date"], "announced",
    ):  # fmt: skip
        yield (
            "known_from_date",
            "what was announced was known on that day",
            ("write the announced_date, and announced as known_from_basis"),
        )
    if bool(row["end_date"]) != bool(row["end_known_from_date"]) or (
        bool(row["end_date"] or row["duration_days"]) < bool(row["end_kind"])
    ) or (row["end_date"] and not row["end_kind"]):  # fmt: skip
        yield (
            "end_date",
            "an end has end_kind and end_known_from_date, no end has neither",
            ("write all three or none"),
        )
    if row["end_date"] and row["effective_date"] and row["end_date"] < row["effective_date"]:
        yield (
            "end_date",
            f"{row['end_date']} is before effective_date {row['effective_date']}",
            ("the last day in force is not before the first"),
        )
    if row["end_date"] and not row["effective_date"]:
        yield "effective_date", "what ends has begun", "write its first day in force"
    if row["end_known_from_date"] and row["end_known_from_date"] < row["known_from_date"]:
        yield (
            "end_known_from_date",
            "the end was not known before the act",
            ("write known_from_date or a later day"),
        )
    if row["duration_days"]:
        if not re.fullmatch(r"[1-9]\d{0,4}", row["duration_days"]):
            yield "duration_days", f"{row['duration_days']!r} is no number of days", "such as 150"
        if row["end_date"] or row["end_kind"] not in ("", "expires") or not row["effective_date"]:
            yield (
                "duration_days",
                "a length counts from effective_date and gives the end",
                ("write effective_date, and leave end_date empty"),
            )


def _of_parents(row: Row, tables: Tables) -> Iterator[Finding]:
    known = _refs(tables)
    relation = row["relation_to_parent"]
    for parent in _parts(row["parent_event_ids"]):
        if parent not in known:
            yield (
                "parent_event_ids",
                f"{parent!r} is no event and no clause of the registers",
                ("add the event first, or correct the id"),
            )
        if parent.split("#")[0] == row["event_id"]:
            yield "parent_event_ids", "an event cannot change itself", "name what it changes"
    if bool(row["parent_event_ids"]) != bool(relation):
        yield (
            "relation_to_parent",
            "a parent has a relation, and a relation a parent",
            ("write both or none"),
        )
    if row["change_basis"] == "announced" and not relation:
        yield (
            "change_basis",
            "only a change of another act can be announced without a text",
            ("name the act in parent_event_ids, or leave it empty"),
        )
    if relation == "extends" and not (row["end_date"] or row["duration_days"]):
        yield "end_date", "a prolongation has a last day", "write end_date or duration_days"
    if relation == "suspends" and not row["effective_date"]:
        yield "effective_date", "a suspension has a first day", "write YYYY-MM-DD"
    events = {event["event_id"]: event for event in tables["policy_register"]}
    depth = _depth(row["event_id"], events, ())
    if depth is None:
        yield (
            "parent_event_ids",
            "the chain of changes comes back to this event",
            ("name only what it changes"),
        )
    elif relation == "extends" and depth > MAX_PROLONGATIONS:
        yield (
            "parent_event_ids",
            f"prolonged more than {MAX_PROLONGATIONS} times",
            ("name the first act as the parent"),
        )
    elif relation == "suspends" and _is_day(row["effective_date"]) and row["confidence"] != "low":
        yield from _of_suspension(row, tables, events)


def _of_suspension(row: Row, tables: Tables, events: Mapping[str, Row]) -> Iterator[Finding]:
    clauses = {clause["clause_id"]: clause for clause in tables["policy_clauses"]}
    for ref in _parts(row["parent_event_ids"]):
        event = events.get(ref.split("#")[0])
        if event is None:
            continue
        own = clauses.get(ref, {}).get("effective_date") or event["effective_date"]
        first = min((day for day in (event["announced_date"], own) if day), default="")
        last = _last_day(event["event_id"], events, row["known_from_date"])
        if row["effective_date"] < first or (last and row["effective_date"] > last):
            yield (
                "effective_date",
                (
                    f"{ref} is in force from {first} to {last or 'an open end'}, "
                    f"not on {row['effective_date']}"
                ),
                "a suspension begins while its parent is in force",
            )


def _last_day(event_id: str, events: Mapping[str, Row], known_on: str) -> str:
    """Last day in force with the prolongations known on a day and whatever closes it; '' open."""
    event = events[event_id]
    children = [
        child for child in events.values()
        if child["confidence"] != "low"
        and event_id in {ref.split("#")[0] for ref in _parts(child["parent_event_ids"])}
    ]  # fmt: skip
    prolonged = [
        _last_day(child["event_id"], events, known_on) for child in children
        if child["relation_to_parent"] == "extends" and child["known_from_date"] <= known_on
    ]  # fmt: skip
    last = max(filter(None, prolonged), default="") or _own_last_day(event)
    closed = [
        str(date.fromisoformat(child["effective_date"]) - timedelta(days=1))
        for child in children
        if child["relation_to_parent"] in CLOSING and _is_day(child["effective_date"])
    ]
    return min(filter(None, [last, *closed]), default="")


def _own_last_day(event: Row) -> str:
    if event["end_date"] or not event["duration_days"].isdigit():
        return event["end_date"]
    if not _is_day(event["effective_date"]):
        return ""
    length = timedelta(days=int(event["duration_days"]) - 1)
    return str(date.fromisoformat(event["effective_date"]) + length)


def _depth(event_id: str, events: Mapping[str, Row], chain: tuple[str, ...]) -> int | None:
    """Prolongations in a row that end in this event; None where its changes form a circle."""
    if event_id in chain:
        return None
    event = events.get(event_id)
    if event is None or not event["parent_event_ids"]:
        return 0
    depths = [
        _depth(ref.split("#")[0], events, (*chain, event_id))
        for ref in _parts(event["parent_event_ids"])
    ]
    known = [depth for depth in depths if depth is not None]
    if len(known) < len(depths):
        return None
    return max(known) + 1 if event["relation_to_parent"] == "extends" else 0


def _of_clause(row: Row, tables: Tables) -> Iterator[Finding]:
    if row["clause_id"].split("#")[0] != row["event_id"] or not re.fullmatch(
        r"[^#]+#\d+", row["clause_id"]
    ):
        yield "clause_id", f"{row['clause_id']!r} is no id", "must be its event_id, # and a number"
    if row["event_id"] not in {event["event_id"] for event in tables["policy_register"]}:
        yield (
            "event_id",
            f"{row['event_id']!r} is not in policy_register.csv",
            "add the event first",
        )
    siblings = [c for c in tables["policy_clauses"] if c["event_id"] == row["event_id"]]
    if len(siblings) < 2:
        yield (
            "clause_id",
            "an act of one clause needs no row here",
            ("write all its clauses or none"),
        )
    yield from _vocabulary(row, tables)


def _of_product(row: Row, tables: Tables, hs_codes: Collection[str] | None) -> Iterator[Finding]:
    if row["clause_ref"] not in _refs(tables):
        yield (
            "clause_ref",
            f"{row['clause_ref']!r} is no event and no clause of the registers",
            ("add the event first, or correct the id"),
        )
    yield from _codes("product_code", [row["product_code"]], hs_codes)
    event_id = row["clause_ref"].split("#")[0]
    inheriting = {
        clause["clause_id"] for clause in tables["policy_clauses"]
        if clause["inherits_products"] == "true"
    }  # fmt: skip
    if row["clause_ref"] in inheriting and any(
        other["clause_ref"] == event_id and other["product_code"] == row["product_code"]
        for other in tables["policy_clause_products"]
    ):
        yield (
            "product_code",
            f"{row['product_code']} also has a row for the whole act",
            ("keep one of the two"),
        )
    try:
        low, high = float(row["coverage_low"]), float(row["coverage_high"])
    except ValueError:
        yield "coverage_low", "both bounds are numbers from 0 to 1", "write 0 and 1 if not known"
        return
    if not 0 <= low <= high <= 1:
        yield "coverage_low", f"{low} and {high} are not 0 <= low <= high <= 1", "correct them"
    if not row["coverage_basis"]:
        yield "coverage_basis", "bounds have a reason", "say why"


def _of_exclusion(row: Row, tables: Tables) -> Iterator[Finding]:
    if row["event_id"] not in {event["event_id"] for event in tables["policy_register"]}:
        yield (
            "event_id",
            f"{row['event_id']!r} is not in policy_register.csv",
            "add the event first",
        )
    if row["country_id"] not in {country["country_id"] for country in tables["countries"]}:
        yield "country_id", f"{row['country_id']!r} is unknown", "add it to countries.csv"
    if not row["exclusion_kind"]:
        yield "exclusion_kind", "an exclusion has a ground", "such as general bulk licence"


def _codes(
    column: str, codes: Sequence[str], hs_codes: Collection[str] | None
) -> Iterator[Finding]:
    for code in codes:
        if not re.fullmatch(r"\d{6}", code):
            yield column, f"{code!r} is not six digits", "a lost zero stands in front"
        elif hs_codes is not None and code not in hs_codes:
            yield column, f"{code} is in no revision of the Harmonized System", "correct the code"


def _vocabulary(row: Row, tables: Tables) -> Iterator[Finding]:
    words = {
        "issuer_ids": ("countries.csv", {r["country_id"] for r in tables["countries"]}),
        "target_ids": ("countries.csv", {r["country_id"] for r in tables["countries"]}),
        "item_labels": ("item_labels.csv", {r["label"] for r in tables["item_labels"]}),
        "measure_type": (
            "measure_severity.csv", {r["measure_type"] for r in tables["measure_severity"]},
        ),
    }  # fmt: skip
    for column, (file_name, known) in words.items():
        for part in _parts(row.get(column, "")):
            if part not in known:
                yield column, f"{part!r} is unknown", f"add it to {file_name} or correct it"


def _refs(tables: Tables) -> set[str]:
    return {row["event_id"] for row in tables["policy_register"]} | {
        row["clause_id"] for row in tables["policy_clauses"]
    }


def _parts(text: str) -> list[str]:
    return [part for part in text.split("|") if part]


def _is_day(text: str) -> bool:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return False
    return day.isoformat() == text and FIRST_DAY <= day <= LAST_DAY
