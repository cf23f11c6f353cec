"""How a command reads its arguments where the default would take a text for an option."""

from __future__ import annotations

import re
from typing import Any

from typer.core import TyperCommand

#: No option has white space in its name; a SQL comment (`-- so many`) has.
_COMMENT = re.compile(r"--[^=\s]*\s")


class SqlCommand(TyperCommand):
    """A command whose SQL may begin with a comment: it need not be given behind `--`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        comments = [arg for arg in args if _COMMENT.match(arg)]
        if "--" not in args and len(comments) == 1:
            args = [*(arg for arg in args if arg not in comments), "--", *comments]
        return super().parse_args(ctx, args)
