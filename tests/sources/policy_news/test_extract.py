"""Acts in labelled texts, and each rule of the extraction."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest

from sources.policy_news.actors import classify_countries
from sources.policy_news.dateline import Dateline, find_dateline
from sources.policy_news.dates import find_date_mentions
from sources.policy_news.extract import extract
from sources.policy_news.lexicon import load_lexicon
from sources.policy_news.sentences import split_sentences
from tests.sources.policy_news.extraction_metrics import compare, labelled, raw_file, read
from tests.sources.policy_news.public_text_metrics import read_acts

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
        ("commitment", "ongoing", None, (), "party"),
    ]
    assert all("CHN" not in a.party_ids + a.target_ids for a in acts)
    assert read(BY_ID["seed_shape"]).n_background == 1


def test_all_acts_of_the_invented_texts_are_found() -> None:
    tallies = compare(labelled())
    assert len(labelled()) >= 15
    assert {n: (t.precision, t.recall) for n, t in tallies.items()} == dict.fromkeys(
        ("acts", "days", "parties", "targets"), (1.0, 1.0)
    ), [miss for t in tallies.values() for miss in t.misses]


def test_the_story_of_the_launch_gives_three_acts_and_a_commitment(shared_data: Path) -> None:
    path = shared_data / "policy" / "documents" / "wire_story_2025-12-12.txt"
    if not path.is_file():
        pytest.skip(f"no story at {path}")
    acts = read_acts(path, "2025-12-13")
    found = {a.instrument: (a.modality, a.act_date, a.party_ids, a.party_role) for a in acts}
    six = ("AUS", "ISR", "JPN", "KOR", "SGP", "USA")
    assert found == {
        "preamble": ("occurred", date(2025, 12, 11), ("JPN", "USA"), "party"),
        "declaration": ("announced", FRIDAY, six, "party"),
        "summit": ("announced", FRIDAY, ("USA",), "host"),
        "commitment": ("ongoing", None, ("USA",), "party"),
    }
    assert len(acts) == 4
    assert all(act.effective_date is None and act.target_ids == () for act in acts)
    assert not any("silicon" in act.item_labels for act in acts)


#: One sentence each, of 12 December 2025; the change is empty where there is no act.
POLARITY = [
    ("China suspended its export ban on gallium on Friday.", "suspends"),
    ("The United States rescinded its export controls on chips on Friday.", "ends"),
    ("The United States removed ten firms from the entity list on Friday.", "ends"),
    ("Indonesia postponed its export ban on copper ore on Friday.", "delays"),
    ("China eased its export controls on graphite on Friday.", "eases"),
    ("Congo extended its suspension of cobalt exports on Friday.", "extends"),
    ("Malaysia will maintain its ban on exports of rare earths, it said on Friday.", "reaffirms"),
    ("Congo suspended exports of cobalt on Friday.", None),
    ("China imposed an export ban on gallium on Friday.", None),
    ("Malaysia denied on Friday that it had imposed an export ban on tin.", ""),
    ("The minister dismissed rumours of an export ban on tin on Friday.", ""),
    ("Japan asked China on Friday to lift the export controls on gallium.", ""),
    ("India has no plans to impose an export ban on iron ore, a minister said on Friday.", ""),
    ("Exporters applied for export licences on Friday.", ""),
]


@pytest.mark.parametrize(("sentence", "change"), POLARITY)
def test_what_is_done_to_a_measure(sentence: str, change: str | None) -> None:
    acts = extract(sentence, Dateline(FRIDAY, "written", None)).acts
    assert [act.change for act in acts] == ([] if change == "" else [change])


@pytest.mark.parametrize(
    ("text", "act_date", "effective", "end"),
    [
        ("Japan announced export curbs on Tuesday that take effect on July 23, 2026.",
         "2025-12-09", "2026-07-23", None),
        ("Japan will impose export controls on chips from January 15.", None, "2026-01-15", None),
        ("On Friday China issued an export ban on tin, effective immediately.",
         "2025-12-12", "2025-12-12", None),
        ("China suspended its export ban on tin on the 9th until Nov. 27, 2026.",
         "2025-12-09", None, "2026-11-27"),
        ("The USTR on Monday proposed tariffs on tungsten; comments may be submitted until"
         " January 22, 2026.", "2025-12-08", None, None),
        ("China imposed an export ban on tin on Monday after the two presidents met on Oct. 30.",
         "2025-12-08", None, None),
        ("China on Monday suspended the export controls imposed on Oct 9.",
         "2025-12-08", None, None),
        ("The Netherlands published new export controls on tools on Monday.\n\nThe rules enter"
         " into force on 1 April 2026.", "2025-12-08", "2026-04-01", None),
        ("China on Thursday invoked a measure to tighten export controls on tin.",
         "2025-12-11", None, None),
        ("China imposed an export ban on tin in February. The ban was due to expire on Sunday.",
         "2025-02-01", None, "2025-12-14"),
        ("China imposed an export ban on tin in 2024. The new rules, which took effect on"
         " Wednesday, hit prices.", "2024-01-01", None, None),
        ("The US on Monday imposed tariffs on tin.\n\nThe duty applies to goods entered on or after"
         " 12:01 a.m. EDT January 15.", "2025-12-08", "2026-01-15", None),
        ("Tin prices rose on Monday. China will ban exports of tin from 2027.",
         None, "2027-01-01", None),
        ("China's commerce ministry lifted the export ban on tin announced last week.",
         None, None, None),
        ("China announced on Thursday it is suspending export controls originally introduced on"
         " October 9, through November 10, 2026.", "2025-12-11", None, "2026-11-10"),
        ("Vietnam's parliament passed a bill on Thursday that bans exports of rare earth ore.\n\n"
         "The bill will take effect in January next year.", "2025-12-11", "2026-01-01", None),
        ("Korea published an\nexport ban on urea on Monday and informed all the companies\nthat"
         " ship it abroad, the ministry of trade said there.", "2025-12-08", None, None),
    ],
)  # fmt: skip
def test_days_of_an_act(
    text: str, act_date: str | None, effective: str | None, end: str | None
) -> None:
    (act,) = extract(text, Dateline(FRIDAY, "written", None)).acts
    days = [day and day.isoformat() for day in (act.act_date, act.effective_date, act.end_date)]
    assert days == [act_date, effective, end]


def test_a_weekday_with_a_past_verb_is_the_last_one() -> None:
    for sentence, day in (
        ("Indonesia introduced new rules on Thursday that will allow exports.", "2025-12-11"),
        ("The government on Thursday invoked a measure.", "2025-12-11"),
        ("The ministers will sign it on Thursday.", "2025-12-18"),
        ("A meeting on Thursday will decide.", "2025-12-18"),
    ):
        (found,) = find_date_mentions(sentence, FRIDAY)
        assert found.future.isoformat() == day, sentence


def test_who_acts_is_not_who_acted_before() -> None:
    text = (
        "Following an additional tariff on Chinese goods by the United States, China announced"
        " on Tuesday export controls on tungsten."
    )
    acts = extract(text, Dateline(FRIDAY, "written", None)).acts
    assert ("CHN",) in [a.party_ids for a in acts if a.instrument == "export licensing requirement"]


def test_both_countries_of_a_named_pact_are_its_parties() -> None:
    text = "The Australia-Japan Critical Minerals Agreement, signed on Thursday, is a first."
    (act,) = extract(text, Dateline(FRIDAY, "written", None)).acts
    assert act.party_ids == ("AUS", "JPN")


def test_a_planned_act_is_not_one_of_another_year() -> None:
    text = (
        "Zimbabwe will ban the export of lithium concentrates from January 2027. In 2022,"
        " Zimbabwe banned the export of lithium ore."
    )
    acts = extract(text, Dateline(FRIDAY, "written", None)).acts
    assert [(a.modality, a.act_date, a.effective_date) for a in acts] == [
        ("announced", None, date(2027, 1, 1)),
        ("occurred", date(2022, 1, 1), None),
    ]


def test_a_numbered_announcement_bears_its_own_day() -> None:
    text = (
        "MOFCOM Announcement No. 70 of 2025 on the suspension of export controls\n"
        "[Issuing Date] November 7, 2025\n"
        "It has been decided to suspend the export controls on superhard materials until"
        " November 10, 2026.\nThis announcement shall take effect on the date of promulgation.\n"
    )
    dateline = find_dateline(text, None, date(2025, 12, 1), load_lexicon())
    (act,) = extract(text, dateline).acts
    assert (act.change, act.party_ids) == ("suspends", ("CHN",))
    assert (act.act_date, act.end_date) == (date(2025, 11, 7), date(2026, 11, 10))
    assert act.effective_date == date(2025, 11, 7)


def test_a_rule_bears_the_days_of_its_head_and_its_text_is_kept() -> None:
    text = (
        "Additions to the Entity List\n\nPublished 2022-10-13\nEffective date: 2022-10-07\n\n"
        "The Bureau of Industry and Security is amending its regulations by adding 31 persons to"
        " the Unverified List. This rule also removes nine persons from the Unverified List."
    )
    dateline = find_dateline(text, None, date(2022, 11, 1), load_lexicon())
    assert (dateline.day, dateline.basis) == (date(2022, 10, 13), "written")
    acts = {act.change: act for act in extract("AGENCY:\n" + text, dateline).acts}
    assert set(acts) == {None, "ends"}
    assert {act.effective_date for act in acts.values()} == {date(2022, 10, 7)}
    assert {act.party_ids for act in acts.values()} == {("USA",)}


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
        ("[Issuing Date] October 9, 2025\nA story", date(2025, 10, 9), "written", None),
        ("News item | 15-01-2025 | 09:00\nA story", date(2025, 1, 15), "written", None),
        ("Updated 9:03 AM UTC, Tue May 20, 2025\nA story", date(2025, 5, 20), "written", None),
        ("By A Writer\nMarch 31, 2023 at 18:04 JST\nA story", date(2023, 3, 31), "written", None),
        ("29.9.2020 - A story", date(2020, 9, 29), "written", None),
        ("A story.\n\nNovember 24, 2021\n", date(2021, 11, 24), "written", None),
        ("Effective date: 1 April 2026\nA story", date(2025, 12, 14), "file", None),
        (
            "A headline\nJAKARTA, Dec 10 (Agency) - A story",
            date(2025, 12, 10),
            "dateline",
            "Asia/Jakarta",
        ),
        (
            "TOKYO (Agency / Other - 23rd July, 2023) A story",
            date(2023, 7, 23),
            "dateline",
            "Asia/Tokyo",
        ),
        ("KINSHASA July 11 A story", date(2025, 7, 11), "dateline", "Africa/Kinshasa"),
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


@pytest.mark.parametrize(
    "phrase",
    [
        "China imposed an export ban on gallium on Friday ",
        "China imposed an export ban on gallium on Friday. ",
        "export ban ",
        "the U.S. ",
        "Jan. 3, 2025 ",
        "SEOUL, ",
        "word\n",
    ],
)
def test_the_work_on_a_text_grows_with_its_length(phrase: str) -> None:
    def seconds(n_characters: int) -> float:
        text = phrase * (n_characters // len(phrase))
        runs = []
        for _ in range(3):
            started = time.process_time()
            extract(text, find_dateline(text, None, FRIDAY, load_lexicon()))
            runs.append(time.process_time() - started)
        return min(runs)

    seconds(2_000)  # the lexicon is compiled once
    # eight times the text: linear work gives 8, quadratic 64
    assert seconds(40_000) / seconds(5_000) < 20


def test_a_text_without_acts_is_not_an_error() -> None:
    dateline = Dateline(FRIDAY, "file", None)
    assert extract("Nothing happened. ", dateline).acts == ()
