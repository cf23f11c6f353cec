"""What builds and publishes: `pax run`, `land`, `publish`, `validate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.error_output import examples, handle_cli_errors, out
from orchestration.errors import UsageError
from warehouse.paths import DataPaths

commands = typer.Typer(rich_markup_mode="rich")


@commands.command(
    epilog=examples(
        "pax run", "pax run --live --source worldbank_wgi", "pax run --as-known-on 2025-06-30",
        "pax run --as-known-on 2025-06-30 --activate", "pax run --select partner_dependency+",
        "pax run --engine spark",
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
    since: Annotated[
        str | None,
        typer.Option(
            metavar="MONTH",
            help="With --live: of publishers asked by month every month from this one on that has "
            "not been asked yet, such as 2017.",
        ),
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
            help="Make every table anew, check and publish, even if nothing has changed. A source "
            "whose landed files and checks are unchanged is landed and checked again only if "
            "--source names it.",
        ),
    ] = False,
    engine: Annotated[
        str,
        typer.Option(
            help="duckdb, or spark: the trade models on Spark, all tables anew (docs/spark.md)."
        ),
    ] = "duckdb",
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
    changed since the last run, it ends within a second; else the tables are built that descend from
    a source that has changed, or all of them with --full. A run that fails or is interrupted leaves
    the current release as it was. Another run in progress is waited for.

    A file that is refused, or a partition that its checks refuse, stops nothing: it is set aside,
    the last good one is used, and the summary, `pax status` and the release name it.

    With --as-known-on the release of that day is published beside the current one: `pax publish
    --list` shows it, `pax query --release ID` reads it.
    """
    from orchestration.cli.run import run as do
    from orchestration.cli.run_parameters import parameters

    chosen = parameters(
        live=live, sources=source or (), partitions=partition or (), since=since,
        as_known_on=as_known_on, as_of=as_of, activate=activate, select=select, force=force,
        engine=engine, strict=strict,
    )  # fmt: skip
    raise typer.Exit(do(DataPaths.at(), chosen, out, wait=not no_wait))


@commands.command(
    epilog=examples(
        "pax land usgs_mcs MCS2026_World_Data.csv", "pax land cepii_baci BACI_HS17_V202601.zip",
        "pax land un_comtrade s3://bucket/comtrade/2026/",
        "pax land --bundled", "pax land --list", "pax land usgs_mcs --undo 2026",
        "pax land usgs_mcs --again 2026",
    )
)  # fmt: skip
@handle_cli_errors
def land(
    source: Annotated[str | None, typer.Argument(help="The source the files belong to.")] = None,
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH…", help="Files, zips or folders as downloaded, or s3://bucket/key."
        ),
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
    list of known layouts; what landed before stays. An object, or all below a prefix, is read from
    object storage (s3://, gs://, abfss://).
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


@commands.command(epilog=examples("pax releases", 'pax query --release 2026-07 "show tables"'))
@handle_cli_errors
def releases() -> None:
    """Show the releases: which one is current, which one a rollback holds."""
    from orchestration.cli.releases import show_releases

    show_releases(DataPaths.at(), out)


@commands.command(
    epilog=examples(
        "pax publish --list",
        "pax publish --rollback",
        "pax publish --rollback 2026-07",
        "pax publish --unpin",
        "pax publish --activate",
        "pax publish --postgres postgresql://writer@localhost/pax",
        "pax publish --to s3://bucket/pax",
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
    show: Annotated[bool, typer.Option("--list", help="As pax releases.")] = False,
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
    to: Annotated[
        str | None,
        typer.Option(
            metavar="URI",
            help="Copy the current release to object storage (s3://, gs://, abfss://), verify it "
            "there, then write current.json; and nothing else.",
        ),
    ] = None,
) -> None:
    """Publish what the last whole run built; list releases; activate an earlier one.

    A release that --rollback activates stays current: later runs publish beside it and say so,
    until --unpin.
    """
    from orchestration.cli.releases import lift_pin, publish_again, roll_back, show_releases

    paths = DataPaths.at()
    if release and not rollback:
        raise UsageError(
            "a release id needs --rollback", remedy=f"pax publish --rollback {release}"
        )
    if postgres is not None:
        from orchestration.cli.postgres import publish_current

        publish_current(paths, postgres, out)
    elif to is not None:
        from orchestration.cli.object_storage import copy_current

        copy_current(paths, to, out)
    elif show:
        show_releases(paths, out)
    else:
        from orchestration.cli.notice import announce
        from orchestration.cli.postgres import publish_if_configured

        if unpin:
            lift_pin(paths, out)
        elif rollback:
            roll_back(paths, release, out)
        else:
            publish_again(paths, out, activate=activate)
        announce(paths, out)
        raise typer.Exit(publish_if_configured(paths, out))


@commands.command(
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
