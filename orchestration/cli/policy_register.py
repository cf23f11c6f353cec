"""`pax policy`: add an event to the policy register, or check what is in it, before any run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from orchestration.cli.run_summary import table
from orchestration.errors import PaxError, UsageError
from warehouse.registers import policy_rows
from warehouse.registers.policy_rules import Problem, problems
from warehouse.registers.policy_vocabulary import Row


def add(
    cells: Sequence[str],
    file: Path | None,
    console: Console,
    *,
    only_check: bool = False,
    today: date | None = None,
    seeds: Path = policy_rows.SEEDS,
) -> None:
    """Add events to the register, all of them or none; each mistake with its field and remedy.

    Args:
        cells: `field=value` of one event.
        file: CSV with the register's header, some of its columns, or lines without a header.
        only_check: write nothing.
        today: nothing can be known later than this day.
        seeds: the folder of the seeds.

    Raises:
        UsageError: no event, both ways at once, an unknown field, or a row with mistakes.
    """
    rows = _rows(cells, file, seeds)
    found = policy_rows.check_events(rows, today, seeds)
    if found:
        _show(found, console)
        raise UsageError(
            f"{len(found)} mistakes in {len(rows)} events; nothing was added",
            remedy="correct what the table names, then give the command again",
        )
    if only_check:
        console.print(f"{len(rows)} events have no mistake; nothing was written")
        return
    path = policy_rows.add_events(rows, seeds)
    names = ", ".join(row["event_id"] for row in rows)
    console.print(f"added to {path.name}: {escape(names)}; `pax run` uses them")


def check(console: Console, today: date | None = None) -> None:
    """Check every row of the policy registers.

    Raises:
        PaxError: a register has mistakes; the table names them.
    """
    registers = policy_rows.read_registers()
    found = problems(registers, policy_rows.read_hs_codes(), today)
    if found:
        _show(found, console)
        raise PaxError(f"{len(found)} mistakes in the policy registers",
                       remedy="correct what the table names")  # fmt: skip
    n_events = len(registers["policy_register"])
    console.print(f"{n_events} events and their clauses, codes and exceptions have no mistake")


def _rows(cells: Sequence[str], file: Path | None, seeds: Path) -> list[Row]:
    header = policy_rows.register_header(seeds)
    if bool(cells) == bool(file):
        raise UsageError(
            "an event is given as field=value, or as a file",
            remedy="pax policy add event_id=… announced_date=…, or pax policy add --file FILE; "
            f"the fields are {', '.join(header)}",
        )
    if file is not None:
        if not file.is_file():
            raise UsageError("there is no such file", where=str(file))
        try:
            events = policy_rows.parse_events(file.read_text(encoding="utf-8-sig"), seeds)
        except (ValueError, UnicodeDecodeError) as error:
            raise UsageError(str(error), where=str(file), remedy="correct the file") from error
        if not events:
            raise UsageError("the file has no event", where=str(file))
        return [policy_rows.complete_event(event, seeds) for event in events]
    event: dict[str, str] = {}
    for cell in cells:
        name, is_pair, value = cell.partition("=")
        if not is_pair or name not in header:
            raise UsageError(
                f"{cell!r} is no field=value of the register",
                remedy=f"the fields are {', '.join(header)}",
            )
        event[name] = value
    return [policy_rows.complete_event(event, seeds)]


def _show(found: Sequence[Problem], console: Console) -> None:
    shown = table("event", "field", "mistake", "what to do")
    for problem in found:
        shown.add_row(*(escape(text) for text in (
            problem.row_id, problem.field, problem.what, problem.remedy,
        )))  # fmt: skip
    console.print(shown)
