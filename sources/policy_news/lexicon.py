"""The vocabulary of `lexicon.yml`, as compiled patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from sources.kit.entity_terms import item_pattern


@dataclass(frozen=True)
class Instrument:
    """The instrument of an act; `kind` is pact, meeting, measure or task."""

    id: str
    kind: str
    verbs: re.Pattern[str] | None = None  # its own, where those of its class are too many


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
    due: re.Pattern[str]
    deadline: re.Pattern[str]
    open_for: re.Pattern[str]
    reference: re.Pattern[str]
    stated_in: re.Pattern[str]
    stating: re.Pattern[str]
    denial: re.Pattern[str]
    clause_ends: re.Pattern[str]
    generic_actors: re.Pattern[str]
    both_parties: re.Pattern[str]
    anaphors: tuple[tuple[str, re.Pattern[str]], ...]
    self_reference: re.Pattern[str]
    immediate: re.Pattern[str]
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
            (_instrument(one), _words(_filled(one["words"], raw))) for one in raw["instruments"]
        ),
        verbs={kind: _words(words) for kind, words in raw["verbs"].items()},
        changes=tuple((name, _words(words)) for name, words in raw["changes"].items()),
        modality=tuple((name, _words(words)) for name, words in raw["modality"].items()),
        saying=_words(raw["saying"]),
        effect=_words(raw["effect"]),
        until=_words(raw["until"]),
        due=_words(raw["due"]),
        deadline=_words(raw["deadline"]),
        open_for=_words(raw["open_for"]),
        reference=_words(raw["reference"]),
        stated_in=_words(raw["stated_in"]),
        stating=_words(raw["stating"]),
        denial=_words(raw["denial"]),
        clause_ends=re.compile("|".join(raw["clause_ends"]), re.IGNORECASE),
        generic_actors=_words(raw["generic_actors"]),
        both_parties=_words(raw["both_parties"]),
        anaphors=tuple((name, _words(words)) for name, words in raw["anaphors"].items()),
        self_reference=_words(raw["self_reference"]),
        immediate=_words(raw["immediate"]),
        speaking=_words(raw["speaking"]),
        objects=_words(raw["objects"]),
        context=_words(raw["context"]),
        negation=_words(raw["negation"]),
        roles=_words(raw["roles"]),
        targets=_words(raw["targets"]),
        also_people=frozenset(raw["also_people"]),
        addresses_machine=_words(raw["addresses_machine"]),
    )


def _instrument(one: Mapping[str, Any]) -> Instrument:
    verbs = _words(one["verbs"]) if "verbs" in one else None
    return Instrument(one["id"], one["class"], verbs)


def _filled(words: Iterable[str], raw: Mapping[str, Any]) -> list[str]:
    filled = list(words)
    placeholders = {**raw["placeholders"], "ITEM": item_pattern()}
    for name, pattern in placeholders.items():
        filled = [word.replace(name, pattern) for word in filled]
    return filled


def _words(patterns: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(patterns, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)", re.IGNORECASE)
