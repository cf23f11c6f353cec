"""The mapping file of a policy tracker: the role of each column and the format of its cells."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

from sources.kit.errors import SourceError, UnknownLayoutError

SOURCE = "policy_tracker"
#: An integer, also as a program writes it that made it a float.
_WHOLE_NUMBER = re.compile(r"(\d+)(?:\.0+)?")
MAPPINGS = Path(__file__).resolve().parent / "mappings"
ROLES = (
    "title", "description", "status", "year", "level", "url", "announced", "effective", "ended",
    "modified", "countries", "targets", "measures", "items", "instrument", "nothing",
)  # fmt: skip
CELLS = ("text", "json", "list")
PRECISIONS = {"%Y": "year", "%Y-%m": "month", "%m/%Y": "month", "%b %Y": "month", "%B %Y": "month"}


@dataclass(frozen=True)
class Column:
    """One column: its role, and how its cells are parsed."""

    name: str
    read_as: str
    cell: str = "text"
    key: str = ""  # of the objects in a JSON cell
    separator: str = "|"
    formats: Sequence[str] = ()
    codes: Mapping[str, str] = field(default_factory=dict)  # tracker's code -> country id

    def parts(self, text: str) -> list[str]:
        """Split a cell into its texts.

        Raises:
            ValueError: the cell is not in the declared format.
        """
        if self.cell == "list":
            return [part.strip() for part in text.split(self.separator) if part.strip()]
        if self.cell == "text":
            return [text.strip()] if text.strip() else []
        try:
            listed = json.loads(text.strip() or "[]")
            found = [str(one[self.key] if self.key else one).strip() for one in listed]
            return [part for part in found if part]
        except (ValueError, TypeError, KeyError) as error:
            raise ValueError(
                f"{self.name} is not a JSON list with {self.key!r}: {text!r}"
            ) from error

    def day(self, text: str) -> tuple[date | None, str | None]:
        """Parse a cell as a date with its precision, by the first format that matches.

        Raises:
            ValueError: no format matches.
        """
        text = text.strip()
        if not text:
            return None, None
        for form in self.formats:
            if form == "epoch_ms" and (found := _WHOLE_NUMBER.fullmatch(text)):
                try:
                    return datetime.fromtimestamp(int(found[1]) / 1000, tz=UTC).date(), "day"
                except (OverflowError, OSError, ValueError):
                    continue  # not a day of this calendar
            try:
                return datetime.strptime(text, form).date(), PRECISIONS.get(form, "day")
            except ValueError:
                continue
        raise ValueError(f"{self.name} follows none of {', '.join(self.formats)}: {text!r}")


@dataclass(frozen=True)
class Tracker:
    """The mapping of one tracker."""

    tracker_id: str
    title: str
    delimiter: str
    columns: tuple[Column, ...]

    @property
    def headers(self) -> set[str]:
        return {column.name for column in self.columns}

    def column(self, role: str) -> Column | None:
        return next((column for column in self.columns if column.read_as == role), None)


def load_trackers(folder: Path = MAPPINGS) -> list[Tracker]:
    """Load every mapping file in `folder`, in alphabetical order.

    Raises:
        SourceError: a mapping file is wrong; the message names file and column.
    """
    return [_tracker(path) for path in sorted(folder.glob("*.yml"))]


def find_tracker(headers: Sequence[str], known: Sequence[Tracker], place: str) -> Tracker:
    """The tracker with exactly these column names.

    Raises:
        UnknownLayoutError: there is none; the message names the difference to the most similar one.
    """
    given = set(headers)
    for tracker in known:
        if tracker.headers == given:
            return tracker
    if not known:
        raise UnknownLayoutError(SOURCE, "there is no mapping file", place=str(MAPPINGS))
    nearest = min(known, key=lambda tracker: len(tracker.headers ^ given))
    raise UnknownLayoutError(
        SOURCE,
        f"no mapping has these headers; compared with {nearest.tracker_id} it has "
        f"unknown {sorted(given - nearest.headers)} and lacks {sorted(nearest.headers - given)}",
        place=place,
        remedy="check whether the publisher changed the columns, then declare them in "
        "sources/policy_tracker/mappings/<tracker>.yml; a new tracker is a new file there",
    )


def _tracker(path: Path) -> Tracker:
    raw: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    columns = tuple(_column(path, str(name), given) for name, given in raw["columns"].items())
    roles = [column.read_as for column in columns if column.read_as != "nothing"]
    if repeated := sorted({role for role in roles if roles.count(role) > 1}):
        raise _mapping_error(path, f"two columns are read as {', '.join(repeated)}")
    if missing := {"title", "countries"} - set(roles):
        raise _mapping_error(path, f"no column is read as {', '.join(sorted(missing))}")
    return Tracker(raw["tracker_id"], raw["title"], raw.get("delimiter", ","), columns)


def _column(path: Path, name: str, given: dict[str, Any]) -> Column:
    if given.get("read_as") not in ROLES:
        raise _mapping_error(path, f"column {name}: read_as must be one of {', '.join(ROLES)}")
    if given.get("cell", "text") not in CELLS:
        raise _mapping_error(path, f"column {name}: cell must be one of {', '.join(CELLS)}")
    if unknown := set(given) - {"read_as", "cell", "key", "separator", "formats", "codes"}:
        raise _mapping_error(path, f"column {name}: unknown {', '.join(sorted(unknown))}")
    return Column(name, **given)


def _mapping_error(path: Path, what: str) -> SourceError:
    return SourceError(
        SOURCE, f"a mapping file is wrong: {what}", place=path.name, remedy="correct this column"
    )
