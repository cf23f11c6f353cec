"""Properties of the states of clauses with generated registers: for any day and day of knowledge a
clause has exactly one state, intervals neither overlap nor leave a gap, nothing later is known."""

from __future__ import annotations

import re
from dataclasses import astuple, dataclass, fields, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fixture_world.worlds import Worlds

# the models' SQL is that of the five-country world
pytestmark = [pytest.mark.xdist_group("world"), pytest.mark.timeout(900)]

Chain = dict[str, str]
MODELS = "models/intermediate/policy"
CHAIN = (
    "int_policy__relations",
    "int_policy__prolongations",
    "int_policy__knowledge_days",
    "int_policy__clause_end_dates",
    "int_policy__suspensions",
    "int_policy__clause_validity",
    "int_policy__clause_intervals",
)
FIRST = date(2024, 1, 1)
SPAN = 400
STATES = {"announced", "active", "suspended", "ended", "withdrawn", "unknown"}


@dataclass(frozen=True)
class Clause:
    """The columns of int_policy__clauses that the algebra reads."""

    clause_id: str
    event_id: str
    announced_date: date | None
    effective_date: date | None
    end_date: date | None
    end_kind: str | None
    end_known_from_date: date | None
    parent_event_ids: str | None
    relation_to_parent: str | None
    change_basis: str
    confidence: str
    status_as_of: date
    known_from_date: date


@pytest.fixture(scope="module")
def chain(worlds: Worlds) -> Chain:
    """Name and SQL of each model, as dbt compiled it for the five-country world; relations without
    their database and schema."""
    compiled = worlds.paths.dbt_target / "compiled" / "pax_silica" / MODELS
    queries = {name: (compiled / f"{name}.sql").read_text() for name in CHAIN}
    return {name: re.sub(r'"\w+"\."\w+"\."(\w+)"', r"\1", sql) for name, sql in queries.items()}


def days(offset: int | None) -> date | None:
    return None if offset is None else FIRST + timedelta(days=offset)


offsets = st.integers(0, SPAN)
maybe = st.none() | offsets


@st.composite
def acts(draw: st.DrawFn, number: int) -> Clause:
    """One act of any dates, in effect before or after its announcement, changing earlier acts."""
    announced, effective = draw(maybe), draw(maybe)
    if announced is None and effective is None:
        announced = draw(offsets)
    known = announced if announced is not None else draw(offsets)
    end = draw(st.none() | st.integers(0, 200)) if effective is not None else None
    parents = draw(st.sets(st.integers(0, number - 1), max_size=2)) if number else set()
    relation = draw(st.sampled_from(
        ["suspends", "extends", "ends", "supersedes", "replaces", "amends"]))  # fmt: skip
    ended = None if end is None or effective is None else effective + end
    return Clause(
        f"A{number}", f"A{number}", days(announced), days(effective), days(ended),
        None if ended is None else draw(st.sampled_from(["expires", "ended", "withdrawn"])),
        None if ended is None else days(max(known, draw(offsets))),
        "|".join(f"A{n}" for n in sorted(parents)) or None, relation if parents else None,
        draw(st.sampled_from(["text", "text", "announced"])) if parents else "text",
        draw(st.sampled_from(["high", "high", "low"])), days(draw(offsets)) or FIRST,
        days(known) or FIRST,
    )  # fmt: skip


@st.composite
def registers(draw: st.DrawFn) -> list[Clause]:
    """Acts, some of two clauses of which the second starts on its own day; a later act may change
    the whole of them or, by name, the second clause alone."""
    register: list[Clause] = []
    for number in range(draw(st.integers(1, 5))):
        act = draw(acts(number))
        if act.parent_event_ids and draw(st.booleans()):
            split = {c.event_id for c in register if c.clause_id.endswith("#2")}
            parents = act.parent_event_ids.split("|")
            names = "|".join(f"{p}#2" if p in split else p for p in parents)
            act = replace(act, parent_event_ids=names)
        if act.effective_date is None or draw(st.booleans()):
            register.append(act)
            continue
        second = replace(act, clause_id=f"{act.event_id}#2", effective_date=days(draw(offsets)))
        register += [replace(act, clause_id=f"{act.event_id}#1"), second]
    return register


