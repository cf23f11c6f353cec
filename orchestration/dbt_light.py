"""What dbt does for listeners that a run in this process does not have, left out.

Nothing here changes what dbt builds or finds; each part saves some milliseconds at each of some
six hundred nodes. The pin of dbt-core is what makes it safe to know these insides.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import agate
from dbt_common.clients import agate_helper
from dbt_common.events.base_types import BaseEvent, DebugLevel, EventLevel, InfoLevel
from dbt_common.events.event_manager import EventManager
from dbt_common.events.event_manager_client import ctx_set_event_manager

#: The one event that the progress display waits for.
WATCHED = "NodeFinished"
_init = BaseEvent.__init__
_type_tester = agate_helper.build_type_tester


def leave_out() -> None:
    """Take effect for every later invocation of dbt in this process."""
    ctx_set_event_manager(QuietEvents())
    for level in (DebugLevel, InfoLevel):
        level.__init__ = _unheard  # type: ignore[method-assign]
    agate_helper.build_type_tester = _known_type_tester


class QuietEvents(EventManager):
    """Turns no event below a warning into a message when nobody listens.

    A node fires about twenty of them, and each costs a millisecond to be written out as protobuf
    and thrown away; only the end of a node is watched.
    """

    def fire_event(
        self,
        e: BaseEvent,
        level: EventLevel | None = None,
        node: Any = None,
        force_warn_or_error_handling: bool = False,
    ) -> None:
        is_told = (level or e.level_tag()) in (EventLevel.WARN, EventLevel.ERROR)
        is_watched = type(e).__name__ == WATCHED or force_warn_or_error_handling
        if self.loggers or is_watched or is_told:
            super().fire_event(e, level, node, force_warn_or_error_handling)


def _unheard(self: BaseEvent, *args: Any, **kwargs: Any) -> None:
    """What nobody hears keeps no details: filling the message costs more than the event."""
    if type(self).__name__ == WATCHED:
        _init(self, *args, **kwargs)
    else:
        self.pb_msg = getattr(self.PROTO_TYPES_MODULE, type(self).__name__)()


def _known_type_tester(
    text_columns: Iterable[str], string_null_values: Iterable[str] | None = ("null", "")
) -> agate.TypeTester:
    """The tester for these columns; making one anew builds a parser of dates in words."""
    nulls = None if string_null_values is None else tuple(string_null_values)
    return _tester(frozenset(text_columns), nulls)


@lru_cache(maxsize=256)
def _tester(text_columns: frozenset[str], nulls: tuple[str, ...] | None) -> agate.TypeTester:
    return _type_tester(text_columns, nulls)
