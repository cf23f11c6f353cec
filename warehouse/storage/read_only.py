"""Hardened read-only connections to a DuckDB file.

`read_only` alone is not a sandbox: such a connection may still read any file of the machine and
write to disk with `copy`. The settings below forbid that, and forbid changing them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

Config = dict[str, str | bool | int | float | list[str]]

#: The last one locks the others.
HARDENED: Config = {
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "lock_configuration": True,
}


def open_reading(
    database: Path, *, threads: int = 2, memory_limit: str = "2GB", spill: Path | None = None
) -> duckdb.DuckDBPyConnection:
    """A read-only connection that cannot read files, write files or change its settings.

    Sorts that outgrow `memory_limit` may use the disk only with a folder `spill`.

    Raises:
        FileNotFoundError: there is no such database.
        duckdb.IOException: another process writes it, or it is damaged.
    """
    if not database.is_file():
        raise FileNotFoundError(f"no database at {database}")
    limits: Config = {"threads": threads, "memory_limit": memory_limit}
    if spill is None:
        # no temporary file next to a release
        config: Config = {**limits, "max_temp_directory_size": "0KiB", **HARDENED}
        return duckdb.connect(str(database), read_only=True, config=config)
    # the temporary folder has to be set before the settings are locked
    config = {**limits, "temp_directory": str(spill)}
    connection = duckdb.connect(str(database), read_only=True, config=config)
    for setting in HARDENED:
        connection.execute(f"set {setting} = {str(HARDENED[setting]).lower()}")
    return connection


@contextmanager
def reading(
    database: Path, *, threads: int = 2, memory_limit: str = "2GB", spill: Path | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """`open_reading`, closed at the end; raises the same errors."""
    connection = open_reading(database, threads=threads, memory_limit=memory_limit, spill=spill)
    try:
        yield connection
    finally:
        connection.close()


def to_arrow(connection: duckdb.DuckDBPyConnection, sql: str) -> pa.Table:
    """The result of one query as an Arrow table; decimals, dates and nulls keep their types.

    Raises:
        duckdb.Error: the query fails.
    """
    return connection.sql(sql).to_arrow_table()


def quoted(name: str) -> str:
    """An identifier, safe inside SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text, safe inside SQL."""
    return "'" + text.replace("'", "''") + "'"
