"""`pax publish --postgres`, and the same at the end of a run where `PAX_POSTGRES_DSN` is set."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

from orchestration.defs.environment import postgres_dsn
from orchestration.errors import DONE, REFUSED, UsageError
from warehouse.paths import DataPaths
from warehouse.release.registry import current_id


def publish_current(paths: DataPaths, dsn: str, console: Console) -> None:
    """Publish the current release to the database that `dsn` names.

    Raises:
        UsageError: there is no release yet.
        PostgresError: the server cannot be reached, or refused.
    """
    from warehouse.release.postgres import publish_to_postgres

    release_id = current_id(paths)
    if release_id is None:
        raise UsageError("there is no release yet", remedy="`pax run` publishes the first")
    done = publish_to_postgres(paths.releases / release_id, dsn)
    console.print(escape(done.summary), highlight=False)


def publish_if_configured(paths: DataPaths, console: Console) -> int:
    """Publish where the environment names a database that lacks the current release, because it
    is new or because an earlier publication failed; the exit code.

    A failure is reported and leaves the release of this machine as it is.
    """
    dsn = postgres_dsn()
    release_id = current_id(paths)
    if not dsn or release_id is None:
        return DONE
    from warehouse.release.errors import PublishError
    from warehouse.release.postgres import published_id

    try:
        found = published_id(dsn)
        if found == release_id:
            console.print(f"PostgreSQL already has {escape(release_id)}", highlight=False)
            return DONE
        console.print(f"PostgreSQL had {escape(found or 'no release')}", highlight=False)
        publish_current(paths, dsn, console)
    except PublishError as error:
        console.print(
            f"[red]PostgreSQL lacks {escape(release_id)}[/red] {escape(str(error))}",
            highlight=False, soft_wrap=True,
        )  # fmt: skip
        return REFUSED
    return DONE
