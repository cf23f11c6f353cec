"""What the SQL linter sees as dbt's `adapter`: it lints without a database to dispatch on."""

from collections.abc import Callable


def dispatch(name: str, *_: object) -> Callable[..., str]:
    """A stand-in for the macro `name`: some expression, so that the query around it parses."""
    return lambda *arguments, **named: f"{name}(1)"
