"""Countries and items named in a text, by the alias tables in `aliases/`.

The longest alias at a place wins ("North Korea" is not "Korea"), names stand between word
boundaries, and acronyms are case-sensitive ("US" is not "us").
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ALIASES = Path(__file__).resolve().parent / "aliases"
_CASE_SENSITIVE = ("acronym", "name_exact")


@dataclass(frozen=True)
class TermMatch:
    """One alias in a text: the id it stands for, its offsets and its kind."""

    id: str
    start: int
    end: int
    kind: str


def find_countries(
    text: str, kinds: Iterable[str] = ("name", "acronym", "adjective")
) -> list[TermMatch]:
    """The countries named in `text`, in order; `kinds` may include `capital`."""
    pattern, known = _countries()
    wanted = frozenset(kinds)
    term_matches = [_term_match(match, known) for match in pattern.finditer(text)]
    return [term_match for term_match in term_matches if term_match.kind in wanted]


def find_items(text: str) -> list[TermMatch]:
    """The minerals and goods named in `text`, as `item_label` of the seeds."""
    pattern, known = _items()
    return [_term_match(match, known) for match in pattern.finditer(text)]


def find_institutions(text: str) -> list[tuple[TermMatch, bool]]:
    """Ministries, agencies and offices in `text` with the country that they act for.

    The flag marks names that several countries use ("Ministry of Commerce"): they are the
    country's only in a text that names it.
    """
    pattern, known = _institutions()
    found = []
    for match in pattern.finditer(text):
        country_id, is_ambiguous = known[" ".join(match.group().split())]
        term_match = TermMatch(country_id, match.start(), match.end(), "institution")
        found.append((term_match, is_ambiguous))
    return found


def item_pattern() -> str:
    """A regular expression of the minerals and goods, to be used within a larger one."""
    return _items()[0].pattern


def find_country(name: str) -> str | None:
    """The ISO alpha-3 id of a country name or acronym (not an adjective), or None."""
    _, known = _countries()
    found = known.get(" ".join(name.split()).lower())
    return found[0] if found and found[1] != "adjective" else None


def distinct_ids(term_matches: Iterable[TermMatch]) -> list[str]:
    """The ids, each once, in the order of first mention."""
    return list(dict.fromkeys(term_match.id for term_match in term_matches))


def join_ids(ids: Iterable[str]) -> str | None:
    """A sorted list of distinct ids joined by `|`, or None for an empty list."""
    return "|".join(sorted(set(ids))) or None


def _term_match(match: re.Match[str], known: Mapping[str, tuple[str, str]]) -> TermMatch:
    found, kind = known[" ".join(match.group().split()).lower()]
    return TermMatch(found, match.start(), match.end(), kind)


@lru_cache(maxsize=1)
def _countries() -> tuple[re.Pattern[str], Mapping[str, tuple[str, str]]]:
    rows = list(_rows("countries.csv"))
    known = {row["alias"].lower(): (row["country_id"], row["kind"]) for row in rows}
    cased = [row["alias"] for row in rows]
    # names occur capitalised or in capitals; acronyms only as listed
    capitals = [row["alias"].upper() for row in rows if row["kind"] not in _CASE_SENSITIVE]
    return _one_of({*cased, *capitals}, 0), known


@lru_cache(maxsize=1)
def _items() -> tuple[re.Pattern[str], Mapping[str, tuple[str, str]]]:
    known = {row["alias"].lower(): (row["item_label"], "item") for row in _rows("items.csv")}
    return _one_of(known, re.IGNORECASE), known


@lru_cache(maxsize=1)
def _institutions() -> tuple[re.Pattern[str], Mapping[str, tuple[str, bool]]]:
    known = {
        row["alias"]: (row["country_id"], row["is_ambiguous"] == "true")
        for row in _rows("institutions.csv")
    }
    return _one_of(known, 0), known


def _one_of(aliases: Iterable[str], flags: int) -> re.Pattern[str]:
    longest_first = sorted(aliases, key=lambda alias: (-len(alias), alias))
    either = "|".join(re.escape(a).replace(r"\ ", r"\s+") for a in longest_first)
    return re.compile(rf"(?<![\w-])(?:{either})(?!\w)", flags)


def _rows(name: str) -> list[dict[str, str]]:
    with (ALIASES / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))
