"""What a person asks of `pax scenario`: read from flags or a file, and checked by name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from orchestration.errors import UsageError

MAX_MONTHS = 120
#: What can be a year; which years have projects is in the release.
CAPACITY_YEARS = (2000, 2100)
SCOPES = ("partners", "everyone")
#: Keys of a scenario file; those after `items` are optional.
KEYS = (
    "name", "stop", "items", "months", "stop_scope", "third_floor_share", "sharing_limit_share",
    "ramp_months", "stock_release_share", "capacity_year",
)  # fmt: skip
EXAMPLE = "stop: {CHN: 1.0}, items: [gallium], months: 12"


@dataclass(frozen=True)
class ScenarioRequest:
    """One scenario as asked.

    Attributes:
        stop: share of its deliveries that each supplier stops (above 0, to 1).
        items: an item, or an item and its stage as `item/stage`.
        months: horizon.
        assumptions: attributes of `Scenario` that differ from its defaults.
    """

    name: str
    stop: Mapping[str, float]
    items: Sequence[str]
    months: int
    assumptions: Mapping[str, Any] = field(default_factory=dict)


def from_file(path: Path) -> ScenarioRequest:
    """A scenario of a YAML file.

    Raises:
        UsageError: no such file, no YAML, an unknown or a missing key, a value out of range.
    """
    if not path.is_file():
        raise UsageError("there is no such file", where=str(path), remedy=f"a file with {EXAMPLE}")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UsageError(f"the file is no YAML: {error}", where=str(path)) from None
    if not isinstance(content, dict):
        raise UsageError("the file has no keys", where=str(path), remedy=f"write {EXAMPLE}")
    unknown = [str(key) for key in content if key not in KEYS]
    if unknown:
        raise UsageError(
            f"unknown key: {', '.join(unknown)}", where=str(path),
            remedy=f"the keys are {', '.join(KEYS)}",
        )  # fmt: skip
    missing = [key for key in ("stop", "items", "months") if content.get(key) is None]
    if missing:
        raise UsageError(
            f"missing key: {', '.join(missing)}", where=str(path), remedy=f"for example {EXAMPLE}"
        )
    stop, items = content["stop"], content["items"]
    for key, value, kinds in (("stop", stop, str | list | dict), ("items", items, str | list)):
        if not isinstance(value, kinds):
            raise UsageError(
                f"{key} is neither a name nor a list: {value}", where=str(path),
                remedy=f"for example {EXAMPLE}",
            )  # fmt: skip
    if isinstance(stop, str | list):
        stop = dict.fromkeys([stop] if isinstance(stop, str) else map(str, stop), 1.0)
    assumptions = {key: content[key] for key in KEYS[4:] if key in content}
    return checked(
        ScenarioRequest(
            str(content.get("name") or path.stem), stop,
            [items] if isinstance(items, str) else [str(item) for item in items],
            content["months"], assumptions,
        )
    )  # fmt: skip


def from_flags(
    stop: Sequence[str], items: Sequence[str], months: int, assumptions: Mapping[str, Any]
) -> ScenarioRequest:
    """A scenario of flags; `CHN=0.5` stops a half.

    Raises:
        UsageError: nobody stops, no item, or a value out of range.
    """
    stopped: dict[str, Any] = {}
    for one in stop:
        supplier, _, share = one.partition("=")
        try:
            stopped[supplier] = float(share) if share else 1.0
        except ValueError:
            raise UsageError(
                f"{share} is no share", where=f"--stop {one}", remedy="for example --stop CHN=0.5"
            ) from None
    name = "_".join([*(each.lower() for each in stopped), *items]) or "scenario"
    given = {key: value for key, value in assumptions.items() if value is not None}
    return checked(ScenarioRequest(name, stopped, list(items), months, given))


def checked(request: ScenarioRequest) -> ScenarioRequest:
    """The request with its numbers in range.

    Raises:
        UsageError: a number is none or out of range, or nobody stops.
    """
    if not isinstance(request.stop, dict) or not request.stop:
        raise UsageError("the scenario stops nobody", remedy="for example --stop CHN")
    if not request.items:
        raise UsageError("the scenario names no item", remedy="for example --item gallium")
    _within("months", request.months, 1, MAX_MONTHS, is_whole=True)
    for supplier, share in request.stop.items():
        _within(f"the share that {supplier} stops", share, 0, 1)
    if not any(float(share) > 0 for share in request.stop.values()):
        raise UsageError("the scenario stops nobody", remedy="a share above 0")
    for key, value in request.assumptions.items():
        if key == "stop_scope":
            if value not in SCOPES:
                raise UsageError(
                    f"{value} is no scope", remedy=f"choose one of: {', '.join(SCOPES)}"
                )
        elif key == "ramp_months":
            _within(key, value, 0, MAX_MONTHS, is_whole=True)
        elif key == "capacity_year":
            _within(key, value, *CAPACITY_YEARS, is_whole=True)
        else:
            _within(key, value, 0, 1)
    return request


def _within(name: str, value: Any, low: float, high: float, *, is_whole: bool = False) -> None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or (is_whole and int(value) != value) or not low <= value <= high:
        kind = "a whole number" if is_whole else "a number"
        raise UsageError(
            f"{name}: {value} is not {kind} from {low:g} to {high:g}",
            remedy=f"give {kind} from {low:g} to {high:g}",
        )


def refuse_unknown(kind: str, name: str, known: Iterable[str]) -> UsageError:
    """The error for a name that does not exist, with the names that resemble it."""
    choices = sorted(known)
    near = difflib.get_close_matches(name, choices, n=5, cutoff=0.5)
    shown = near or choices
    text = ", ".join(shown[:40]) + (" …" if len(shown) > 40 else "")
    return UsageError(f"no {kind} is called {name}", remedy=f"{kind}s are, for example: {text}")
