"""The command line `pax`: thin commands that import what they need when they are called.

`pax --help`, `pax status` and `pax query` answer in half a second because nothing heavy is
imported here.
"""

from __future__ import annotations

import typer

from orchestration.cli import query_commands, run_commands, upkeep_commands
from orchestration.cli.error_output import err, handle_cli_errors
from orchestration.cli.policy_app import policy_app
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
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
@handle_cli_errors
def migrate() -> None:
    """Bring a data directory of an older version to the present layout, before any command."""
    from warehouse.storage.migrate import migrate_data_dir

    for step in migrate_data_dir(DataPaths.at()):
        err.print(f"[yellow]data directory migrated:[/yellow] {step}", highlight=False)


# without a name: their commands are those of `pax`
app.add_typer(run_commands.commands)
app.add_typer(query_commands.commands)
app.add_typer(policy_app)
app.add_typer(upkeep_commands.commands)


def main() -> None:
    """The console script."""
    app()


if __name__ == "__main__":
    main()
