"""The vocabulary of `lexicon.yml`, as compiled patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Instrument:
    """The instrument of an act; `kind` is pact, meeting, measure or task."""

    id: str
    kind: str


@dataclass(frozen=True)
class Lexicon:
    """Compiled patterns by their purpose."""

    abbreviations: frozenset[str]
    starters: frozenset[str]
    zones: Mapping[str, str]
    agencies: Mapping[str, str]
    instruments: tuple[tuple[Instrument, re.Pattern[str]], ...]
    verbs: Mapping[str, re.Pattern[str]]
    changes: tuple[tuple[str, re.Pattern[str]], ...]
    modality: tuple[tuple[str, re.Pattern[str]], ...]
    saying: re.Pattern[str]
    effect: re.Pattern[str]
    until: re.Pattern[str]
    speaking: re.Pattern[str]
    objects: re.Pattern[str]
    context: re.Pattern[str]
    negation: re.Pattern[str]
    roles: re.Pattern[str]
    targets: re.Pattern[str]
    also_people: frozenset[str]
    addresses_machine: re.Pattern[str]


@lru_cache(maxsize=1)
def load_lexicon() -> Lexicon:
    """Load the lexicon of this folder."""
    path = Path(__file__).resolve().parent / "lexicon.yml"
    raw: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Lexicon(
        abbreviations=frozenset(raw["abbreviations"]),
        starters=frozenset(raw["sentence_starters"]),
        zones=raw["zones"],
        agencies=raw["agencies"],
        instruments=tuple(
            (Instrument(one["id"], one["class"]), _words(one["words"]))
            for one in raw["instruments"]
        ),
        verbs={kind: _words(words) for kind, words in raw["verbs"].items()},
        changes=tuple((name, _words(words)) for name, words in raw["changes"].items()),
        modality=tuple((name, _words(words)) for name, words in raw["modality"].items()),
        saying=_words(raw["saying"]),
        effect=_words(raw["effect"]),
        until=_words(raw["until"]),
        speaking=_words(raw["speaking"]),
        objects=_words(raw["objects"]),
        context=_words(raw["context"]),
        negation=_words(raw["negation"]),
        roles=_words(raw["roles"]),
        targets=_words(raw["targets"]),
        also_people=frozenset(raw["also_people"]),
        addresses_machine=_words(raw["addresses_machine"]),
    )


def _words(patterns: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(patterns, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(longest_first)})\b", re.IGNORECASE)
