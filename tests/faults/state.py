"""What must hold after every fault: whole releases, the same bytes, nothing left over."""

from __future__ import annotations

import hashlib

import dagster as dg

from orchestration.defs.instance import open_instance
from tests.faults.processes import finish, start
from warehouse.paths import DataPaths
from warehouse.release.registry import current_damage, integrity_errors, releases


class TortureError(AssertionError):
    """A fault left something behind that it must not leave."""


def marts_of(paths: DataPaths) -> dict[str, str]:
    """The hash of each mart of the current release, without the tables that describe the run."""
    return {
        path.stem: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((paths.current.resolve() / "parquet").glob("*.parquet"))
        if path.stem not in ("check_result", "publish_info")
    }


def leftovers(paths: DataPaths, *, has_worked: bool = True) -> list[str]:
    """Files of an unfinished step, and runs that never end; locks and the working folder are no
    leftovers. A run with nothing to do (`has_worked`) looks neither at other runs nor at what a
    killed landing has left, which the next landing removes."""
    files = [
        *(path for path in paths.releases.glob(".*") if path.suffix != ".lock"),
        *paths.data_dir.glob(".current.*"),
        *(paths.landing / ".accepted").glob("*/*"), *paths.set_aside.glob("*/*"),
        *(paths.working / "spill").glob("*"),
    ]  # fmt: skip
    if not has_worked:
        return [*map(str, files)]
    files += (paths.landing / ".incoming").glob("*")
    unfinished = [s for s in dg.DagsterRunStatus if s.value in ("STARTED", "STARTING", "CANCELING")]
    with open_instance(paths) as instance:
        runs = instance.get_runs(dg.RunsFilter(statuses=unfinished))
    return [*map(str, files), *(f"the run {run.run_id} of {run.job_name}" for run in runs)]


def require_whole(paths: DataPaths) -> None:
    """Every release has the hashes of its manifest.

    Raises:
        TortureError: one has not.
    """
    wrong = current_damage(paths)
    wrong += [e for r in releases(paths) for e in integrity_errors(r.folder)]
    if wrong:
        raise TortureError(f"torn: a release is damaged: {wrong[:3]}")


def require_run(paths: DataPaths, *words: str) -> None:
    """The next run succeeds and leaves nothing over.

    Raises:
        TortureError: it does not.
    """
    code, output = finish(start(paths, "run", *words))
    if code:
        raise TortureError(f"lost: the next run ended with {code}: {output[-1500:]}")
    has_worked = "nothing new: the inputs" not in output
    if left := leftovers(paths, has_worked=has_worked):
        raise TortureError(f"left over: {left[:5]}")


def require_same(paths: DataPaths, expected: dict[str, str], *words: str) -> None:
    """The next run succeeds, gives the same bytes, and leaves nothing over.

    Raises:
        TortureError: it does not.
    """
    require_run(paths, *words)
    require_bytes(paths, expected)


def require_bytes(paths: DataPaths, expected: dict[str, str]) -> None:
    """The current release has these marts.

    Raises:
        TortureError: it has others, or other bytes.
    """
    found = marts_of(paths)
    if found != expected:
        differing = sorted(n for n in {*expected, *found} if found.get(n) != expected.get(n))
        raise TortureError(f"other bytes in {differing[:5]}")


def require_landing(paths: DataPaths) -> None:
    """The bundled figures land, and everything stored has its hash.

    Raises:
        TortureError: they do not.
    """
    code, output = finish(start(paths, "land", "--bundled"))
    verified, lines = finish(start(paths, "verify"))
    if code or verified:
        raise TortureError(f"lost: landing again: {code} {output[-800:]} {lines[-800:]}")


def require_explained(code: int, output: str) -> None:
    """A run that cannot work says so, with a remedy.

    Raises:
        TortureError: it calls itself a mistake of the program, has no remedy, or was killed.
    """
    is_explained = code == 0 or "what to do" in output.lower()
    if code not in (0, 1, 2) or "mistake of the program" in output or not is_explained:
        raise TortureError(f"unclear: ended with {code}: {output[-1500:]}")