def intervals(
    chain: Chain, register: list[Clause], known_on: date = date(9999, 12, 31)
) -> list[tuple[Any, ...]]:
    """clause, known from and to, state, from, until: by the models' SQL."""
    known = [clause for clause in register if clause.known_from_date <= known_on]
    with duckdb.connect() as connection:
        types = {"clause_id": "varchar", "event_id": "varchar", "end_kind": "varchar"}
        types |= {"parent_event_ids": "varchar", "relation_to_parent": "varchar"}
        types |= {"change_basis": "varchar"}
        columns = ", ".join(
            f"{f.name} {types.get(f.name, 'varchar' if f.name == 'confidence' else 'date')}"
            for f in fields(Clause)
        )
        connection.execute(f"create table int_policy__clauses ({columns})")
        connection.execute("create table int_run__parameters as select ?::date as as_known_on",
                           [known_on])  # fmt: skip
        if known:
            marks = ", ".join("?" * len(fields(Clause)))
            connection.executemany(
                f"insert into int_policy__clauses values ({marks})", [astuple(c) for c in known]
            )
        for name, sql in chain.items():
            connection.execute(f"create table {name} as {sql}")
        return connection.execute(
            "select clause_id, known_from_date, known_to_date, state, from_date, until_date,"
            " state_basis"
            " from int_policy__clause_intervals order by 1, 2, 5"
        ).fetchall()


PROPERTY = settings(max_examples=30, deadline=None, derandomize=True,
                    suppress_health_check=[HealthCheck.too_slow])  # fmt: skip


@PROPERTY
@given(register=registers(), day=offsets, knowledge=offsets)
def test_one_state_per_clause_day_and_day_of_knowledge(
    chain: Chain, register: list[Clause], day: int, knowledge: int
) -> None:
    rows = intervals(chain, register)
    assert {row[3] for row in rows} <= STATES
    as_of, known_on = FIRST + timedelta(days=day), FIRST + timedelta(days=knowledge)
    for clause in register:
        first = min(d for d in (clause.announced_date, clause.effective_date) if d)
        states = [
            state for name, known_from, known_to, state, start, until, _ in rows
            if name == clause.clause_id
            and known_from <= known_on and (known_to is None or known_on < known_to)
            and start <= as_of and (until is None or as_of < until)
        ]  # fmt: skip
        expected = 1 if clause.known_from_date <= known_on and first <= as_of else 0
        assert len(states) == expected, (clause, states)


@PROPERTY
@given(register=registers())
def test_intervals_follow_each_other_without_gap_or_overlap(
    chain: Chain, register: list[Clause]
) -> None:
    versions: dict[tuple[str, date], list[tuple[Any, ...]]] = {}
    for row in intervals(chain, register):
        versions.setdefault((row[0], row[1]), []).append(row)
    assert {name for name, _ in versions} == {clause.clause_id for clause in register}
    for rows in versions.values():
        assert rows[-1][5] is None
        for before, after in pairwise(rows):
            assert before[4] < before[5] == after[4]
            assert (before[3], before[6]) != (after[3], after[6]), "a boundary without a change"
        for row in rows:
            assert (row[3] == "unknown") == (row[6] == "not_evidenced")


@PROPERTY
@given(register=registers(), knowledge=offsets)
def test_a_day_is_known_the_same_with_later_facts(
    chain: Chain, register: list[Clause], knowledge: int
) -> None:
    """Replay: what was known on a day is the same whether later facts are loaded or not."""
    known_on = FIRST + timedelta(days=knowledge)

    def as_known(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        return [
            (name, *rest) for name, known_from, known_to, *rest in rows
            if known_from <= known_on and (known_to is None or known_on < known_to)
        ]  # fmt: skip

    assert as_known(intervals(chain, register)) == as_known(intervals(chain, register, known_on))


@pytest.mark.parametrize(
    ("confidence", "expected"),
    [("high", ["active", "suspended", "unknown"]), ("low", ["active"])],
)
def test_an_unconfirmed_suspension_is_not_applied(
    chain: Chain, confidence: str, expected: list[str]
) -> None:
    act = Clause("A", "A", FIRST, FIRST, None, None, None, None, None, "text", "high",
                 FIRST, FIRST)  # fmt: skip
    stop = Clause("S", "S", FIRST, days(10), days(20), "expires", FIRST, "A", "suspends",
                  "text", confidence, FIRST, FIRST)  # fmt: skip
    found = [row[3:6] for row in intervals(chain, [act, stop]) if row[0] == "A"]
    assert [state for state, _, _ in found] == expected
    if confidence == "high":
        assert found[1][1:] == (days(10), days(21)), "the printed last day is inclusive"


@PROPERTY
@given(register=registers())
def test_an_announcement_changes_the_state_and_never_the_texts(
    chain: Chain, register: list[Clause]
) -> None:
    """Without the changes that were only announced, the states that rest on a text stay."""
    texts = [clause for clause in register if clause.change_basis == "text"]

    def resting_on_text(rows: list[tuple[Any, ...]], day: date) -> dict[str, str]:
        return {
            name: state for name, _, known_to, state, start, until, basis in rows
            if known_to is None and basis == "text" and start <= day
            and (until is None or day < until)
        }  # fmt: skip

    whole, strict = intervals(chain, register), intervals(chain, texts)
    for day in (FIRST + timedelta(days=n) for n in range(0, SPAN + 200, 97)):
        alone = resting_on_text(strict, day)
        for name, state in resting_on_text(whole, day).items():
            assert alone.get(name, state) == state, (name, day)
