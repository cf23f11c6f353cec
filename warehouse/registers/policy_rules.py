"""Rules for the rows of the policy registers: `problems` takes the tables as they lie in the CSV
files and returns every mistake with its event, its field and what would be right.

A register without problems stops no run: what the models and their tests require of a row is a
rule here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from warehouse.registers.policy_chains import day_findings, parent_findings
from warehouse.registers.policy_vocabulary import (
    DATES,
    FROM_THE_ACT,
    KEYS,
    LIST_COLUMNS,
    LISTS,
    MAX_PARTS,
    Finding,
    Row,
    Tables,
    is_day,
    parts,
    refs,
)


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
        if row.get(column) and not is_day(row[column]):
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
    elif today and is_day(known) and date.fromisoformat(known) > today:
        yield "known_from_date", f"{known} lies in the future", "write the day it became public"
    for column in LIST_COLUMNS:
        listed = row.get(column, "").split("|") if row.get(column) else []
        if len(listed) > MAX_PARTS:
            yield column, f"{len(listed)} parts are too many", f"{MAX_PARTS} at most, use a group"
        if len(set(listed)) < len(listed) or any(one != one.strip() or not one for one in listed):
            yield column, "a part is empty, has blanks or stands there twice", "separate by | alone"


def _meaning(
    name: str, row: Row, tables: Tables, hs_codes: Collection[str] | None
) -> Iterator[Finding]:
    if name == "policy_register":
        yield from _of_event(row, tables, hs_codes)
        yield from day_findings(row)
        yield from parent_findings(row, tables)
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
    codes = parts(row["hs6_codes"])
    yield from _codes("hs6_codes", codes, hs_codes)
    if bool(codes) != bool(row["hs6_basis"]):
        yield "hs6_basis", "codes have a basis, no codes have none", "stated or inferred"
    if not re.match(r"https?://\S+$", row["source_url"]):
        yield "source_url", "an event has a source that can be opened", "write its address"
    if bool(row["status"]) != bool(row["status_as_of"]):
        yield "status_as_of", "a status has its day, no status has none", "write YYYY-MM-DD"


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
    if row["clause_ref"] not in refs(tables):
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
        for part in parts(row.get(column, "")):
            if part not in known:
                yield column, f"{part!r} is unknown", f"add it to {file_name} or correct it"
