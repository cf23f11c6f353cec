"""`pax clean`: remove what nothing needs any more, or show it."""

from __future__ import annotations

import time
from datetime import timedelta

from rich.console import Console
from rich.markup import escape

from orchestration.cli.run_summary import table
from orchestration.cli.write_lock import write_lock
from warehouse.paths import DataPaths
from warehouse.storage.disk_use import disk_use, removable_files, remove_path, size_of


def clean(paths: DataPaths, days: int, console: Console, *, is_dry_run: bool) -> None:
    """Remove files that nothing refers to and runs that are older than `days`.

    Releases, landed files, what is set aside and the raw bytes of all of them always stay.

    Raises:
        LandingError: a load record cannot be read, so that nothing is known to be superfluous.
    """
    from orchestration.defs.instance import delete_old_runs, old_runs, open_instance

    before = sum(disk_use(paths).values())
    shown = table("", "file", "MB>", "why")
    with write_lock(paths, "pax clean"):
        for path, why in list(removable_files(paths, time.time() - days * 86400)):
            name = escape(str(path.relative_to(paths.data_dir)))
            shown.add_row("would go" if is_dry_run else "removed", name,
                          f"{size_of(path) / 1e6:,.1f}", why)  # fmt: skip
            if not is_dry_run:
                remove_path(path)
        n_runs, age = 0, timedelta(days=days)
        if paths.dagster_home.is_dir():
            with open_instance(paths) as instance:
                n_runs = len(old_runs(instance, age))
                while not is_dry_run and delete_old_runs(instance, age):
                    pass
    if shown.row_count:
        console.print(shown)
    after = sum(disk_use(paths).values())
    result = (
        "dry run: nothing was removed" if is_dry_run else f"{(before - after) / 1e6:,.1f} MB freed"
    )
    console.print(
        f"{shown.row_count} files and {n_runs} runs older than {days} days; {result}",
        highlight=False,
    )
