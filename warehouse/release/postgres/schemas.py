"""Schemas of a release in PostgreSQL: whose they are, who may read them, and the former ones."""

from __future__ import annotations

from adbc_driver_postgresql import dbapi

from warehouse.release.postgres.connection import PostgresError, execute
from warehouse.storage.read_only import literal, quoted

#: The role that may read and nothing else; it cannot log in, users are made members of it.
READER = "pax_reader"
#: Schemas of a release begin with this comment: no other schema is ever replaced.
MARK = "Pax Silica release"
SCHEMAS = ("marts", "analysis")


def require_own_schemas(connection: dbapi.Connection) -> None:
    """Refuse a database whose `marts` or `analysis` was not made by a publication.

    Raises:
        PostgresError: a schema of that name is not of a release.
    """
    found = execute(
        connection,
        "select nspname, coalesce(obj_description(oid, 'pg_namespace'), '') from pg_namespace"
        " where nspname in ('marts', 'analysis')",
    )
    if foreign := [name for name, comment in found if not comment.startswith(MARK)]:
        raise PostgresError(
            f"the database has a schema {' and '.join(foreign)} that is not of a release",
            remedy="publish to a database of its own, or rename that schema",
        )


def free_name(connection: dbapi.Connection, wanted: str) -> str:
    """`wanted`, with a number where a former schema of that name could not be dropped."""
    sql = f"select nspname from pg_namespace where nspname like {literal(wanted + '%')}"
    taken = {name for (name,) in execute(connection, sql)}
    number = 1
    while (name := f"{wanted}_{number}") in taken:
        number += 1
    return name


def list_grants(connection: dbapi.Connection) -> list[tuple[str, str, str]]:
    """Rights of others on the present schemas: (right, object, role); exactly these are granted
    again, so that no role sees more than before."""
    return [
        (right, where, role)
        for right, where, role in execute(
            connection,
            """
            select lower(acl.privilege_type), 'schema ' || quote_ident(nspname),
                case when grantee = 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end
            from pg_namespace, aclexplode(nspacl) as acl
            where nspname in ('marts', 'analysis') and grantee <> nspowner
                and acl.privilege_type = 'USAGE'
            union all
            select lower(acl.privilege_type),
                quote_ident(nspname) || '.' || quote_ident(relname),
                case when grantee = 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end
            from pg_class
            inner join pg_namespace on relnamespace = pg_namespace.oid, aclexplode(relacl) as acl
            where nspname in ('marts', 'analysis') and grantee <> relowner
                and acl.privilege_type = 'SELECT'
            """,
        )
    ]


def grant_reading(connection: dbapi.Connection, grants: list[tuple[str, str, str]]) -> list[str]:
    """Grant again what was granted, and reading to `READER`; notes about what was left out."""
    notes = []
    for right, where, role in grants:
        name = where.removeprefix("schema ")
        is_there = where.startswith("schema ") or execute(
            connection, f"select to_regclass({literal(name)}) is not null"
        ) == [(True,)]
        if is_there:
            execute(connection, f"grant {right} on {where} to {role}")
    if not execute(connection, f"select 1 from pg_roles where rolname = '{READER}'"):
        # asked before: an error would end the transaction
        may_create = "select rolcreaterole or rolsuper from pg_roles where rolname = current_user"
        if execute(connection, may_create) == [(True,)]:
            execute(connection, f"create role {READER} nologin")
        else:
            notes.append(
                f"there is no role {READER}, and this user may not create it: an administrator can"
                f" (`create role {READER} nologin`); the next publication grants it the tables"
            )
            return notes
    for schema in SCHEMAS:
        execute(connection, f"grant usage on schema {schema} to {READER}")
        execute(connection, f"grant select on all tables in schema {schema} to {READER}")
    return notes


def drop_former(connection: dbapi.Connection, timeout_seconds: float) -> list[str]:
    """Drop the schemas of former releases, in a transaction of their own; a schema that is in use
    stays until the next publication."""
    names = [
        name
        for (name,) in execute(
            connection,
            "select nspname from pg_namespace where nspname ~ '^(marts|analysis)_old_'"
            f" and obj_description(oid, 'pg_namespace') like '{MARK}%' order by nspname",
        )
    ]
    if not names:
        connection.commit()
        return []
    if used := _views_of_others(connection, names):
        connection.rollback()
        return [f"kept {', '.join(names)}: used by {', '.join(used)}; make them again on marts"]
    try:
        execute(connection, f"set local lock_timeout = {int(timeout_seconds * 1000)}")
        execute(connection, f"drop schema {', '.join(map(quoted, names))} cascade")
        connection.commit()
    except dbapi.Error:
        connection.rollback()
        return [f"kept {', '.join(names)}, which are being read: the next publication drops them"]
    return []


def _views_of_others(connection: dbapi.Connection, schemas: list[str]) -> list[str]:
    """Views outside `schemas` that read their tables: dropping would remove them unasked."""
    former = ", ".join(literal(name) for name in schemas)
    return [
        name
        for (name,) in execute(
            connection,
            f"""
            select distinct reading.oid::regclass::text
            from pg_depend
            inner join pg_rewrite on pg_depend.objid = pg_rewrite.oid
            inner join pg_class as reading on pg_rewrite.ev_class = reading.oid
            inner join pg_class as read on pg_depend.refobjid = read.oid
            where pg_depend.classid = 'pg_rewrite'::regclass
                and pg_depend.refclassid = 'pg_class'::regclass
                and read.relnamespace::regnamespace::text in ({former})
                and reading.relnamespace::regnamespace::text not in ({former})
            """,
        )
    ]
