"""How the command line speaks: its two consoles, the examples, and errors told as words."""

from __future__ import annotations

import functools
import os
import sys
import traceback
from collections.abc import Callable

import typer
from rich.console import Console
from rich.markup import escape

from orchestration.errors import INTERRUPTED, PaxError

#: Into a pipe or a log, tables are as wide as they need: nobody folds lines there.
_WIDTH = None if sys.stdout.isatty() or "COLUMNS" in os.environ else 200
out = Console(width=_WIDTH)
err = Console(stderr=True)


def examples(*lines: str) -> str:
    return "Examples:\n\n" + "\n\n".join(f"  [cyan]{line}[/cyan]" for line in lines)


def handle_cli_errors(command: Callable[..., None]) -> Callable[..., None]:
    """Turn errors into words and an exit code: what, where, what to do; never a dump of locals."""

    @functools.wraps(command)
    def guarded(*args: object, **kwargs: object) -> None:
        try:
            command(*args, **kwargs)
        except typer.Exit:
            raise
        except KeyboardInterrupt:
            err.print("[yellow]interrupted:[/yellow] the release that is served is as it was; "
                      "`pax run` starts again")  # fmt: skip
            # dbt's threads may still be inside DuckDB: a tidy exit would abort in their midst
            os._exit(INTERRUPTED)
        except PaxError as error:
            raise _tell(error) from None
        except Exception as error:
            raise _tell(_of_another_room(error)) from None

    return guarded


def _of_another_room(error: Exception) -> PaxError:
    """Errors of the other rooms know their place and remedy themselves; others are ours."""
    from orchestration.cli.error_mapping import explained

    if known := explained(error):
        return known
    err.print(escape(traceback.format_exc()), style="dim", highlight=False)
    return PaxError("this is a mistake of the program, not yours", remedy="`pax doctor` may tell")


def _tell(error: PaxError) -> typer.Exit:
    err.print(f"[bold red]error:[/bold red] {escape(error.what)}", highlight=False, soft_wrap=True)
    if error.where:
        err.print(f"  where: {escape(error.where)}", highlight=False, soft_wrap=True)
    if error.remedy:
        err.print(f"  what to do: {escape(error.remedy)}", highlight=False, soft_wrap=True)
    return typer.Exit(error.exit_code)
