"""The command line `pax`: thin commands that import what they need when they are called.

`pax --help`, `pax status` and `pax query` answer in half a second because nothing heavy is
imported here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.arguments import SqlCommand
from orchestration.cli.error_output import err, examples, handle_cli_errors, out
from orchestration.cli.policy_app import policy_app
from orchestration.errors import UsageError
from warehouse.paths import DataPaths

CODES = (
    "Exit codes: 0 done · 1 a check, a file or the disk failed · 2 usage error · "
    "3 a source was unavailable and nothing newer was published · 4 with --strict: published "
    "without something that was set aside, refused or is stale · 130 interrupted."
)

app = typer.Typer(
    name="pax",
    help="How dependent the partners of Pax Silica are, on whom, at which stage.\n\n"
    "Start with [bold]pax run[/bold], then [bold]pax query[/bold]. All data lies below "
    "[bold]PAX_HOME[/bold] (default: warehouse/data/ of the checkout).",
    epilog=CODES,
    rich_markup_mode="rich",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
@handle_cli_errors
def migrate() -> None:
    """Bring a data directory of an older version to the present layout, before any command."""
    from warehouse.storage.migrate import migrate_data_dir

    for step in migrate_data_dir(DataPaths.at()):
        err.print(f"[yellow]data directory migrated:[/yellow] {step}", highlight=False)


@app.command(
    epilog=examples(
        "pax run", "pax run --live --source worldbank_wgi", "pax run --as-known-on 2025-06-30",
        "pax run --as-known-on 2025-06-30 --activate", "pax run --select partner_dependency+",
    )
)  # fmt: skip
@handle_cli_errors
def run(
    live: Annotated[
        bool, typer.Option("--live", help="Ask the publishers that can be asked.")
    ] = False,
    source: Annotated[
        list[str] | None,
        typer.Option(
            "--source", help="Only ingest this source again (may be repeated); see --force."
        ),
    ] = None,
    as_known_on: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            help="Use nothing published after this day; publish beside the current release.",
        ),
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="The day whose members count as members.")
    ] = None,
    activate: Annotated[
        bool,
        typer.Option("--activate", help="With --as-known-on: make that release the current one."),
    ] = False,
    partition: Annotated[
        list[str] | None,
        typer.Option(help="With --live and one --source: only these, such as A2024."),
    ] = None,
    select: Annotated[
        str | None,
        typer.Option(help="Build only these models (dbt's syntax); publishes nothing."),
    ] = None,
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            "--full",
            help="Build, check and publish even if nothing has changed. A source whose landed "
            "files and checks are unchanged is landed and checked again only if --source names it.",
        ),
    ] = False,
    no_wait: Annotated[
        bool, typer.Option("--no-wait", help="Fail at once if another run is in progress.")
    ] = False,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict", help="Exit with 4 if something was set aside, refused or is stale."
        ),
    ] = False,
) -> None:
    """Land, check, build, check again and publish a release.

    Without options: the figures that come with this checkout, no network, no key. If nothing has
    changed since the last run, it ends within a second. A run that fails or is interrupted leaves
    the current release as it was. Another run in progress is waited for.

    A file that is refused, or a partition that its checks refuse, stops nothing: it is set aside,
    the last good one is used, and the summary, `pax status` and the release name it.

    With --as-known-on the release of that day is published beside the current one: `pax publish
    --list` shows it, `pax query --release ID` reads it.
    """
    from orchestration.cli.run import run as do
    from orchestration.cli.run_parameters import parameters

    chosen = parameters(
        live=live, sources=source or (), partitions=partition or (), as_known_on=as_known_on,
        as_of=as_of, activate=activate, select=select, force=force, strict=strict,
    )  # fmt: skip
    raise typer.Exit(do(DataPaths.at(), chosen, out, wait=not no_wait))


@app.command(epilog=examples("pax status"))
@handle_cli_errors
def status() -> None:
    """Current release and its age, what has landed, files that wait in the inbox."""
    from orchestration.cli.status import show_status

    raise typer.Exit(show_status(DataPaths.at(), out))


@app.command(
    cls=SqlCommand,
    epilog=examples(
        'pax query "select * from marts.dim_bloc"',
        'pax query --format csv --output shares.csv "from marts.production_share"',
        "pax query question.sql", "cat question.sql | pax query -",
        'pax query --release 2025-06 "from marts.publish_info"',
    )
)  # fmt: skip
@handle_cli_errors
def query(
    sql: Annotated[str, typer.Argument(metavar="SQL", help="SQL, a .sql file, or - for stdin.")],
    format: Annotated[
        str, typer.Option("--format", "-f", help="table, csv, json or parquet.")
    ] = "table",
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
    JSON and Parquet are exact.
    """
    from orchestration.cli.query import answer

    if working and release:
        raise UsageError(
            "--working and --release name two databases", remedy="leave out one of them"
        )
    answer(
        DataPaths.at(), sql, format, output, out, working, release, seconds=timeout, memory=memory
    )


