"""Going back: one flip of `current` to a release that is still on the shelf."""

from __future__ import annotations

from warehouse.paths import DataPaths
from warehouse.release import registry
from warehouse.release.errors import PublishError, ReleaseNotFoundError, explained
from warehouse.storage import file_lock


def rollback(paths: DataPaths, to: str | None = None) -> registry.Release:
    """Serve the release before the current one, or the one whose id begins with `to`."""
    with explained(paths.data_dir):
        try:
            with file_lock.acquire_lock(paths.releases / ".publish.lock", "rollback"):
                target = _target(paths, to)
                if wrong := registry.integrity_errors(target.folder):
                    raise PublishError(f"{target.release_id} is damaged: {'; '.join(wrong[:3])}")
                registry.activate(paths, target.release_id)
        except file_lock.LockTimeoutError as error:
            raise PublishError(str(error)) from error
    return next(r for r in registry.releases(paths) if r.release_id == target.release_id)


def _target(paths: DataPaths, to: str | None) -> registry.Release:
    found = registry.releases(paths)
    names = ", ".join(release.release_id for release in found) or "none"
    if to is not None:
        fitting = [release for release in found if release.release_id.startswith(to)]
        if len(fitting) != 1:
            raise ReleaseNotFoundError(
                f"{len(fitting)} releases begin with {to!r}; there are: {names}"
            )
        return fitting[0]
    served = next((n for n, release in enumerate(found) if release.is_current), None)
    if served is None or served + 1 >= len(found):
        raise ReleaseNotFoundError(
            f"there is no release before the current one; there are: {names}"
        )
    return found[served + 1]
