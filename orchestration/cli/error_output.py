"""Output of the command line: its two consoles, the examples, and errors with their remedy."""

from __future__ import annotations

import functools
import os
import sys
import traceback
from collections.abc import Callable

import typer
from rich.console import Console
from rich.markup import escape

from orchestration.errors import INTERRUPTED, PaxError, explain

#: In a pipe or a log, tables are as wide as they need: nothing folds lines there.
_WIDTH = None if sys.stdout.isatty() or "COLUMNS" in os.environ else 200
out = Console(width=_WIDTH)
err = Console(stderr=True)


def examples(*lines: str) -> str:
    return "Examples:\n\n" + "\n\n".join(f"  [cyan]{line}[/cyan]" for line in lines)


def handle_cli_errors(command: Callable[..., None]) -> Callable[..., None]:
    """Print an error as what, where, what to do, and end with its exit code."""

    @functools.wraps(command)
    def guarded(*args: object, **kwargs: object) -> None:
        try:
            command(*args, **kwargs)
        except typer.Exit:
            raise
        except KeyboardInterrupt:
            err.print("[yellow]interrupted:[/yellow] the current release is as it was; "
                      "`pax run` starts again")  # fmt: skip
            raise typer.Exit(INTERRUPTED) from None
        except Exception as error:
            raise _print_error(_explained(error)) from None

    return guarded


def _explained(error: Exception) -> PaxError:
    """The error with its place and remedy; an unknown one is a mistake of the program."""
    if known := explain(error):
        return known
    err.print(escape(traceback.format_exc()), style="dim", highlight=False)
    return PaxError("this is a mistake of the program, not yours", remedy="run `pax doctor`")


def _print_error(error: PaxError) -> typer.Exit:
    err.print(f"[bold red]error:[/bold red] {escape(error.what)}", highlight=False, soft_wrap=True)
    if error.where:
        err.print(f"  where: {escape(error.where)}", highlight=False, soft_wrap=True)
    if error.remedy:
        err.print(f"  what to do: {escape(error.remedy)}", highlight=False, soft_wrap=True)
    return typer.Exit(error.exit_code)
