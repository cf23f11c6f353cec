"""What keeps a data directory in order: `pax doctor`, `verify`, `clean`, `dev`, `env`, `docs`."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.cli.error_output import examples, handle_cli_errors, out
from warehouse.paths import DataPaths

commands = typer.Typer(rich_markup_mode="rich")


@commands.command(epilog=examples("pax doctor"))
@handle_cli_errors
def doctor() -> None:
    """Check everything a run needs; each line states what to do."""
    from orchestration.cli.doctor import examine

    raise typer.Exit(examine(DataPaths.at(), out))


@commands.command(epilog=examples("pax verify", "pax verify s3://bucket/pax"))
@handle_cli_errors
def verify(
    uri: Annotated[
        str | None, typer.Argument(help="Verify the current release of a copy instead.")
    ] = None,
) -> None:
    """Compare what is stored with its hashes: landed files, raw bytes, releases."""
    if uri is not None:
        from orchestration.cli.object_storage import verify_copied

        raise typer.Exit(verify_copied(uri, out))
    from orchestration.cli.doctor import examine

    raise typer.Exit(examine(DataPaths.at(), out, only_stored=True))


@commands.command(epilog=examples("pax clean --dry-run", "pax clean --days 30"))
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


@commands.command(epilog=examples("pax dev", "pax dev --port 3001"))
@handle_cli_errors
def dev(
    port: Annotated[int, typer.Option(help="Port of the UI.")] = 3000,
    host: Annotated[str, typer.Option(help="Address of the UI.")] = "127.0.0.1",
) -> None:
    """Start the Dagster UI with its daemon: all runs, schedules and the inbox sensor."""
    from orchestration.cli.dev import dagster_dev

    dagster_dev(DataPaths.at(), host, port)


@commands.command(epilog=examples('eval "$(pax env)"', "pax env"))
@handle_cli_errors
def env() -> None:
    """Print the variables that dagster, dg and dbt need to work on the same data."""
    from orchestration.cli.dev import show_environment

    show_environment(DataPaths.at())


@commands.command(epilog=examples("pax docs"))
@handle_cli_errors
def docs() -> None:
    """Build dbt's documentation as one static page; the next release contains it."""
    from orchestration.cli.dev import dbt_docs

    dbt_docs(DataPaths.at(), out)
