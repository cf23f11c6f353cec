"""The commands `pax policy`: add an event to the register, or check the registers, before a run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.error_output import examples, handle_cli_errors, out

policy_app = typer.Typer(
    name="policy",
    help="Add an event to the policy register, or check the registers, before a run.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    epilog=examples("pax policy add --file events.csv", "pax policy check"),
)


@policy_app.command(
    epilog=examples(
        "pax policy add --file events.csv",
        "pax policy add event_id=USA-2027-02-COPPER announced_date=2027-02-01 issuer_ids=USA …",
        "pax policy add --check --file events.csv",
    )
)
@handle_cli_errors
def add(
    cells: Annotated[
        list[str] | None,
        typer.Argument(metavar="FIELD=VALUE…", help="The cells of one event; the rest is empty."),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(help="A CSV file of events: all columns, some with a header, or bare lines."),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Check only, write nothing.")] = False,
) -> None:
    """Add events to the policy register, all of them or none.

    Every mistake is listed with its event, its field and what would be right. What follows from
    other cells (known_from_date, its basis, the day of an end) may be left out. A register without
    mistakes stops no run.
    """
    from datetime import date

    from orchestration.cli.policy_register import add as do

    do(cells or [], file, out, only_check=check, today=date.today())


@policy_app.command("check", epilog=examples("pax policy check"))
@handle_cli_errors
def check_registers() -> None:
    """Check every row of the policy registers: events, clauses, codes, exceptions."""
    from datetime import date

    from orchestration.cli.policy_register import check as do

    do(out, date.today())
