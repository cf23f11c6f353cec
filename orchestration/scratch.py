"""The working folder is scratch: what is damaged there is thrown away and built again."""

from __future__ import annotations

from orchestration.errors import PaxError
from warehouse.rooms import Rooms


def make_fit(rooms: Rooms, *, afresh: bool) -> str | None:
    """Remove a working database that DuckDB cannot open; a note for the person, or None.

    A whole run begins `afresh` in any case: it builds every table, finds none of a model that was
    deleted meanwhile, and need not drop what it replaces. Only a part is built onto what is there.
    """
    if not rooms.database.exists():
        return None
    problem = database_problem(rooms)
    if problem is None:
        if afresh:
            _remove(rooms)
        return None
    if "lock" in problem.lower():
        raise PaxError(
            "another program has the working database open",
            where=str(rooms.database),
            remedy="close it; readers should open current/pax_silica.duckdb instead. "
            f"DuckDB says: {problem}",
        )
    _remove(rooms)
    return f"the working database was damaged and is built from scratch ({problem})"


def _remove(rooms: Rooms) -> None:
    rooms.database.unlink()
    rooms.database.with_name(rooms.database.name + ".wal").unlink(missing_ok=True)


def database_problem(rooms: Rooms) -> str | None:
    """Why the working database cannot be opened, in DuckDB's words; None if it can."""
    import duckdb

    try:
        with duckdb.connect(str(rooms.database), read_only=False) as connection:
            connection.execute("select count(*) from duckdb_columns()").fetchall()
    except duckdb.Error as error:
        return str(error).splitlines()[0][:200]
    return None
