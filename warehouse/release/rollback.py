"""Rollback: activate a retained release."""

from __future__ import annotations

from warehouse.paths import DataPaths
from warehouse.release import registry
from warehouse.release.errors import PublishError, ReleaseNotFoundError, publish_errors
from warehouse.storage import file_lock


def rollback(paths: DataPaths, to: str | None = None) -> registry.Release:
    """Activate the whole release before the current one, or the one whose id begins with `to`.

    A release of an earlier knowledge day is activated only by name: it was never meant as today's.

    Raises:
        ReleaseNotFoundError: there is none, or `to` fits several.
        PublishError: it is damaged, or another process is publishing.
    """
    with publish_errors(paths.data_dir):
        try:
            with file_lock.acquire_lock(paths.releases / ".publish.lock", "rollback"):
                target = _target(paths, to)
                if errors := registry.integrity_errors(target.folder):
                    raise PublishError(
                        f"{target.release_id} is damaged: {'; '.join(errors[:3])}",
                        remedy="`pax verify` names the releases that are whole",
                    )
                registry.activate(paths, target.release_id)
        except file_lock.LockTimeoutError as error:
            raise PublishError(str(error)) from error
    return next(r for r in registry.releases(paths) if r.release_id == target.release_id)


def _target(paths: DataPaths, to: str | None) -> registry.Release:
    if to is not None:
        return registry.find_release(paths, to)
    before = registry.release_before(paths)
    if before is None:
        names = ", ".join(release.release_id for release in registry.releases(paths)) or "none"
        raise ReleaseNotFoundError(
            f"there is no release before the current one that is whole; there are: {names}"
        )
    return before
