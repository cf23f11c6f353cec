"""`pax candidates`: acts out of documents that wait for a row of the policy register.

Nothing is written anywhere: each act is shown with its evidence and with a register row to paste
into `dbt_project/seeds/curated/policy_register.csv` once a person has read the source.
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
    select candidate.*, load_record.file_name
    from marts.event_candidate as candidate
    left join (
        select payload_sha256, min(file_name) as file_name
        from load_records group by payload_sha256
    ) as load_record using (payload_sha256)
    where is_pending_review or ?
    order by score desc, document_id, act_number
"""
#: Only what the text itself settles; the rest is for the person who reads the source.
_DIRECTION = {"agreement": "cooperative", "subsidy": "cooperative", "stockpile": "cooperative"}
_LEFT_OPEN = "?"


def show_candidates(paths: DataPaths, console: Console, *, everything: bool = False) -> None:
    """What waits, the surest first; with `everything` also what the register already has."""
    rows = candidates(paths, everything=everything)
    if not rows:
        console.print("no candidate waits: `pax land policy_news FILE…`, then `pax run`")
        return
    shown = table("document", "act", "when", "parties", "targets", "on", "modality", "score>",
                  "in the register")  # fmt: skip
    for row in rows:
        place = f"{row['file_name'] or row['document_id']}:{row['evidence_offset']}"
        when = row["act_date"] or row["effective_date"]
        shown.add_row(*[escape(str(cell or "·")) for cell in (
            place, row["instrument"], when, row["party_ids"], row["target_ids"],
            row["item_labels"], row["modality"], row["score"], row["matched_event_id"],
        )])  # fmt: skip
    console.print(shown)
    waiting = [row for row in rows if row["is_pending_review"] and row["measure_type"]]
    if waiting:
        console.print(f"read the source, fill in what is {_LEFT_OPEN}, paste into {REGISTER.name}:")
        for row in waiting:
            console.print(register_row(row), highlight=False, soft_wrap=True, markup=False)


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
        "date_precision": row["date_precision"] or _LEFT_OPEN,
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
