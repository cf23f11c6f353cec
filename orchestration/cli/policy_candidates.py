"""`pax candidates`: acts out of documents, those that wait for a row of the policy register first.

Nothing is written anywhere: each act is shown with its evidence and with a register row to paste
into `dbt_project/seeds/curated/policy_register.csv` once a person has read the source. Acts of the
document landed last are shown also where the register has them, with the parties that differ.
"""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pyarrow.parquet as pq
from rich.console import Console
from rich.markup import escape

from orchestration.cli.run_summary import table
from orchestration.errors import PaxError
from warehouse.paths import DBT_PROJECT, DataPaths
from warehouse.storage.read_only import open_reading

REGISTER = DBT_PROJECT / "seeds" / "curated" / "policy_register.csv"
_ASK = """
    with files as (
        select payload_sha256, min(file_name) as file_name, max(retrieved_at) as retrieved_at
        from load_records group by payload_sha256
    ),
    candidates as (
        select
            candidate.*, files.file_name,
            files.retrieved_at = max(files.retrieved_at) over () as is_of_last_document
        from marts.event_candidate as candidate
        left join files using (payload_sha256)
    )
    select * from candidates
    where is_pending_review or is_of_last_document or ?
    order by is_pending_review desc, score desc, document_id, act_number
"""
#: Only what the text itself settles; the rest is for the person who reads the source.
_DIRECTION = {"agreement": "cooperative", "subsidy": "cooperative", "stockpile": "cooperative"}
_LEFT_OPEN = "?"


def show_candidates(paths: DataPaths, console: Console, *, everything: bool = False) -> None:
    """What waits, the surest first, and the last document; with `everything` all documents."""
    rows = candidates(paths, everything=everything)
    if not rows:
        console.print("no candidate waits: `pax land policy_news FILE…`, then `pax run`")
        return
    shown = table("document:offset", "act", "when", "parties", "targets", "on", "modality",
                  "score>", "in the register")  # fmt: skip
    for row in rows:
        place = f"{row['file_name'] or row['document_id']}:{row['evidence_offset']}"
        act = " ".join(filter(None, (row["instrument"], row["change"])))
        shown.add_row(*[escape(str(cell or "·")) for cell in (
            place, act, _when(row), row["party_ids"], row["target_ids"],
            row["item_labels"], row["modality"], row["score"], _register_entry(row),
        )])  # fmt: skip
    console.print(shown)
    typed = [row for row in rows if row["measure_type"]]
    if typed:
        console.print(f"read the source, fill in what is {_LEFT_OPEN}, paste into {REGISTER.name}:")
        for row in typed:
            if not row["is_pending_review"]:
                entry = _register_entry(row)
                console.print(f"# in the register: {entry}", highlight=False, soft_wrap=True,
                              markup=False)  # fmt: skip
            console.print(register_row(row), highlight=False, soft_wrap=True, markup=False)


def _when(row: dict[str, Any]) -> str | None:
    """The day of the act, its first and its last day, as far as the text has them."""
    parts = (("", "act_date"), ("from ", "effective_date"), ("until ", "end_date"))
    return ", ".join(f"{word}{row[name]}" for word, name in parts if row[name]) or None


def _register_entry(row: dict[str, Any]) -> str | None:
    """The matched event, and the parties that only one of both names."""
    if not row["matched_event_id"]:
        return None
    differences = [
        f"{where}: {row[name]}"
        for where, name in (("only there", "parties_only_in_register"),
                            ("only here", "parties_only_in_text"))
        if row[name]
    ]  # fmt: skip
    return " ".join([row["matched_event_id"], *(f"({one})" for one in differences)])


def candidates(paths: DataPaths, *, everything: bool = False) -> list[dict[str, Any]]:
    """Rows of `event_candidate` of the working database: no release contains the mart."""
    load_records = paths.landing / "run" / "load_records" / "load_records.parquet"
    if not paths.database.is_file() or not load_records.is_file():
        raise PaxError("nothing has been built yet", remedy="`pax run` builds the candidates")
    connection = open_reading(paths.database)
    try:
        # a hardened connection reads no files: load records come as a table
        connection.register("load_records", pq.read_table(load_records))
        found = connection.execute(_ASK, [everything])
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    finally:
        connection.close()


def _precision(row: dict[str, Any]) -> str:
    """The precision of the row's days; mixed where the act and its effect differ in it."""
    found = {row["date_precision"], row["effective_precision"]} - {None}
    return "mixed" if len(found) > 1 else next(iter(found), _LEFT_OPEN)


def register_row(row: dict[str, Any]) -> str:
    """The act as a line of the register, in the order of the register's own header."""
    with REGISTER.open(encoding="utf-8", newline="") as handle:
        header = next(csv.reader(handle))
    announced = row["act_date"] or row["dateline_date"]
    day: date = row["act_date"] or row["effective_date"] or row["dateline_date"]
    first = (row["party_ids"] or _LEFT_OPEN).split("|")[0]
    name = str(row["instrument"]).upper().replace(" ", "-")
    known = {
        "event_id": f"{first}-{day:%Y-%m}-{name}",
        "announced_date": announced,
        "effective_date": row["effective_date"],
        "end_date": row["end_date"],
        "end_kind": "expires" if row["end_date"] else None,
        "date_precision": _precision(row),
        "issuer_ids": row["party_ids"] or _LEFT_OPEN,
        "target_ids": row["target_ids"] or _LEFT_OPEN,
        "measure_type": row["measure_type"],
        "direction": _DIRECTION.get(row["measure_type"], _LEFT_OPEN),
        "item_labels": row["item_labels"],
        "status": "announced" if row["modality"] == "announced" else _LEFT_OPEN,
        "status_as_of": row["dateline_date"],
        "is_extraterritorial": "false",
        "relation_to_parent": row["change"],
        "title": _LEFT_OPEN,
        "source_title": _LEFT_OPEN,
        "source_url": _LEFT_OPEN,
        "verified_via": "page",
        "confidence": "medium",
        "note": f"candidate {row['document_id']}/{row['act_number']}",
        "known_from_date": announced,
        "known_from_basis": "announced",
    }
    text = io.StringIO()
    line = ["" if known.get(name) is None else str(known[name]) for name in header]
    csv.writer(text, lineterminator="").writerow(line)
    return text.getvalue()
