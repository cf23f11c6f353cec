"""Going back: one flip of `current` to a release that is still on the shelf."""

from __future__ import annotations

from warehouse import lock
from warehouse.publish import shelf
from warehouse.publish.errors import NoSuchRelease, PublishError, explained
from warehouse.rooms import Rooms


def rollback(rooms: Rooms, to: str | None = None) -> shelf.Release:
    """Serve the release before the current one, or the one whose id begins with `to`."""
    with explained(rooms.home):
        try:
            with lock.held(rooms.releases / ".publish.lock", "rollback"):
                target = _target(rooms, to)
                if wrong := shelf.damage(target.folder):
                    raise PublishError(f"{target.release_id} is damaged: {'; '.join(wrong[:3])}")
                shelf.flip(rooms, target.release_id)
        except lock.Held as error:
            raise PublishError(str(error)) from error
    return next(r for r in shelf.releases(rooms) if r.release_id == target.release_id)


def _target(rooms: Rooms, to: str | None) -> shelf.Release:
    found = shelf.releases(rooms)
    names = ", ".join(release.release_id for release in found) or "none"
    if to is not None:
        fitting = [release for release in found if release.release_id.startswith(to)]
        if len(fitting) != 1:
            raise NoSuchRelease(f"{len(fitting)} releases begin with {to!r}; there are: {names}")
        return fitting[0]
    served = next((n for n, release in enumerate(found) if release.is_current), None)
    if served is None or served + 1 >= len(found):
        raise NoSuchRelease(f"there is no release before the current one; there are: {names}")
    return found[served + 1]
