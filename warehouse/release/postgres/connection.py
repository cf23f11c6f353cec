"""Statements on a PostgreSQL connection, and errors that name the next step and no password."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from adbc_driver_postgresql import dbapi

from warehouse.release.errors import PublishError


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
    try:
        yield
    except dbapi.Error as error:
        text = redact(str(error), dsn)
        if re.search(r"invalid connection option|connection info string|URI", text):
            # libpq quotes the part that it cannot read, which may be a part of the password
            what, remedy = (
                "the PostgreSQL connection string cannot be read",
                "write it as postgresql://user@host:port/database; the password can be in the file"
                " that PGPASSFILE names",
            )
        elif re.search(r"Failed to connect|connection to server|could not translate", text):
            what = f"PostgreSQL cannot be reached: {text}"
            remedy = "check host, port, database, user and password, and that the server runs"
        else:
            # the server's own sentence, without the statement that it quotes
            found = re.search(r"(?:ERROR|FATAL):\s*(.*)", text)
            what = f"PostgreSQL refused the publication: {found[1] if found else text}"
            remedy = (
                "the user needs `create` on the database, and must own the schemas of the former"
                " release; then `pax publish --postgres DSN`"
            )
        # not `from error`: its text may hold the password
        raise PostgresError(what, remedy=remedy) from None


def execute(connection: dbapi.Connection, sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall()) if cursor.description else []
