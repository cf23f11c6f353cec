"""Acts in labelled texts, and each rule of the extraction."""

from __future__ import annotations

from datetime import date

import pytest

from sources.policy_news.actors import classify_countries
from sources.policy_news.dates import Dateline, find_date_mentions, find_dateline
from sources.policy_news.extract import extract
from sources.policy_news.lexicon import load_lexicon
from sources.policy_news.sentences import split_sentences
from tests.sources.policy_news.extraction_metrics import compare, labelled, raw_file, read

FRIDAY = date(2025, 12, 12)
BY_ID = {label["id"]: label for label in labelled()}


def test_an_agency_text_gives_its_acts_and_no_context() -> None:
    acts = read(BY_ID["seed_shape"]).acts
    found = [(a.instrument, a.modality, a.act_date, a.party_ids, a.party_role) for a in acts]
    six = ("AUS", "ISR", "JPN", "KOR", "SGP", "USA")
    assert found == [
        ("declaration", "announced", FRIDAY, six, "party"),
        ("summit", "announced", FRIDAY, ("USA",), "host"),
        ("preamble", "occurred", date(2025, 12, 11), ("JPN", "USA"), "party"),
        ("task", "ongoing", None, (), "party"),
    ]
    assert all("CHN" not in a.party_ids + a.target_ids for a in acts)
    assert read(BY_ID["seed_shape"]).n_background == 1


def test_all_acts_of_the_training_texts_are_found() -> None:
    tallies = compare([label for label in labelled() if not label.get("held_out")])
    assert len(labelled()) >= 15
    assert {n: (t.precision, t.recall) for n, t in tallies.items()} == dict.fromkeys(
        ("acts", "days", "parties", "targets"), (1.0, 1.0)
    ), [miss for t in tallies.values() for miss in t.misses]


def test_precision_and_recall_on_held_out_texts_are_those_of_the_readme() -> None:
    tallies = compare([label for label in labelled() if label.get("held_out")])
    acts, days, parties = tallies["acts"], tallies["days"], tallies["parties"]
    assert (round(acts.precision, 2), round(acts.recall, 2)) == (0.75, 0.86)
    assert (round(days.precision, 2), round(days.recall, 2)) == (1.0, 0.86)
    assert (round(parties.precision, 2), round(parties.recall, 2)) == (1.0, 1.0)


def test_instructions_in_a_document_are_ignored() -> None:
    extraction = read(BY_ID["injection"])
    assert [(a.instrument, a.party_ids) for a in extraction.acts] == [
        ("memorandum", ("CAN", "KOR"))
    ]
    assert extraction.n_set_aside == 2


def test_extraction_is_deterministic() -> None:
    assert read(BY_ID["memorandum"]) == read(BY_ID["memorandum"])


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("It covers other fields.U.S. Under Secretary Lee spoke.", 2),
        ("It is No. 18 of the U.S. list, at 3.5 percent.", 1),
        ("See state.gov for it. Mr. Park agreed.", 2),
        ("They met in the U.S. The text was short!", 2),
        ("A headline\n\nThen a text", 2),
    ],
)
def test_sentences_with_abbreviations_and_missing_spaces(text: str, n: int) -> None:
    found = list(split_sentences(text, load_lexicon()))
    assert len(found) == n, found
    assert all(text[s.start : s.start + len(s.text)] == s.text for s in found)


@pytest.mark.parametrize(
    ("text", "day", "basis", "zone"),
    [
        (" date 2025-12-12 The story. (END) Yonhap", date(2025, 12, 12), "leading", "Asia/Seoul"),
        ("SEOUL, Dec. 12 (Yonhap) -- A story", date(2025, 12, 12), "dateline", "Asia/Seoul"),
        ("LONDON, 5 December 2025 — A story", date(2025, 12, 5), "dateline", "Europe/London"),
        ("TOKYO, Dec. 31 (Agency) - A story", date(2024, 12, 31), "dateline", "Asia/Tokyo"),
        ("Published 3 December 2025\nA story", date(2025, 12, 3), "written", None),
        ("A story without a day", date(2025, 12, 14), "file", None),
    ],
)
def test_datelines(text: str, day: date, basis: str, zone: str | None) -> None:
    found = find_dateline(text, None, date(2025, 12, 14), load_lexicon())
    assert (found.day, found.basis, found.zone) == (day, basis, zone)


@pytest.mark.parametrize(
    ("text", "past", "future"),
    [
        ("on Thursday", date(2025, 12, 11), date(2025, 12, 18)),
        ("on Friday", FRIDAY, FRIDAY),
        ("last Friday", date(2025, 12, 5), date(2025, 12, 5)),
        ("next Friday", date(2025, 12, 19), date(2025, 12, 19)),
        ("yesterday", date(2025, 12, 11), date(2025, 12, 11)),
        ("in January", date(2025, 1, 1), date(2026, 1, 1)),
        ("Thursday, Dec. 11", date(2025, 12, 11), date(2025, 12, 11)),
    ],
)
def test_relative_days_count_from_the_dateline(text: str, past: date, future: date) -> None:
    (found,) = find_date_mentions(f"It was {text}, he said.", FRIDAY)
    assert (found.past, found.future) == (past, future)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Korea and Japan signed it", [("KOR", "actor"), ("JPN", "actor")]),
        ("the Japanese ambassador signed it", [("JPN", "actor")]),
        ("they cut their dependence on China and Russia", [("CHN", "context"), ("RUS", "context")]),
        ("the official did not call China by name", [("CHN", "context")]),
        ("China did not attend", [("CHN", "context")]),
        ("Seoul and Tokyo agreed in Paris", [("KOR", "actor"), ("JPN", "actor"), ("FRA", "venue")]),
        ("a ban on exports to the United States and Japan", [("USA", "target"), ("JPN", "target")]),
        ("Michael Jordan met Chad Smith in Jordan", [("JOR", "venue")]),
        ("curbs that hit Japanese companies", [("JPN", "object")]),
    ],
)
def test_roles_of_countries(text: str, parts: list[tuple[str, str]]) -> None:
    assert [(c.id, c.part) for c in classify_countries(text, load_lexicon())] == parts


def test_the_evidence_offset_is_that_of_its_sentence() -> None:
    label = BY_ID["memorandum"]
    text = raw_file(label).content.decode()
    (act, *_) = read(label).acts
    assert text[act.offset :].startswith("Australia and the United States signed")


def test_a_text_without_acts_is_not_an_error() -> None:
    dateline = Dateline(FRIDAY, "file", None, 0)
    assert extract("Nothing happened. ", dateline).acts == ()
