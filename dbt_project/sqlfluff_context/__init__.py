"""What dbt adds to Jinja besides this project's macros, for sqlfluff: it renders without dbt.

Named by `library_path` of `[tool.sqlfluff.templater.jinja]`. The linter needs an expression of the
right form, not the one of an adapter.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace


def _call(function: str) -> Callable[..., str]:
    return lambda *_: f"{function}()"


#: Dispatched macros that are a clause or nothing, not an expression.
_CLAUSES = {"only_changed_periods", "delete_changed_periods", "record_built_periods"}


def _dispatch(macro: str, macro_namespace: str | None = None) -> Callable[..., str]:
    return (lambda *_: "") if macro in _CLAUSES else _call(macro)


adapter = SimpleNamespace(dispatch=_dispatch)
dbt = SimpleNamespace(
    hash=lambda text: f"md5({text})",
    listagg=_call("listagg"),
    datediff=_call("datediff"),
    dateadd=_call("dateadd"),
)
