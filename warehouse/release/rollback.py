"""Rollback: activate a retained release and hold it; `unpin` lifts that."""

from __future__ import annotations

from warehouse.paths import DataPaths
from warehouse.release import registry
from warehouse.release.errors import PublishError, ReleaseNotFoundError, publish_errors
from warehouse.release.feed import renew_feed
from warehouse.release.pin import pin, remove_pin
from warehouse.storage import file_lock


def rollback(paths: DataPaths, to: str | None = None) -> registry.Release:
    """Activate the whole release before the current one, or the one whose id begins with `to`.

    It stays current: later runs publish beside it until `unpin`. Activating the newest release of
    all that is known holds nothing. A release of an earlier knowledge day is activated only by
    name: it was never meant as today's.

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
                newest = _newest(paths)
                if newest and newest.release_id == target.release_id:
                    remove_pin(paths)
                else:
                    pin(paths, target.release_id)
                renew_feed(paths)
        except file_lock.LockTimeoutError as error:
            raise PublishError(str(error)) from error
    return next(r for r in registry.releases(paths) if r.release_id == target.release_id)


def unpin(paths: DataPaths) -> registry.Release:
    """Hold nothing any more, and activate the newest release of all that is known.

    Raises:
        ReleaseNotFoundError: there is none.
        PublishError: it is damaged, or another process is publishing.
    """
    newest = _newest(paths)
    if newest is None:
        raise ReleaseNotFoundError("there is no release of all that is known")
    return rollback(paths, newest.release_id)


def _newest(paths: DataPaths) -> registry.Release | None:
    return next((r for r in registry.releases(paths) if r.has_all_known), None)


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
