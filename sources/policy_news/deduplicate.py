"""Merge acts that a document mentions several times: dates agree or are missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from sources.policy_news.acts import Act

_STRENGTH = {"occurred": 3, "announced": 2, "ongoing": 2, "considered": 1}
#: The general instrument, used where the document names the specific one elsewhere.
_GENERAL = "agreement"
#: Instruments that texts use for one another: a ban is a restriction.
_EXPORT = ("export ban", "export licensing requirement", "export quota")


def merge_acts(acts: Iterable[Act]) -> tuple[Act, ...]:
    """The distinct acts in the order of their evidence, each with all its parties."""
    kept: dict[tuple[str, str | None], list[Act]] = {}
    # the most complete mention first, so that sparse ones are merged into it
    order = sorted(acts, key=lambda a: (a.act_date is None, -_n_days(a), -a.score, a.offset))
    for act in order:
        group = kept.setdefault((_family(act), act.change), [])
        same = [i for i, other in enumerate(group) if _is_same_act(act, other)]
        if same:
            at = min(same, key=lambda i: _distance(act, group[i]))
            group[at] = _merge(group[at], act)
        else:
            group.append(act)
    found = _without_general([act for group in kept.values() for act in group])
    found = [act for act in found if not _is_only_named(act, found)]
    found = [act for act in found if not _is_named_by_its_list(act, found)]
    return tuple(sorted(found, key=lambda act: (act.offset, act.instrument)))


def _family(act: Act) -> str:
    return "export" if act.instrument in _EXPORT else act.instrument


def _n_days(act: Act) -> int:
    return sum(day is not None for day in (act.act_date, act.effective_date, act.end_date))


def _distance(one: Act, other: Act) -> tuple[int, int, int]:
    """How far two mentions are apart: in days, in days shared, in the text."""
    first, second = (act.act_date or act.effective_date for act in (one, other))
    days = abs((first - second).days) if first and second else 0
    shared = sum(
        getattr(one, name) is not None and getattr(one, name) == getattr(other, name)
        for name in ("act_date", "effective_date", "end_date")
    )
    return -shared, days, abs(one.offset - other.offset)


def _is_same_act(one: Act, other: Act) -> bool:
    if one.kind == "task":
        return True
    if one.instrument != other.instrument and _n_days(one) and _n_days(other):
        return False
    if one.act_date and other.act_date and one.act_date != other.act_date:
        coarse = "day" not in (one.date_precision, other.date_precision)
        is_one_year = coarse and one.act_date.year == other.act_date.year
        if not (is_one_year or _is_its_statement(one, other)):
            return False
    if one.end_date and other.end_date and one.end_date != other.end_date:
        return False
    if not _effects_agree(one, other):
        return False
    is_undated = not _n_days(one) or not _n_days(other)
    if one.kind == "measure" and is_undated and _are_disjoint(one.item_labels, other.item_labels):
        return False
    if _excludes(one, other) or _excludes(other, one):
        return False
    if _is_of_another_year(one, other) or _is_of_another_year(other, one):
        return False
    mine_ids, their_ids = set(one.party_ids), set(other.party_ids)
    return mine_ids <= their_ids or their_ids <= mine_ids


def _is_its_statement(one: Act, other: Act) -> bool:
    """Whether a planned measure was decided on one day and published on the next or the second.

    "Announced on Friday", "in a statement released on Saturday": one of both names the first day.
    """
    if one.kind != "measure" or not (one.act_date and other.act_date):
        return False
    is_planned = {one.modality, other.modality} == {"announced"}
    is_near = abs((one.act_date - other.act_date).days) <= 2
    n_effects = (one.effective_date is not None) + (other.effective_date is not None)
    return is_planned and is_near and n_effects == 1


def _effects_agree(one: Act, other: Act) -> bool:
    """Whether the first days are one, or a day of the other's month or year."""
    if not (one.effective_date and other.effective_date):
        return True
    length = 10
    for act in (one, other):
        length = min(length, {"month": 7, "year": 4}.get(act.effective_precision or "day", 10))
    days = (one.effective_date.isoformat(), other.effective_date.isoformat())
    return days[0][:length] == days[1][:length]


def _finer_effect(one: Act, other: Act) -> Act:
    """Of two acts that take effect, the one whose first day is the more precise."""
    order = ("day", "week", "month", "year", None)
    return min((one, other), key=lambda act: (act.effective_date is None,
                                              order.index(act.effective_precision)))  # fmt: skip


