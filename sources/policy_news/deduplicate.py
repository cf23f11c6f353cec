"""Merge acts that a document mentions several times: dates agree or are missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sources.policy_news.extract import Act

_STRENGTH = {"occurred": 3, "announced": 2, "ongoing": 2, "considered": 1}
#: The general instrument, used where the document names the specific one elsewhere.
_GENERAL = "agreement"


def merge_acts(acts: Iterable[Act]) -> tuple[Act, ...]:
    """The distinct acts in the order of their evidence, each with all its parties."""
    kept: list[Act] = []
    # the most complete mention first, so that sparse ones are merged into it
    for act in sorted(acts, key=lambda a: (-a.score, a.offset)):
        at = next((i for i, other in enumerate(kept) if _is_same_act(act, other)), None)
        if at is None:
            kept.append(act)
        else:
            kept[at] = _merge(kept[at], act)
    specific = [act for act in kept if act.kind == "pact" and act.instrument != _GENERAL]
    kept = [a for a in kept if not (a.instrument == _GENERAL and _is_named(a, specific))]
    return tuple(sorted(kept, key=lambda act: (act.offset, act.instrument)))


def _is_same_act(one: Act, other: Act) -> bool:
    if (one.instrument, one.change) != (other.instrument, other.change):
        return False
    if one.kind == "task":
        return True
    if one.act_date and other.act_date and one.act_date != other.act_date:
        coarse = "day" not in (one.date_precision, other.date_precision)
        return coarse and one.act_date.year == other.act_date.year
    if one.effective_date and other.effective_date and one.effective_date != other.effective_date:
        return False
    mine, theirs = set(one.party_ids), set(other.party_ids)
    return mine <= theirs or theirs <= mine


def _is_named(general: Act, specific: Iterable[Act]) -> bool:
    """Whether a specific act covers the general one."""
    return any(
        (general.act_date in (None, act.act_date))
        and (not general.party_ids or len(set(general.party_ids) & set(act.party_ids)) >= 2)
        for act in specific
    )


def _merge(one: Act, other: Act) -> Act:
    """`one` with what only `other` has; its evidence is kept."""
    stronger = max(one, other, key=lambda act: _STRENGTH[act.modality])
    return replace(
        one,
        modality=stronger.modality,
        act_date=one.act_date or other.act_date,
        date_precision=one.date_precision or other.date_precision,
        effective_date=one.effective_date or other.effective_date,
        end_date=one.end_date or other.end_date,
        party_ids=tuple(sorted({*one.party_ids, *other.party_ids})),
        target_ids=tuple(sorted({*one.target_ids, *other.target_ids} - set(one.party_ids))),
        item_labels=tuple(sorted({*one.item_labels, *other.item_labels})),
    )
