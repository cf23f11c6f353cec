"""Statements on a PostgreSQL connection, and errors that name the next step and no password."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from adbc_driver_postgresql import dbapi

from warehouse.release.errors import PublishError

PUBLISH_AGAIN = "`pax run` or `pax publish --postgres DSN` publishes it again"


class PostgresError(PublishError):
    """The release was not published to PostgreSQL; what is there is unchanged."""


def redact(text: str, dsn: str) -> str:
    """`text` without the DSN and without the passwords that the DSN holds."""
    secrets = {dsn, *re.findall(r"password\s*=\s*'((?:[^'\\]|\\.)*)'", dsn)}
    secrets |= set(re.findall(r"(?:ssl)?password\s*=\s*([^\s'&]+)", dsn))
    if "://" in dsn:
        place = dsn.split("://", 1)[1].split("?", 1)[0]
        if "@" in place:
            secrets.add(place.rsplit("@", 1)[0].partition(":")[2])
        query = parse_qs(urlsplit("//x?" + dsn.partition("?")[2]).query)
        secrets |= {value for name in ("password", "sslpassword") for value in query.get(name, [])}
    secrets |= {unquote(secret) for secret in secrets}
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


@contextmanager
def postgres_errors(dsn: str) -> Iterator[None]:
    """Turn errors of the driver into one that names the next step, and no password.

    Raises:
        PostgresError: the block could not connect, lost the server, or a statement was refused.
    """
    try:
        yield
    except dbapi.Error as error:
        what, remedy = _explained(redact(str(error), dsn), error.sqlstate or "")
        # not `from error`: its text may hold the password
        raise PostgresError(what, remedy=remedy) from None


def _explained(text: str, sqlstate: str) -> tuple[str, str]:
    """What failed and what to do, from the driver's text and PostgreSQL's error code."""
    if re.search(r"invalid connection option|connection info string|URI", text):
        # libpq quotes the part that it cannot read, which may be a part of the password
        return "the PostgreSQL connection string cannot be read", (
            "write it as postgresql://user@host:port/database; the password can be in the file that"
            " PGPASSFILE names"
        )
    if re.search(r"Failed to connect|connection to server|could not translate", text):
        return f"PostgreSQL cannot be reached: {text.strip()}", (
            "check host, port, database, user and password, and that the server runs;"
            f" {PUBLISH_AGAIN}"
        )
    # the server's own sentence, without the statement that it quotes
    found = re.search(r"(?:ERROR|FATAL):\s*(.*)", text)
    sentence = found[1] if found else text.strip()
    if sqlstate.startswith(("08", "57P")) or re.search(
        r"closed the connection|no connection", text
    ):
        return f"the connection to PostgreSQL was lost: {sentence}", (
            f"when the server runs again, {PUBLISH_AGAIN}"
        )
    if sqlstate.startswith("53"):
        return f"PostgreSQL is short of disk, memory or connections: {sentence}", (
            "a publication needs the space of two releases: free or add what the sentence names;"
            f" then {PUBLISH_AGAIN}"
        )
    return f"PostgreSQL refused the publication: {sentence}", (
        "the user needs `create` on the database, and must own the schemas of the former release;"
        f" then {PUBLISH_AGAIN}"
    )


def execute(connection: dbapi.Connection, sql: str) -> list[tuple[Any, ...]]:
    """The rows of one statement; none where it gives no rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall()) if cursor.description else []
