"""Reading the policy registers and adding events to them; a row with a mistake is never added."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pyarrow.dataset as ds

from warehouse.paths import DBT_PROJECT, PROJECT
from warehouse.registers.policy_rules import Problem, problems
from warehouse.registers.policy_vocabulary import Row

SEEDS = DBT_PROJECT / "seeds"
FILES = {
    "policy_register": "curated", "policy_clauses": "curated", "policy_clause_products": "curated",
    "policy_excluded_targets": "curated", "countries": "reference", "item_labels": "reference",
    "measure_severity": "reference",
}  # fmt: skip
#: Cells that follow from others, or have a usual value, where a new row leaves them empty.
USUAL = {"date_precision": "day", "is_extraterritorial": "false", "known_from_basis": "announced"}


def read_registers(seeds: Path = SEEDS) -> dict[str, list[Row]]:
    """The rows of the policy registers and of their vocabularies, by file name."""
    return {name: _read(seeds / folder / f"{name}.csv") for name, folder in FILES.items()}


def read_hs_codes() -> frozenset[str]:
    """HS6 codes of every revision that comes with the checkout."""
    codes = ds.dataset(PROJECT / "sources" / "un_hs" / "bundled" / "codes", format="parquet")
    return frozenset(codes.to_table(columns=["product_code"])["product_code"].to_pylist())


def parse_events(text: str, seeds: Path = SEEDS) -> list[dict[str, str]]:
    """Events out of CSV text, with the register's header, some of its columns, or no header.

    Raises:
        ValueError: a column that the register does not have, or another number of cells.
    """
    header = register_header(seeds)
    lines = [line for line in csv.reader(io.StringIO(text)) if any(line)]
    columns = lines.pop(0) if lines and "event_id" in lines[0] else header
    if unknown := [name for name in columns if name not in header]:
        raise ValueError(f"unknown columns: {', '.join(unknown)}; known: {', '.join(header)}")
    for number, line in enumerate(lines, start=1):
        if len(line) != len(columns):
            raise ValueError(
                f"row {number} has {len(line)} cells and not {len(columns)}; a text with a comma "
                "stands in double quotes"
            )
    return [dict(zip(columns, line, strict=True)) for line in lines]


def complete_event(cells: Mapping[str, str], seeds: Path = SEEDS) -> dict[str, str]:
    """A row with every column of the register: what follows from other cells is filled in."""
    row = {name: cells.get(name, "").strip() for name in register_header(seeds)}
    for column, value in USUAL.items():
        row[column] = row[column] or value
    row["known_from_date"] = (
        row["known_from_date"] or row["announced_date"] or row["effective_date"]
    )
    if row["end_date"]:
        row["end_known_from_date"] = row["end_known_from_date"] or row["known_from_date"]
    if not row["announced_date"] and not cells.get("known_from_basis"):
        row["known_from_basis"] = "inferred"
    return row


def check_events(
    events: Sequence[Row], today: date | None = None, seeds: Path = SEEDS
) -> list[Problem]:
    """What the registers would have wrong with these events added, and without them not."""
    tables = read_registers(seeds)
    codes = read_hs_codes()
    before = set(problems(tables, codes, today))
    grown = {**tables, "policy_register": [*tables["policy_register"], *events]}
    return [problem for problem in problems(grown, codes, today) if problem not in before]


def add_events(events: Sequence[Row], seeds: Path = SEEDS) -> Path:
    """Append events to `policy_register.csv`, all of them in one replacement of the file."""
    path = seeds / "curated" / "policy_register.csv"
    text = io.StringIO()
    writer = csv.DictWriter(text, register_header(seeds), lineterminator="\n")
    writer.writerows(events)
    before = path.read_text(encoding="utf-8")
    new = path.with_suffix(".csv.new")
    new.write_text(before + ("" if before.endswith("\n") else "\n") + text.getvalue(),
                   encoding="utf-8")  # fmt: skip
    new.replace(path)
    return path


def register_header(seeds: Path = SEEDS) -> list[str]:
    """The columns of the register in the order of its file."""
    path = seeds / "curated" / "policy_register.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        return next(csv.reader(handle))


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list[Row](csv.DictReader(handle, strict=True))