def _excludes(one: Act, other: Act) -> bool:
    """Whether `one` took effect or ended long before the other was done, so is an earlier act."""
    first = one.effective_date or one.end_date
    return bool(
        one.act_date is None
        and first
        and other.act_date
        and first < other.act_date - timedelta(days=31)
    )


def _is_of_another_year(old: Act, planned: Act) -> bool:
    """Whether `old` was done in a year long before the first day of one that is announced."""
    return bool(
        old.date_precision == "year"
        and old.act_date
        and planned.act_date is None
        and planned.effective_date
        and planned.effective_date - old.act_date > timedelta(days=731)
    )


def _are_disjoint(mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    return bool(mine and theirs and not set(mine) & set(theirs))


def _without_general(acts: list[Act]) -> list[Act]:
    """The acts without the general agreement that a specific one covers, whose day it may give."""
    kept = list(acts)
    for general in [act for act in acts if act.instrument == _GENERAL]:
        at = next(
            (i for i, act in enumerate(kept) if act is not general and _covers(act, general)), None
        )
        if at is None:
            continue
        specific = kept[at]
        if specific.act_date is None and general.date_precision == "day":
            specific = replace(
                specific, act_date=general.act_date, date_precision=general.date_precision
            )
        ids = {*specific.party_ids, *general.party_ids}
        if specific.act_date == general.act_date:
            specific = replace(specific, party_ids=tuple(sorted(ids)))
        kept[at] = specific
        kept.remove(general)
    return kept


def _covers(specific: Act, general: Act) -> bool:
    if specific.kind != "pact" or specific.instrument == _GENERAL:
        return False
    shared = set(general.party_ids) & set(specific.party_ids)
    n_needed = min(2, len(general.party_ids), len(specific.party_ids))
    has_parties = not general.party_ids or len(shared) >= max(n_needed, 1)
    return has_parties and _is_within(specific, general)


def _is_within(specific: Act, general: Act) -> bool:
    """Whether the day of the specific act may be that of the general one ("this week")."""
    if not general.act_date or not specific.act_date:
        return True
    length = {"week": 7, "month": 31, "year": 366}.get(general.date_precision or "day", 1)
    return 0 <= (specific.act_date - general.act_date).days < length


def _is_only_named(act: Act, acts: list[Act]) -> bool:
    """Whether an undated act is only what a dated or changing act speaks about."""
    if act.kind not in ("measure", "pact") or _n_days(act) or act.modality == "considered":
        return False
    return any(other is not act and _speaks_of(other, act) for other in acts)


def _is_named_by_its_list(act: Act, acts: list[Act]) -> bool:
    """Whether a listing and a licence requirement are one act, of one sentence and its days."""
    if act.instrument != "entity listing":
        return False
    mine = (act.offset, act.change, act.act_date, act.effective_date, act.party_ids)
    return any(
        mine == (one.offset, one.change, one.act_date, one.effective_date, one.party_ids)
        for one in acts
        if one.instrument == "export licensing requirement"
    )


def _speaks_of(act: Act, named: Act) -> bool:
    if named.party_ids and not set(named.party_ids) & set(act.party_ids):
        return False
    if named.kind == "pact":
        return act.kind == "pact" and _n_days(act) > 0
    is_listing = "entity listing" in (act.instrument, named.instrument)
    is_list_change = is_listing and named.change and named.change == act.change
    if is_list_change and {act.instrument, named.instrument} & set(_EXPORT):
        return _n_days(act) > 0
    if _family(act) != _family(named) or _are_disjoint(named.item_labels, act.item_labels):
        return False
    return bool(act.change or _n_days(act)) and (not named.change or bool(act.change))


def _merge(one: Act, other: Act) -> Act:
    """`one` with what only `other` has; its evidence is kept."""
    effect = _finer_effect(one, other)
    stronger = max(one, other, key=lambda act: _STRENGTH[act.modality])
    return replace(
        one,
        modality=stronger.modality,
        act_date=one.act_date or other.act_date,
        date_precision=one.date_precision or other.date_precision,
        effective_date=effect.effective_date,
        effective_precision=effect.effective_precision,
        end_date=one.end_date or other.end_date,
        party_ids=tuple(sorted({*one.party_ids, *other.party_ids})),
        target_ids=tuple(sorted({*one.target_ids, *other.target_ids} - set(one.party_ids))),
        item_labels=tuple(sorted({*one.item_labels, *other.item_labels})),
    )