@app.command(
    epilog=examples(
        "pax scenario --stop CHN --item gallium --months 12",
        "pax scenario --stop CHN=0.5 --item rare_earths/compound --months 6 --draws 200",
        "pax scenario --stop LIST:US_10USC4872 --item g_magnets --months 12 --scope everyone",
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
    draws: Annotated[
        int, typer.Option(help="Draws from the bands, for 5 to 95 % of each shortage.", max=10_000)
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
        "stock_release_share": stock_release,
    }  # fmt: skip
    request = from_file(file) if file else from_flags(stop or [], item or [], months, assumptions)
    answer_scenario(
        DataPaths.at(), request, out, kind=format, output=output, draws=max(0, draws), seed=seed,
        is_working=working, release=release, is_saved=save,
    )  # fmt: skip


@app.command(
    epilog=examples(
        "pax land usgs_mcs MCS2026_World_Data.csv", "pax land cepii_baci BACI_HS17_V202601.zip",
        "pax land --bundled", "pax land --list", "pax land usgs_mcs --undo 2026",
        "pax land usgs_mcs --again 2026",
    )
)  # fmt: skip
@handle_cli_errors
def land(
    source: Annotated[str | None, typer.Argument(help="The source the files belong to.")] = None,
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATH…", help="Files, zips or folders as downloaded."),
    ] = None,
    show: Annotated[bool, typer.Option("--list", help="Show what has landed.")] = False,
    bundled: Annotated[
        bool, typer.Option("--bundled", help="Land the figures that come with the checkout.")
    ] = False,
    undo: Annotated[
        str | None,
        typer.Option("--undo", metavar="PARTITION", help="Undo the landing of a partition."),
    ] = None,
    again: Annotated[
        str | None,
        typer.Option(
            "--again", metavar="PARTITION", help="Read the raw bytes of a partition again."
        ),
    ] = None,
    forget: Annotated[
        str | None,
        typer.Option("--forget", hidden=True, help="The name of --undo until version 0.1.0."),
    ] = None,
    year: Annotated[
        int | None, typer.Option(help="The year of files that have lost it.", min=1900, max=2100)
    ] = None,
) -> None:
    """Land files that a person downloaded; the next `pax run` uses them.

    A file is recognised by its layout, never by its name. One that fits none is rejected with the
    list of known layouts; what landed before stays.
    """
    from orchestration.cli import land as landing

    paths = DataPaths.at()
    if show:
        landing.show_landed(paths, source, out)
    elif bundled:
        landing.land_bundled(paths, source, out)
    elif source is None:
        landing.show_sources(out)
        raise UsageError("which source?", remedy="pax land SOURCE PATH…")
    elif partition := undo or forget:
        landing.undo(paths, source, partition, out)
    elif again:
        landing.land_again(paths, source, again, out)
    else:
        landing.land(paths, source, files or [], out, year)


@app.command(
    epilog=examples(
        "pax validate trade",
        "pax validate trade --reported comtrade.csv.gz --benchmark baci.csv.gz --year 2022",
    )
)
@handle_cli_errors
def validate(
    what: Annotated[str, typer.Argument(help="What is compared with a benchmark: trade.")],
    reported: Annotated[
        list[Path] | None,
        typer.Option(
            help="Reported trade, any layout of un_comtrade; earlier years train the weights."
        ),
    ] = None,
    benchmark: Annotated[
        Path | None, typer.Option(help="Reconciled trade, any layout of cepii_baci.")
    ] = None,
    year: Annotated[int, typer.Option(help="The year to compare.", min=1988, max=2100)] = 2022,
) -> None:
    """Reconcile reported trade in a temporary data directory and compare it with a benchmark.

    Without files: those of ../shared/data/trade, if that folder exists.
    """
    from orchestration.cli.validate import example
    from orchestration.cli.validate import validate as compare

    if what != "trade":
        raise UsageError(f"{what} has no benchmark", remedy="pax validate trade")
    if not reported and benchmark is None:
        reported, benchmark = example(year)
    if not reported or benchmark is None:
        raise UsageError(
            "both files are needed", remedy="pax validate trade --reported FILE --benchmark FILE"
        )
    compare(reported, benchmark, year, out)


@app.command(
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


@app.command(epilog=examples("pax candidates", "pax candidates --all"))
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


app.add_typer(policy_app)


@app.command(
    epilog=examples(
        "pax publish --list",
        "pax publish --rollback",
        "pax publish --rollback 2026-07",
        "pax publish --unpin",
        "pax publish --activate",
        "pax publish --postgres postgresql://writer@localhost/pax",
    )
)
@handle_cli_errors
def publish(
    release: Annotated[
        str | None, typer.Argument(help="With --rollback: the release id, or its beginning.")
    ] = None,
    rollback: Annotated[
        bool, typer.Option("--rollback", help="Activate an earlier release again.")
    ] = False,
    unpin: Annotated[
        bool,
        typer.Option("--unpin", help="End what a rollback holds: the newest release is current."),
    ] = False,
    show: Annotated[bool, typer.Option("--list", help="Show the releases.")] = False,
    activate: Annotated[
        bool,
        typer.Option(
            "--activate", help="Make it current also if the last run was of an earlier day."
        ),
    ] = False,
    postgres: Annotated[
        str | None,
        typer.Option(
            metavar="DSN",
            help="Publish the current release to this PostgreSQL database, and nothing else. "
            "PAX_POSTGRES_DSN does so after every run, rollback or unpin.",
        ),
    ] = None,
) -> None:
    """Publish what the last whole run built; list releases; activate an earlier one.

    A release that --rollback activates stays current: later runs publish beside it and say so,
    until --unpin.
    """
    from orchestration.cli import releases

    paths = DataPaths.at()
    if release and not rollback:
        raise UsageError(
            "a release id needs --rollback", remedy=f"pax publish --rollback {release}"
        )
    if postgres is not None:
        from orchestration.cli.postgres import publish_current

        publish_current(paths, postgres, out)
    elif show:
        releases.show_releases(paths, out)
    else:
        from orchestration.cli.postgres import publish_if_configured

        if unpin:
            releases.lift_pin(paths, out)
        elif rollback:
            releases.roll_back(paths, release, out)
        else:
            releases.publish_again(paths, out, activate=activate)
        raise typer.Exit(publish_if_configured(paths, out))


@app.command(epilog=examples("pax doctor"))
@handle_cli_errors
def doctor() -> None:
    """Check everything a run needs; each line states what to do."""
    from orchestration.cli.doctor import examine

    raise typer.Exit(examine(DataPaths.at(), out))


@app.command(epilog=examples("pax verify"))
@handle_cli_errors
def verify() -> None:
    """Compare what is stored with its hashes: landed files, raw bytes, releases."""
    from orchestration.cli.doctor import examine

    raise typer.Exit(examine(DataPaths.at(), out, only_stored=True))


@app.command(epilog=examples("pax clean --dry-run", "pax clean --days 30"))
@handle_cli_errors
def clean(
    days: Annotated[int, typer.Option(help="Only what is older than so many days.", min=0)] = 90,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be removed.")] = False,
) -> None:
    """Remove raw bytes that nothing refers to, processed files of the inbox, old logs and runs.

    Releases, landed files, what is set aside and the raw bytes of all of them stay.
    """
    from orchestration.cli.clean import clean as do

    do(DataPaths.at(), days, out, is_dry_run=dry_run)


@app.command(epilog=examples("pax dev", "pax dev --port 3001"))
@handle_cli_errors
def dev(
    port: Annotated[int, typer.Option(help="Port of the UI.")] = 3000,
    host: Annotated[str, typer.Option(help="Address of the UI.")] = "127.0.0.1",
) -> None:
    """Start the Dagster UI with its daemon: all runs, schedules and the inbox sensor."""
    from orchestration.cli.dev import dagster_dev

    dagster_dev(DataPaths.at(), host, port)


@app.command(epilog=examples('eval "$(pax env)"', "pax env"))
@handle_cli_errors
def env() -> None:
    """Print the variables that dagster, dg and dbt need to work on the same data."""
    from orchestration.cli.dev import show_environment

    show_environment(DataPaths.at())


@app.command(epilog=examples("pax docs"))
@handle_cli_errors
def docs() -> None:
    """Build dbt's documentation as one static page; the next release contains it."""
    from orchestration.cli.dev import dbt_docs

    dbt_docs(DataPaths.at(), out)


def main() -> None:
    """The console script."""
    app()


if __name__ == "__main__":
    main()
