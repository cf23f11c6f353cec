"""The working folder is scratch: what is damaged there is thrown away and built again."""

from __future__ import annotations

from orchestration.errors import PaxError
from warehouse.paths import DataPaths


def reset_working_database(paths: DataPaths, *, afresh: bool) -> str | None:
    """Remove a working database that DuckDB cannot open; a note for the person, or None.

    A whole run begins `afresh` in any case: it builds every table, finds none of a model that was
    deleted meanwhile, and need not drop what it replaces. Only a part is built onto what is there.
    """
    if not paths.database.exists():
        return None
    problem = database_problem(paths)
    if problem is None:
        if afresh:
            _remove(paths)
        return None
    if "lock" in problem.lower():
        raise PaxError(
            "another program has the working database open",
            where=str(paths.database),
            remedy="close it; readers should open current/pax_silica.duckdb instead. "
            f"DuckDB says: {problem}",
        )
    _remove(paths)
    return f"the working database was damaged and is built from scratch ({problem})"


def _remove(paths: DataPaths) -> None:
    paths.database.unlink()
    paths.database.with_name(paths.database.name + ".wal").unlink(missing_ok=True)


def database_problem(paths: DataPaths) -> str | None:
    """Why the working database cannot be opened, in DuckDB's words; None if it can."""
    import duckdb

    try:
        with duckdb.connect(str(paths.database), read_only=False) as connection:
            connection.execute("select count(*) from duckdb_columns()").fetchall()
    except duckdb.Error as error:
        return str(error).splitlines()[0][:200]
    return None
