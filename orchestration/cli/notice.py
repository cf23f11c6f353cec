"""What `pax run` and `pax publish` report of a new current release: the post to the webhook."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

from orchestration.defs.environment import webhook_url
from warehouse.paths import DataPaths


def announce(paths: DataPaths, console: Console) -> None:
    """Post the current release to `PAX_WEBHOOK_URL`, if it is set and the release is new.

    A receiver that does not accept it is named; the release stands.
    """
    if not webhook_url():
        return
    from orchestration.defs.automation.webhook import announce_release
    from warehouse.release.errors import PublishError

    try:
        done = announce_release(paths)
    except (OSError, ValueError, PublishError) as error:
        console.print(
            f"[yellow]the webhook did not accept the notice[/yellow] {escape(str(error))}; the next"
            " run posts it again",
            highlight=False, soft_wrap=True,
        )  # fmt: skip
        return
    console.print(f"webhook: {escape(done)}", highlight=False)
