"""What answers from a release: `pax status`, `query`, `scenario`, `exposure`, `candidates`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.arguments import SqlCommand
from orchestration.cli.error_output import examples, handle_cli_errors, out
from orchestration.errors import UsageError
from warehouse.paths import DataPaths

commands = typer.Typer(rich_markup_mode="rich")


@commands.command(epilog=examples("pax status"))
@handle_cli_errors
def status() -> None:
    """Current release and its age, what has landed, files that wait in the inbox."""
    from orchestration.cli.status import show_status

    raise typer.Exit(show_status(DataPaths.at(), out))


@commands.command(
    cls=SqlCommand,
    epilog=examples(
        'pax query "select * from marts.dim_bloc"',
        'pax query --output shares.parquet "from marts.production_share"',
        'pax query -f csv "from marts.dim_bloc" | head',
        "pax query question.sql", "cat question.sql | pax query -",
        'pax query --release 2025-06 "from marts.publish_info"',
    )
)  # fmt: skip
@handle_cli_errors
def query(
    sql: Annotated[str, typer.Argument(metavar="SQL", help="SQL, a .sql file, or - for stdin.")],
    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            help="table, csv, json or parquet [as the name of the file ends, else table].",
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to this file.")
    ] = None,
    working: Annotated[
        bool, typer.Option("--working", help="Query the last run: it also has the withheld marts.")
    ] = False,
    release: Annotated[
        str | None,
        typer.Option(
            metavar="ID", help="Query this release (or the beginning of its id), not the current."
        ),
    ] = None,
    timeout: Annotated[
        float, typer.Option(metavar="SECONDS", min=0.1, help="End the query after so long.")
    ] = 60,
    memory: Annotated[
        str, typer.Option(metavar="SIZE", help="End the query if it needs more, such as 4GB.")
    ] = "2GB",
) -> None:
    """Query the current release, or another one. Read-only, without files and network.

    CSV guards spreadsheets: a text that begins like a formula (=, +, -, @) gets an apostrophe;
    JSON and Parquet are exact. Of several statements the last one is answered, and of two columns
    with one name the second gets a number; notes on stderr say so.
    """
    from orchestration.cli.query import answer

    if working and release:
        raise UsageError(
            "--working and --release name two databases", remedy="leave out one of them"
        )
    answer(
        DataPaths.at(), sql, format, output, out, working, release, seconds=timeout, memory=memory
    )


@commands.command(
    epilog=examples(
        "pax scenario --stop CHN --item gallium --months 12",
        "pax scenario --stop CHN=0.5 --item rare_earths/compound --months 6 --draws 200",
        "pax scenario --stop LIST:US_10USC4872 --item g_magnets --months 12 --scope everyone",
        "pax scenario --stop CHN --item g_magnets --months 12 --year 2030",
        "pax scenario stop.yml --format parquet --output stop.parquet",
    )
)
@handle_cli_errors
def scenario(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE.yml", help="Keys: stop, items, months, and assumptions."),
    ] = None,
    stop: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID[=SHARE]", help="A supplier that stops, or LIST:<list>; may be repeated."
        ),
    ] = None,
    item: Annotated[
        list[str] | None,
        typer.Option(metavar="ITEM[/STAGE]", help="What it stops to deliver; may be repeated."),
    ] = None,
    months: Annotated[int, typer.Option(help="For how many months.")] = 12,
    scope: Annotated[
        str | None, typer.Option(help="To whom it stops: partners (default) or everyone.")
    ] = None,
    third_floor: Annotated[
        float | None,
        typer.Option(help="Share of others' exports to third countries that stays there [0.9]."),
    ] = None,
    sharing_limit: Annotated[
        float | None,
        typer.Option(help="Share of its own demand that a partner gives up at most [0.1]."),
    ] = None,
    ramp_months: Annotated[
        int | None, typer.Option(help="Months until idle capacity runs fully [12].")
    ] = None,
    stock_release: Annotated[
        float | None, typer.Option(help="Share of its stock that a partner releases [0.5].")
    ] = None,
    year: Annotated[
        int | None,
        typer.Option(help="With what projects are expected to add by then [base year alone]."),
    ] = None,
    draws: Annotated[
        int,
        typer.Option(
            help="Draws from the bands, for 5 to 95 % of each shortage.", min=0, max=10_000
        ),
    ] = 0,
    seed: Annotated[int, typer.Option(help="Seed of the draws.")] = 1,
    format: Annotated[str, typer.Option("--format", "-f", help="table, csv or parquet.")] = "table",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write all rows to this file.")
    ] = None,
    save: Annotated[
        bool, typer.Option("--save", help="Also store the rows beside the release.")
    ] = False,
    working: Annotated[
        bool, typer.Option("--working", help="Ask the last run: it also has the withheld marts.")
    ] = False,
    release: Annotated[
        str | None, typer.Option(metavar="ID", help="Ask this release, not the current one.")
    ] = None,
) -> None:
    """Who runs short if a supplier stops, and how much the other partners can cover."""
    from orchestration.cli.scenario import answer_scenario
    from orchestration.cli.scenario_request import from_file, from_flags

    if file is not None and (stop or item):
        raise UsageError("a file and flags name two scenarios", remedy="leave out one of them")
    if working and release:
        raise UsageError(
            "--working and --release name two databases", remedy="leave out one of them"
        )
    assumptions = {
        "stop_scope": scope, "third_floor_share": third_floor,
        "sharing_limit_share": sharing_limit, "ramp_months": ramp_months,
        "stock_release_share": stock_release, "capacity_year": year,
    }  # fmt: skip
    request = from_file(file) if file else from_flags(stop or [], item or [], months, assumptions)
    answer_scenario(
        DataPaths.at(), request, out, kind=format, output=output, draws=draws, seed=seed,
        is_working=working, release=release, is_saved=save,
    )  # fmt: skip


@commands.command(
    epilog=examples(
        "pax exposure docs/examples/suppliers.csv",
        "pax exposure suppliers.csv --buyer DEU --output answer.csv",
    )
)
@handle_cli_errors
def exposure(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV with the columns item, origin, value_usd.")
    ],
    buyer: Annotated[
        str | None,
        typer.Option(metavar="ISO", help="The buyer's country, ISO alpha-3, such as DEU."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to this .csv or .parquet file.")
    ] = None,
    release: Annotated[
        str | None, typer.Option(metavar="ID", help="Ask this release, not the current one.")
    ] = None,
) -> None:
    """Your own suppliers against the release: controls in force, concentration, alternatives.

    The list is read on this machine, answered, and kept nowhere. An item is an HS code, or an id or
    name of a material or good; an origin is an ISO code or an English name. Without --buyer a
    control against some countries only counts in the high figure.
    """
    from orchestration.cli.exposure import answer

    answer(DataPaths.at(), file, buyer, output, release, out)


@commands.command(epilog=examples("pax candidates", "pax candidates --all"))
@handle_cli_errors
def candidates(
    everything: Annotated[
        bool, typer.Option("--all", help="Also acts that the register already has.")
    ] = False,
) -> None:
    """Acts without a row in the policy register: of documents, trackers and the Federal Register.

    Of the last document all acts are shown, also those that the register has.
    """
    from orchestration.cli.policy_candidates import show_candidates
    from orchestration.cli.unmatched_acts import show_unmatched_acts

    show_candidates(DataPaths.at(), out, everything=everything)
    show_unmatched_acts(DataPaths.at(), out, everything=everything)
