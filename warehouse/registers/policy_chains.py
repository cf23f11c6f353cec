"""Rules on the days of acts and on chains of acts that change each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from warehouse.registers.policy_vocabulary import (
    CLOSING,
    MAX_PROLONGATIONS,
    Finding,
    Row,
    Tables,
    is_day,
    parts,
    refs,
)


def day_findings(row: Row) -> Iterator[Finding]:
    """What is wrong with the days of one act: announced, effective, known, and its end."""
    if not (row["announced_date"] or row["effective_date"]):
        yield "announced_date", "an event has a day, announced or effective", "write YYYY-MM-DD"
    if row["announced_date"] and (row["known_from_date"], row["known_from_basis"]) != (
        row["announced_date"], "announced",
    ):  # fmt: skip
        yield (
            "known_from_date",
            "what was announced was known on that day",
            ("write the announced_date, and announced as known_from_basis"),
        )
    if bool(row["end_date"]) != bool(row["end_known_from_date"]) or (
        bool(row["end_date"] or row["duration_days"]) < bool(row["end_kind"])
    ) or (row["end_date"] and not row["end_kind"]):  # fmt: skip
        yield (
            "end_date",
            "an end has end_kind and end_known_from_date, no end has neither",
            ("write all three or none"),
        )
    if row["end_date"] and row["effective_date"] and row["end_date"] < row["effective_date"]:
        yield (
            "end_date",
            f"{row['end_date']} is before effective_date {row['effective_date']}",
            ("the last day in force is not before the first"),
        )
    if row["end_date"] and not row["effective_date"]:
        yield "effective_date", "what ends has begun", "write its first day in force"
    if row["end_known_from_date"] and row["end_known_from_date"] < row["known_from_date"]:
        yield (
            "end_known_from_date",
            "the end was not known before the act",
            ("write known_from_date or a later day"),
        )
    if row["duration_days"]:
        if not re.fullmatch(r"[1-9]\d{0,4}", row["duration_days"]):
            yield "duration_days", f"{row['duration_days']!r} is no number of days", "such as 150"
        if row["end_date"] or row["end_kind"] not in ("", "expires") or not row["effective_date"]:
            yield (
                "duration_days",
                "a length counts from effective_date and gives the end",
                ("write effective_date, and leave end_date empty"),
            )


def parent_findings(row: Row, tables: Tables) -> Iterator[Finding]:
    """What is wrong with how one act changes others: unknown acts, circles, a suspension of what
    is not in force."""
    known = refs(tables)
    relation = row["relation_to_parent"]
    for parent in parts(row["parent_event_ids"]):
        if parent not in known:
            yield (
                "parent_event_ids",
                f"{parent!r} is no event and no clause of the registers",
                ("add the event first, or correct the id"),
            )
        if parent.split("#")[0] == row["event_id"]:
            yield "parent_event_ids", "an event cannot change itself", "name what it changes"
    if bool(row["parent_event_ids"]) != bool(relation):
        yield (
            "relation_to_parent",
            "a parent has a relation, and a relation a parent",
            ("write both or none"),
        )
    if row["change_basis"] == "announced" and not relation:
        yield (
            "change_basis",
            "only a change of another act can be announced without a text",
            ("name the act in parent_event_ids, or leave it empty"),
        )
    if relation == "extends" and not (row["end_date"] or row["duration_days"]):
        yield "end_date", "a prolongation has a last day", "write end_date or duration_days"
    if relation == "suspends" and not row["effective_date"]:
        yield "effective_date", "a suspension has a first day", "write YYYY-MM-DD"
    events = {event["event_id"]: event for event in tables["policy_register"]}
    depth = _depth(row["event_id"], events, ())
    if depth is None:
        yield (
            "parent_event_ids",
            "the chain of changes comes back to this event",
            ("name only what it changes"),
        )
    elif relation == "extends" and depth > MAX_PROLONGATIONS:
        yield (
            "parent_event_ids",
            f"prolonged more than {MAX_PROLONGATIONS} times",
            ("name the first act as the parent"),
        )
    elif relation == "suspends" and is_day(row["effective_date"]) and row["confidence"] != "low":
        yield from _of_suspension(row, tables, events)


def _of_suspension(row: Row, tables: Tables, events: Mapping[str, Row]) -> Iterator[Finding]:
    clauses = {clause["clause_id"]: clause for clause in tables["policy_clauses"]}
    for ref in parts(row["parent_event_ids"]):
        event = events.get(ref.split("#")[0])
        if event is None:
            continue
        own = clauses.get(ref, {}).get("effective_date") or event["effective_date"]
        first = min((day for day in (event["announced_date"], own) if day), default="")
        last = _last_day(event["event_id"], events, row["known_from_date"])
        if row["effective_date"] < first or (last and row["effective_date"] > last):
            yield (
                "effective_date",
                (
                    f"{ref} is in force from {first} to {last or 'an open end'}, "
                    f"not on {row['effective_date']}"
                ),
                "a suspension begins while its parent is in force",
            )


def _last_day(event_id: str, events: Mapping[str, Row], known_on: str) -> str:
    """Last day in force with the prolongations known on a day and whatever closes it; '' open."""
    event = events[event_id]
    children = [
        child for child in events.values()
        if child["confidence"] != "low"
        and event_id in {ref.split("#")[0] for ref in parts(child["parent_event_ids"])}
    ]  # fmt: skip
    prolonged = [
        _last_day(child["event_id"], events, known_on) for child in children
        if child["relation_to_parent"] == "extends" and child["known_from_date"] <= known_on
    ]  # fmt: skip
    last = max(filter(None, prolonged), default="") or _own_last_day(event)
    closed = [
        str(date.fromisoformat(child["effective_date"]) - timedelta(days=1))
        for child in children
        if child["relation_to_parent"] in CLOSING and is_day(child["effective_date"])
    ]
    return min(filter(None, [last, *closed]), default="")


def _own_last_day(event: Row) -> str:
    if event["end_date"] or not event["duration_days"].isdigit():
        return event["end_date"]
    if not is_day(event["effective_date"]):
        return ""
    length = timedelta(days=int(event["duration_days"]) - 1)
    return str(date.fromisoformat(event["effective_date"]) + length)


def _depth(event_id: str, events: Mapping[str, Row], chain: tuple[str, ...]) -> int | None:
    """Prolongations in a row that end in this event; None where its changes form a circle."""
    if event_id in chain:
        return None
    event = events.get(event_id)
    if event is None or not event["parent_event_ids"]:
        return 0
    depths = [
        _depth(ref.split("#")[0], events, (*chain, event_id))
        for ref in parts(event["parent_event_ids"])
    ]
    known = [depth for depth in depths if depth is not None]
    if len(known) < len(depths):
        return None
    return max(known) + 1 if event["relation_to_parent"] == "extends" else 0
