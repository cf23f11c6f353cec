"""`pax publish --to URI` and `pax verify URI`: a copy of the current release in object storage."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

from orchestration.errors import DONE, REFUSED, UsageError
from warehouse.paths import DataPaths
from warehouse.release.registry import current_id


def copy_current(paths: DataPaths, uri: str, console: Console) -> None:
    """Copy the current release below `uri` and make it current there.

    Raises:
        UsageError: there is no release yet.
        ObjectStoreError: it cannot be written or read there; `current.json` is as it was.
    """
    from warehouse.release.object_copy import copy_release

    release_id = current_id(paths)
    if release_id is None:
        raise UsageError("there is no release yet", remedy="`pax run` publishes the first")

    with console.status("copying") as status:
        done = copy_release(
            paths.releases / release_id,
            uri,
            lambda number, of: status.update(f"copying: {number} of {of} files"),
        )
    console.print(escape(done.summary), highlight=False, soft_wrap=True)


def verify_copied(uri: str, console: Console) -> int:
    """Print what is wrong with the current release below `uri`; 1 if anything is.

    Raises:
        ObjectStoreError: it cannot be read, or nothing was ever copied there.
    """
    from warehouse.release.object_copy import verify_copy

    with console.status("reading every object"):
        release_id, wrong = verify_copy(uri)
    for line in wrong:
        console.print(f"[red]fail[/red] {escape(line)}", highlight=False, soft_wrap=True)
    if wrong:
        console.print(
            f"what to do: remove releases/{escape(release_id)} there, then `pax publish --to URI`",
            highlight=False, soft_wrap=True,
        )  # fmt: skip
        return REFUSED
    console.print(f"{escape(release_id)}: every object has its hash", highlight=False)
    return DONE
