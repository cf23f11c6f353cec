"""Rollback: activate a retained release."""

from __future__ import annotations

from warehouse.paths import DataPaths
from warehouse.release import registry
from warehouse.release.errors import PublishError, ReleaseNotFoundError, publish_errors
from warehouse.storage import file_lock


def rollback(paths: DataPaths, to: str | None = None) -> registry.Release:
    """Activate the release before the current one, or the one whose id begins with `to`.

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
                    raise PublishError(f"{target.release_id} is damaged: {'; '.join(errors[:3])}")
                registry.activate(paths, target.release_id)
        except file_lock.LockTimeoutError as error:
            raise PublishError(str(error)) from error
    return next(r for r in registry.releases(paths) if r.release_id == target.release_id)


def _target(paths: DataPaths, to: str | None) -> registry.Release:
    if to is not None:
        return registry.find_release(paths, to)
    retained = registry.releases(paths)
    current = next((n for n, release in enumerate(retained) if release.is_current), None)
    earlier = [] if current is None else retained[current + 1 :]
    before = next((release for release in earlier if release.has_all_known), None)
    if before is None:
        names = ", ".join(release.release_id for release in retained) or "none"
        raise ReleaseNotFoundError(
            f"there is no release before the current one; there are: {names}"
        )
    return before
