"""Countries and items that a text names, by the alias tables in `vocabulary/`; nothing is guessed.

The longest alias at a place wins ("North Korea" is not "Korea"), names stand between word
boundaries, and acronyms keep their case ("US" is not "us").
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

VOCABULARY = Path(__file__).resolve().parent / "aliases"
_EXACT = ("acronym", "name_exact")


@dataclass(frozen=True)
class TermMatch:
    """One alias found: what it means, where it stands, and how it names it."""

    id: str
    start: int
    end: int
    kind: str


def find_countries(
    text: str, kinds: Iterable[str] = ("name", "acronym", "adjective")
) -> list[TermMatch]:
    """The countries named in `text`, in its order; `kinds` may add `capital`."""
    pattern, known = _countries()
    wanted = frozenset(kinds)
    hits = [_hit(match, known) for match in pattern.finditer(text)]
    return [hit for hit in hits if hit.kind in wanted]


def find_items(text: str) -> list[TermMatch]:
    """The minerals and goods named in `text`, as labels of the registers."""
    pattern, known = _items()
    return [_hit(match, known) for match in pattern.finditer(text)]


def country_of(name: str) -> str | None:
    """The id of a country written exactly so, or None."""
    _, known = _countries()
    found = known.get(" ".join(name.split()).lower())
    return found[0] if found and found[1] != "adjective" else None


def distinct(hits: Iterable[TermMatch]) -> list[str]:
    """Their ids, each once, in the order of first mention."""
    return list(dict.fromkeys(hit.id for hit in hits))


def joined(ids: Iterable[str]) -> str | None:
    """A list in a cell, sorted, each once; None when there is none: empty is not "all"."""
    return "|".join(sorted(set(ids))) or None


def _hit(match: re.Match[str], known: Mapping[str, tuple[str, str]]) -> TermMatch:
    found, kind = known[" ".join(match.group().split()).lower()]
    return TermMatch(found, match.start(), match.end(), kind)


@lru_cache(maxsize=1)
def _countries() -> tuple[re.Pattern[str], Mapping[str, tuple[str, str]]]:
    rows = list(_rows("countries.csv"))
    known = {row["alias"].lower(): (row["country_id"], row["kind"]) for row in rows}
    cased = [row["alias"] for row in rows]
    # names are written with a capital or in capitals; acronyms exactly so
    shouted = [row["alias"].upper() for row in rows if row["kind"] not in _EXACT]
    return _one_of({*cased, *shouted}, 0), known


@lru_cache(maxsize=1)
def _items() -> tuple[re.Pattern[str], Mapping[str, tuple[str, str]]]:
    known = {row["alias"].lower(): (row["item_label"], "item") for row in _rows("items.csv")}
    return _one_of(known, re.IGNORECASE), known


def _one_of(aliases: Iterable[str], flags: int) -> re.Pattern[str]:
    longest_first = sorted(aliases, key=lambda alias: (-len(alias), alias))
    either = "|".join(re.escape(a).replace(r"\ ", r"\s+") for a in longest_first)
    return re.compile(rf"(?<![\w-])(?:{either})(?!\w)", flags)


def _rows(name: str) -> list[dict[str, str]]:
    with (VOCABULARY / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))
